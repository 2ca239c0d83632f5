"""torchrun over two hosts, for ``two_hosts.py``: the same weights whatever happens, and what a cable carries."""

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks import ranks as bench
from benchmarks.hosts import Host, Two, kill, limit
from genclass.models import checkpoint, store
from genclass.train.distributed import ranks
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request

PULLED_SECONDS = 20
PATIENCE = 240  # seconds until a run that goes on must have ended
GIVEN_UP = 120  # until a run whose other host is gone for good must have said so
SPEED_SECONDS = 600  # of all presets
ENDING_SECONDS = 60  # after the last step: torchrun's agents wait for one another
PORT, AGENT = 29400, "torch.distributed.run"
RATES = {"1 Gbit/s": "1gbit", "100 Mbit/s": "100mbit"}
MEASURED = {  # presets of ``benchmarks.ranks``, and what differs from them
    "airnet": {},
    "classic-cnn": {},
    "gan": {},
    "gan, batch 128": {"batch": 128},
}
SMALL = ["--epochs", "0.2", "--threads", "1", "--name", "tried"]
KINDS = {
    "gan": ["gan", "--data", "fashion-mnist-mini", *bench.TINY, *SMALL],
    "classifier": ["classifier", "--data", "cifar10-mini", "--set", "width=4", "--set", "batch=64", *SMALL],
}
AFTER = 4  # steps before something happens; a state is saved at each


