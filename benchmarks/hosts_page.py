"""Copies of the page on two hosts behind the Caddy of the first, for ``two_hosts.py``."""

import sys
import time
from collections.abc import Callable
from typing import Any

from gradio_client import Client

from benchmarks.copies import drill
from benchmarks.hosts import ROOT, Host, Two
from benchmarks.page import wait_until_open
from benchmarks.visitors import crowd
from genclass.train.run import layout as run_folder

PAGE, CADDY = 7861, 8080
VISITORS, CALLS = 20, 12
PATIENCE = 240
LONG = 30  # minutes


class Copies:
    """A copy on each host, which share a folder of runs, and Caddy."""

    def __init__(self, two: Two) -> None:
        self.two, self.runs = two, two.shared / "runs"
        self.runs.mkdir()
        for host in two.hosts:
            self.copy(host)
        first = two.hosts[0]
        where = {"SITE": f":{CADDY}", "COPIES": f"host1:{PAGE} host2:{PAGE}", "HOME": str(two.shared)}
        words = ["caddy", "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
        first.start(*words, log=two.shared / "caddy.log", **where)
        for host in two.hosts:
            wait_until_open(PAGE, host=host.address)
        wait_until_open(CADDY, host=first.address)
        self.url = f"http://{first.address}:{CADDY}"

    def copy(self, host: Host) -> None:
        """Start the page on a host, which believes the other's Caddy whose visitors they are."""
        words = ["app.py", "--host", "0.0.0.0", "--port", str(PAGE)]
        trusted = self.two.hosts[0].address
        host.start(sys.executable, *words, log=self.two.shared / f"{host.name}.log", OMP_NUM_THREADS="1",
                   GENCLASS_RUNS=str(self.runs), FORWARDED_ALLOW_IPS=trusted)  # fmt: skip

    def client(self, host: Host) -> Client:
        """One who asks a host's copy itself."""
        return Client(f"http://{host.address}:{PAGE}", verbose=False)

    def again(self) -> float:
        """Switch the second host on again; seconds until Caddy sends visitors there."""
        self.copy(self.two.again(self.two.hosts[1]))
        return self.both_serve()

    def both_serve(self) -> float:
        """Seconds until new visitors come to both copies."""
        begun = time.monotonic()
        while time.monotonic() < begun + PATIENCE:
            if len({visitor.copy() for visitor in crowd(self.url, 8)}) == 2:
                return round(time.monotonic() - begun, 1)
            time.sleep(0.5)
        raise TimeoutError("visitors still come to one copy")


def struck(copies: Copies, strike: Callable[[], None]) -> dict[str, Any]:
    """20 visitors, and in the middle something happens to the second host."""
    found = drill(copies.url, VISITORS, CALLS, strike)
    return {key: round(value, 1) if isinstance(value, float) else value for key, value in found.items()}


def wait_for(client: Client, run_id: str, *states: str, step: int = 0) -> dict[str, Any]:
    """What a page says of a run, once it is in one of the states, at a step or later."""
    limit = time.monotonic() + PATIENCE
    while (found := client.predict(run_id, api_name="/run"))["state"] not in states or found["step"] < step:
        if time.monotonic() > limit:
            raise TimeoutError(f"still {found}")
        time.sleep(0.3)
    return found


def cable(copies: Copies) -> dict[str, Any]:
    """The second host's cable is pulled, and is back once the visitors are done."""
    host = copies.two.hosts[1]
    found = struck(copies, lambda: copies.two.switch.pull(host))
    copies.two.switch.push(host)
    return {**found, "serves_again_after": copies.both_serve()}


def power(copies: Copies) -> dict[str, Any]:
    """A run trained on the second host is watched from the first; then the second is switched off, visitors and all."""
    near, far = (copies.client(host) for host in copies.two.hosts)
    run_id = far.predict("classifier", "fashion-mnist-mini", "airnet", LONG, "watched", api_name="/train")
    steps = [wait_for(near, run_id, "running", step=step)["step"] for step in (1, 20)]
    trained_on = run_folder.written_status(copies.runs / run_id)["host"]
    begun: list[float] = []

    def strike() -> None:
        copies.two.hosts[1].holder.kill()  # what else there is to clear up takes seconds, and visitors go on meanwhile
        begun.append(time.monotonic())

    found = {"watched": steps, "trained_on": trained_on, **struck(copies, strike)}
    told = wait_for(near, run_id, "interrupted")
    found["interrupted_after"] = round(time.monotonic() - begun[0], 1)
    near.predict(run_id, api_name="/resume")
    found["goes_on_at"] = wait_for(near, run_id, "running", step=told["step"] + 1)["step"]
    found["goes_on_on"] = run_folder.written_status(copies.runs / run_id)["host"]
    near.predict(run_id, api_name="/stop")
    wait_for(near, run_id, "stopped")
    return {**found, "serves_again_after": copies.again()}


TRIALS: dict[str, Callable[[Copies], dict[str, Any]]] = {"cable": cable, "power": power}


def tried(two: Two, names: list[str]) -> dict[str, Any]:
    """What came of each trial."""
    copies, found = Copies(two), {}
    copies.both_serve()
    for name in names:
        found[name] = TRIALS[name](copies)
        print(f"| {name} | {found[name]} |", flush=True)
    return found
