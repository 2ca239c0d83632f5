"""A Ray cluster of two hosts, a head and a worker, for ``two_hosts.py``: runs that the page on the head hands to it.

Their folder lies on the head's disk; the worker reaches it over its cable.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from gradio_client import Client

from benchmarks.hosts import Host, Storage, Two, kill
from benchmarks.page import wait_until_open
from genclass.models import checkpoint, store
from genclass.train.run import layout as run_folder

RAY = str(Path(sys.executable).with_name("ray"))
GCS, JOBS, PAGE = 6379, 8265, 7861
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"  # of the Debian package libfaketime
OWN = ("/tmp/ray", "/dev/shm")  # what Ray keeps there is each host's own
ROOM = max(1, (os.cpu_count() or 1) - 1)  # threads of a run that the page starts: each host has room for one
PATIENCE = 240
WATCHED_SECONDS = 40  # a run whose machine has another clock
LONG, WHOLE, SHORT = 30, 2, 0.05  # minutes
BACK_SECONDS = 200  # after which TCP has tried again, and what hung has noticed
QUEUED = 10
JOB_LOGS = "/tmp/ray/session_latest/logs/job-driver-genclass-*.log"
STARTS, JOINED = 4, "Ray runtime started"


class Cluster:
    """Both hosts as a cluster, and the page on the first, which has its runs trained there."""

    def __init__(self, two: Two) -> None:
        self.two, self.runs, self.count = two, two.shared / "runs", 0
        self.head, self.worker = two.hosts
        self.runs.mkdir()
        self.storage = Storage(self.head, self.runs, two.shared / "storage.log")
        words = ["--head", "--port", str(GCS), "--include-dashboard", "true", "--dashboard-host", "0.0.0.0"]
        self._join(self.head, *words, "--dashboard-port", str(JOBS))
        wait_until_open(JOBS, PATIENCE, self.head.address)
        self._work()

    def _join(self, host: Host, *words: str, **environment: str) -> None:
        """Have a host join the cluster. Ray gives its start half a minute, and on a busy machine takes a second one."""
        for folder in OWN:
            Path(folder).mkdir(exist_ok=True)
            host.do("mount", "-t", "tmpfs", "none", folder)
        each = ["--num-cpus", str(ROOM), "--node-ip-address", host.address, "--object-store-memory", "100000000"]
        for _ in range(STARTS):
            log = self.two.shared / f"ray-{host.name}-{time.monotonic_ns()}.log"
            started = host.start(
                RAY, "start", "--block", "--disable-usage-stats", *each, *words, log=log, **environment
            )
            while started.poll() is None and JOINED not in log.read_text():
                time.sleep(0.2)
            if started.poll() is None:
                return
            kill(host.processes())
        raise RuntimeError(log.read_text()[-2000:])

    def _work(self, ahead: int = 0, sees: bool = True) -> None:
        """The second host joins; its clock is so many seconds ahead. If it ``sees`` no runs, their place is empty."""
        if sees:
            self.storage.mount(self.worker)
        else:
            self.worker.do("mount", "-t", "tmpfs", "none", str(self.runs))
        # Its monotonic clock is shifted too: were it spared, libfaketime 0.9.10 would refuse every time.sleep.
        clock = {"LD_PRELOAD": FAKETIME, "FAKETIME": f"{ahead:+}s", "NO_FAKE_STAT": "1"}
        self._join(self.worker, "--address", f"host1:{GCS}", **(clock if ahead else {}))

    def worker_again(self, ahead: int = 0, sees: bool = True) -> None:
        """The second host is switched off and on again, and joins."""
        self.worker = self.two.again(self.worker)
        self._work(ahead, sees)
        wait_until(lambda: self._known() == 2)  # until Ray misses the one that was switched off, it places runs there

    def _known(self) -> int:
        """How many machines Ray takes for alive."""
        from ray.util.state import list_nodes

        alive = [("state", "=", "ALIVE")]
        return len(list_nodes(f"http://{self.head.address}:{JOBS}", alive, raise_on_missing_output=False))

    def open_page(self) -> Client:
        """The page on the head, which waits until it has asked both hosts."""
        self._page(self.two.shared / "page.log")
        wait_until_open(PAGE, PATIENCE, self.head.address)
        self.page = Client(f"http://{self.head.address}:{PAGE}", verbose=False)
        return self.page

    def _page(self, log: Path) -> subprocess.Popen[bytes]:
        words = ["app.py", "--host", "0.0.0.0", "--port", str(PAGE), "--launcher", "ray"]
        address = f"http://host1:{JOBS}"
        return self.head.start(sys.executable, *words, "--ray-address", address, log=log, OMP_NUM_THREADS="1",
                               GENCLASS_RUNS=str(self.runs))  # fmt: skip

    def refused(self) -> tuple[str, float]:
        """(what a page says that ends at once, seconds)."""
        log, begun = self.two.shared / "refused.log", time.monotonic()
        self._page(log).wait(PATIENCE)
        return log.read_text().strip().splitlines()[-1], round(time.monotonic() - begun, 1)

    def start(self, minutes: float = LONG) -> str:
        self.count += 1
        name = f"tried-{self.count}"
        return self.page.predict("classifier", "fashion-mnist-mini", "airnet", minutes, name, api_name="/train")

    def state(self, run_id: str) -> dict[str, Any]:
        """What the page says of a run."""
        return self.page.predict(run_id, api_name="/run")

    def where(self, run_id: str) -> str:
        return run_folder.written_status(self.runs / run_id)["host"]

    def wait_for(self, run_id: str, *states: str, step: int = 0, seconds: float = PATIENCE) -> dict[str, Any]:
        limit = time.monotonic() + seconds
        while (found := self.state(run_id))["state"] not in states or found["step"] < step:
            if time.monotonic() > limit:
                raise TimeoutError(f"still {found}: {(self.runs / run_id / 'log.txt').read_text()[-2000:]}")
            time.sleep(0.3)
        return found

    def end(self, *run_ids: str) -> None:
        """Stop runs, whatever they do."""
        for run_id in run_ids:
            if self.state(run_id)["state"] in run_folder.LIVE:
                self.page.predict(run_id, api_name="/stop")
                self.wait_for(run_id, "stopped", "interrupted", "failed", "finished")

    @contextlib.contextmanager
    def on_both(self, minutes: float = LONG) -> Iterator[tuple[str, str]]:
        """Two runs: (that on the head, that on the worker)."""
        runs = [self.start(minutes), self.start(minutes)]
        try:
            for run_id in runs:
                self.wait_for(run_id, "running", step=1)
            by_host = {self.where(run_id): run_id for run_id in runs}
            yield by_host["host1"], by_host["host2"]
        finally:
            self.end(*runs)

    def lost(self, near: str, far: str, strike: Callable[[], None]) -> dict[str, Any]:
        """Something happens to the worker; when the page says so, and how the run goes on on the head."""
        begun = time.monotonic()
        strike()
        told = self.wait_for(far, "interrupted")
        seconds = round(time.monotonic() - begun, 1)
        self.end(near)
        self.page.predict(far, api_name="/resume")
        gone_on = self.wait_for(far, "running", step=told["step"] + 1)
        return {"interrupted_after": seconds, "at_step": told["step"], "goes_on_at": gone_on["step"],
                "goes_on_on": self.where(far)}  # fmt: skip

    def trainers(self) -> int:
        """How many processes on the worker train a run."""
        return sum("genclass" in words and "--resume" in words for words in map(_words, self.worker.processes()))

    def undisturbed(self, run_id: str) -> object:
        """The weights that a run ends with on the head where nothing happens to it, by their hashes."""
        alone = self.two.shared / "alone"
        run_folder.create(alone, run_folder.read_request(self.runs / run_id))
        shutil.copy(self.runs / run_id / "config.json", alone)
        self.head.do(sys.executable, "-m", "genclass", "train", "--resume", str(alone))
        return weights(alone)


def wait_until(happens: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > limit:
            raise TimeoutError("it has not happened")
        time.sleep(0.1)


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


def weights(path: Path) -> object:
    """The hashes of a run's newest weights."""
    return checkpoint.read_config(store.newest_model(path))["sha256"]