class Running:
    """A run under torchrun, as docs/clusters.md starts one: an agent on each host, two processes in all."""

    def __init__(self, two: Two, folder: Path, *words: str, nodes: int = 2) -> None:
        self.two, self.folder, self.nodes = two, folder, nodes
        self.words, self.log = ["-m", "benchmarks.ranks", "eager", "train", *words], folder.with_suffix(".log")
        self.agents = [self.agent(host) for host in two.hosts[:nodes]]

    def agent(self, host: Host) -> subprocess.Popen[bytes]:
        """Start torchrun on one of the hosts."""
        return host.start(*torchrun(self.nodes), *self.words, log=self.log, OMP_NUM_THREADS="1")

    def steps(self) -> int:
        return (run_folder.last_metrics(self.folder) or {"step": 0})["step"]

    def wait_for(self, steps: int) -> None:
        """Until it has taken so many."""
        limit = time.monotonic() + PATIENCE
        while self.steps() < steps:
            if self.agents[0].poll() is not None or time.monotonic() > limit:
                raise TimeoutError(f"no step {steps}: {self.told()}")
            time.sleep(0.02)

    def trainer(self, host: Host) -> psutil.Process:
        """The process of a host that takes steps."""
        (found,) = [one for one in host.processes() if "eager" in (words := one.cmdline()) and AGENT not in words]
        return found

    def state(self) -> dict[str, Any]:
        return run_folder.read_status(self.folder)

    def weights(self) -> dict[str, str]:
        """The hashes of what it has learned by its end."""
        limit = time.monotonic() + PATIENCE
        while self.state()["state"] != "finished" and time.monotonic() < limit:
            if all(agent.poll() is not None for agent in self.agents):
                break
            time.sleep(0.2)
        if self.state()["state"] != "finished":
            raise RuntimeError(f"{self.state()}: {self.told()}")
        return checkpoint.read_config(store.newest_model(self.folder))["sha256"]

    def agents_end(self) -> float | None:
        """Seconds that torchrun still takes to end, or None where it does not."""
        begun = time.monotonic()
        try:
            for agent in self.agents:
                agent.wait(max(ENDING_SECONDS - (time.monotonic() - begun), 0.1))
        except subprocess.TimeoutExpired:
            return None
        return round(time.monotonic() - begun, 1)

    def told(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def close(self) -> None:
        for host in self.two.hosts:
            kill(host.processes())
        for agent in self.agents:
            agent.wait()


def torchrun(nodes: int) -> list[str]:
    """The command of one agent, of as many."""
    each = ["--nnodes", str(nodes), "--nproc-per-node", str(2 // nodes), "--max-restarts", "4"]
    meet = ["--rdzv-backend", "c10d", "--rdzv-endpoint", f"host1:{PORT}", "--rdzv-id", "tried"]
    return [sys.executable, "-m", AGENT, *each, *meet]


def undisturbed(run: Running) -> dict[str, Any]:
    return {}


def killed(run: Running) -> dict[str, Any]:
    """SIGKILL to what trains on the second host."""
    run.trainer(run.two.hosts[1]).kill()
    return {}


def switched_off(run: Running) -> dict[str, Any]:
    """The second host loses its power, comes back, and the command is typed there again; where the run has failed
    meanwhile, for torchrun waits for nobody longer than a minute, it is resumed on both."""
    host, begun, before = run.two.hosts[1], time.monotonic(), run.steps()
    run.two.switch.pull(host)
    run.agents[1].kill()
    run.agents[1].wait()
    run.agents[1] = run.agent(run.two.again(host))
    while run.state()["state"] == "running" and run.steps() <= before + 1 and time.monotonic() < begun + GIVEN_UP:
        time.sleep(0.2)
    return resumed(run, begun) if run.state()["state"] == "failed" else {}


def pulled(run: Running) -> dict[str, Any]:
    """The second host's cable is out for a while; seconds until the next step after it is back."""
    host = run.two.hosts[1]
    run.two.switch.pull(host)
    time.sleep(1)
    before = run.steps()
    time.sleep(PULLED_SECONDS - 1)
    during = run.steps() - before
    run.two.switch.push(host)
    back = time.monotonic()
    run.wait_for(before + 1)
    return {"steps_meanwhile": during, "goes_on_after": round(time.monotonic() - back, 1)}


def gone(run: Running) -> dict[str, Any]:
    """The second host's cable stays out until the run has said so; then it goes on, on the first."""
    host, begun = run.two.hosts[1], time.monotonic()
    run.two.switch.pull(host)
    while run.state()["state"] == "running" and time.monotonic() < begun + GIVEN_UP:
        time.sleep(0.2)
    return resumed(run, begun, nodes=1)


def resumed(run: Running, begun: float, nodes: int = 2) -> dict[str, Any]:
    """Resume a run that has ended; what it said, and after how many seconds since ``begun``."""
    state, seconds = run.state(), round(time.monotonic() - begun, 1)
    run.close()
    run.two.again(run.two.hosts[1])
    if state["state"] == "running":
        raise TimeoutError(f"nothing said after {seconds} s: {run.told()}")
    run.nodes, run.words[4:] = nodes, ["--resume", str(run.folder)]
    run.agents = [run.agent(host) for host in run.two.hosts[:nodes]]
    return {"said": state["state"], "error": (state["error"] or {}).get("code"), "after": seconds}


TRIALS: dict[str, Callable[[Running], dict[str, Any]]] = {
    "undisturbed": undisturbed,
    "killed": killed,
    "switched off": switched_off,
    "cable pulled": pulled,
    "cable gone": gone,
}


def run_of(two: Two, kind: str, name: str, nodes: int = 2) -> tuple[dict[str, Any], dict[str, str]]:
    """(figures, weights) of a run to which something happens in the middle."""
    folder, begun = two.shared / f"{kind}-{name.replace(' ', '-')}-{nodes}-{time.monotonic_ns()}", time.monotonic()
    run = Running(two, folder, *KINDS[kind], "--out", str(folder), nodes=nodes)
    try:
        run.wait_for(AFTER)
        found = TRIALS[name](run)
        weights, seconds = run.weights(), round(time.monotonic() - begun, 1)
        return {**found, "seconds": seconds, "torchrun_ends_after": run.agents_end()}, weights
    finally:
        run.close()


def tried(two: Two, names: list[str]) -> dict[str, Any]:
    """What came of each trial, or of those of one kind alone, beside two undisturbed runs of one host."""
    kinds = [kind for kind in KINDS if kind in names] or list(KINDS)
    trials = [name for name in TRIALS if name in names] or list(TRIALS)
    found: dict[str, Any] = {}
    for kind in kinds:
        (_, one), (_, again) = (run_of(two, kind, "undisturbed", nodes=1) for _ in range(2))
        found[kind] = {"one host, exact with itself": one == again}
        for name in trials:
            figures, weights = run_of(two, kind, name)
            found[kind][name] = {"the same weights": weights == one, **figures}
            print(f"| {kind} | {name} | {found[kind][name]} |", flush=True)
    return found


def speeds(two: Two, count: int) -> dict[str, Any]:
    """Images a second of a thread on one host, and of one on each, by what the cable carries; bytes sent a step."""
    one, both = (measured(two, count, nodes) for nodes in (1, 2))
    print("| preset | batch | one host | bytes a step | " + " | ".join(RATES) + " |\n|" + "---|" * (4 + len(RATES)))
    found: dict[str, Any] = {}
    for preset in MEASURED:
        batch, rows = request_of(preset).settings().batch, {"one host": one[preset]["alone"], **both[preset]}
        row = found[preset] = {label: round(batch / told["seconds"], 1) for label, told in rows.items()}
        row |= {"batch": batch, "bytes": round(next(iter(both[preset].values()))["bytes"]), "steps": count - bench.WARM}
        cells = [preset, batch, row["one host"], row["bytes"], *(row[label] for label in RATES)]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    return found


def request_of(preset: str) -> Request:
    name = preset.partition(",")[0]
    kind, data, changes = bench.PRESETS[name]
    return Request(kind, data, name, {**changes, **MEASURED[preset]}, threads=1)


def measured(two: Two, count: int, nodes: int) -> dict[str, dict[str, dict[str, float]]]:
    """``{preset: {rate: {"seconds", "bytes"}}}`` of a step, on one host or on both."""
    file = two.shared / f"speed-{nodes}"
    start, log = torchrun(2) if nodes == 2 else [sys.executable], file.with_suffix(".log")
    words = [*start, "-m", "benchmarks.hosts_torchrun", str(count), str(file)]
    agents = [host.start(*words, log=log, OMP_NUM_THREADS="1") for host in two.hosts[:nodes]]
    for agent in agents:
        agent.wait(SPEED_SECONDS)
    if not file.exists():
        raise RuntimeError(log.read_text()[-3000:])
    return json.loads(file.read_text())


def main() -> None:
    """What each process of such a measurement does: all presets, and all rates where there are two."""
    count, file = int(sys.argv[1]), Path(sys.argv[2])
    rates = RATES if ranks.launched() > 1 else {"alone": None}
    found: dict[str, dict[str, dict[str, float]]] = {preset: {} for preset in MEASURED}
    for preset, (label, rate) in itertools.product(MEASURED, rates.items()):
        limit(rate)
        _, seconds, each = bench.steps(request_of(preset), count)
        found[preset][label] = {"seconds": seconds, "bytes": each}
    if ranks.leads():
        file.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