def placed(cluster: Cluster) -> dict[str, Any]:
    """A run on the worker is watched, stopped and resumed, and lost when the worker is killed."""
    with cluster.on_both() as (near, far):
        seen = [cluster.wait_for(far, "running", step=cluster.state(far)["step"] + 1)["step"] for _ in range(2)]
        cluster.page.predict(far, api_name="/stop")
        stopped = cluster.wait_for(far, "stopped")["step"]
        cluster.page.predict(far, api_name="/resume")
        resumed = cluster.wait_for(far, "running", step=stopped + 1)["step"]
        found = {"watched": seen, "stopped_at": stopped, "resumed_to": resumed, "resumed_on": cluster.where(far)}
        found |= cluster.lost(near, far, cluster.worker.close)
    cluster.worker_again()
    return found


def cable(cluster: Cluster) -> dict[str, Any]:
    """The worker's cable is pulled, the folder of runs goes with it; it is back once the run goes on on the head."""
    with cluster.on_both(WHOLE) as (near, far):
        wait_until(lambda: run_folder.newest_step(cluster.runs / far) > 0)
        found = cluster.lost(near, far, lambda: cluster.two.switch.pull(cluster.worker))
        strays, states, places = cluster.trainers(), set(), set()
        cluster.two.switch.push(cluster.worker)
        begun = time.monotonic()
        while cluster.trainers() and time.monotonic() < begun + BACK_SECONDS:
            states.add(cluster.state(far)["state"])
            places.add(cluster.where(far))
            time.sleep(0.5)
        found |= {"strays": strays, "after": round(time.monotonic() - begun), "still": cluster.trainers(),
                  "meanwhile": sorted(states), "written_by": sorted(places)}  # fmt: skip
        found["it_said"] = cluster.worker.do("sh", "-c", f"tail -qn 1 {JOB_LOGS}").strip()
        found["ended"] = cluster.wait_for(far, "finished", "failed", "interrupted", seconds=600)["state"]
        found["same_weights"] = weights(cluster.runs / far) == cluster.undisturbed(far)
        steps = [report["step"] for report in run_folder.read_metrics(cluster.runs / far)]
        found["reports_in_order"] = steps == sorted(set(steps))
    cluster.worker_again()
    return found


def clocks(cluster: Cluster) -> dict[str, Any]:
    """The worker's clock differs: no run of it may be taken for dead; the last one's host is killed."""
    found = {}
    for ahead in (5, -5, -300, 300):
        cluster.worker_again(ahead)
        with cluster.on_both() as (near, far):
            states, limit = set(), time.monotonic() + WATCHED_SECONDS
            while time.monotonic() < limit:
                states.add(cluster.state(far)["state"])
                time.sleep(0.5)
            apart = run_folder.written_status(cluster.runs / far)["heartbeat"] - time.time()
            found[f"{ahead:+} s"] = {"states": sorted(states), "heartbeat_ahead": round(apart)}
            print(f"| clock {ahead:+} s | {found[f'{ahead:+} s']} |", flush=True)
            if ahead == 300:
                found["killed"] = cluster.lost(near, far, cluster.worker.close)
    cluster.worker_again()
    return found


def apart(cluster: Cluster) -> dict[str, Any]:
    """A worker that does not see the runs: what a page says that is started then, and that nothing has begun."""
    before = {path.name for path in cluster.runs.iterdir()}
    cluster.worker_again(sees=False)
    said, seconds = cluster.refused()
    begun = sorted({path.name for path in cluster.runs.iterdir()} - before)
    cluster.worker_again()
    return {"said": said, "after": seconds, "left_behind": begun}


def ten(cluster: Cluster) -> dict[str, Any]:
    """Short runs, queued all at once."""
    begun = time.monotonic()
    runs = [cluster.start(SHORT) for _ in range(QUEUED)]
    ends = [cluster.wait_for(run_id, "finished", "failed", "interrupted", seconds=600)["state"] for run_id in runs]
    places = Counter(cluster.where(run_id) for run_id in runs)
    seconds = round(time.monotonic() - begun, 1)
    return {"runs": QUEUED, "finished": ends.count("finished"), "hosts": dict(places), "seconds": seconds}


TRIALS: dict[str, Callable[[Cluster], dict[str, Any]]] = {
    "apart": apart,
    "ten": ten,
    "placed": placed,
    "cable": cable,
    "clocks": clocks,
}


def tried(two: Two, names: list[str]) -> dict[str, Any]:
    """What came of each trial."""
    cluster, found = Cluster(two), {}
    if "apart" in names:  # before the page is there, which would take its port
        found["apart"] = apart(cluster)
        print(f"| apart | {found['apart']} |", flush=True)
    cluster.open_page()
    for name in names:
        if name != "apart":
            found[name] = TRIALS[name](cluster)
            print(f"| {name} | {found[name]} |", flush=True)
    return found
