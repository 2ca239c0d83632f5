"""The page dies and comes back, Start is pressed a hundred times:  python -m benchmarks.restarts [--restarts N]

While a run trains, ``app.py`` is killed (SIGKILL) and started again, N times: seconds from its start until it tells of
the run again. Then Start is pressed many times at once in one tab, and once at the same moment in many tabs: how many
runs there are, how many of them train, and what the others are told.
"""

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
import psutil

from benchmarks.latency import free_port
from genclass.jobs import runs
from genclass.train.run.layout import LIVE
from genclass.train.settings import Request

ROOT = Path(__file__).parent.parent
PATIENCE = 600  # seconds
ASKED = 10  # seconds in which a run is to be found again
HTTP = httpx.Client(timeout=PATIENCE)  # one: a new one reads all certificates, and at every try took half a core


@contextlib.contextmanager
def page():
    """``app.py`` in a process of its own, killed at the end; gives its address, which nobody answers yet."""
    port = free_port()
    words = [sys.executable, "app.py", "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def until(found, patience=PATIENCE):
    """What ``found`` gives once that is something; it may find no connection until then."""
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        with contextlib.suppress(httpx.TransportError):
            answer = found()
            if answer:
                return answer
        time.sleep(0.05)
    raise TimeoutError


def asked(url, call, *values):
    """The answer of one call of the web API."""
    event = HTTP.post(f"{url}/gradio_api/call/{call}", json={"data": list(values)}).raise_for_status().json()
    told = HTTP.get(f"{url}/gradio_api/call/{call}/{event['event_id']}").text
    return json.loads(told.partition("event: complete\ndata: ")[2].partition("\n")[0])[0]


def restart(run_id):
    """Seconds from the start of ``app.py`` until it tells of the run, which trains on meanwhile."""
    begun = time.monotonic()
    with page() as url:
        status = until(lambda: asked(url, "run", run_id))
        assert status["state"] == "running", status
        return time.monotonic() - begun


def start_event(config):
    """(number of the event of Start, the values that its inputs have in a new tab)."""
    parts = {component["id"]: component["props"] for component in config["components"]}
    button = next(id for id, props in parts.items() if props.get("elem_id") == "train-start")
    event = next(event for event in config["dependencies"] if [button, "click"] in event["targets"])
    return event["id"], [parts[id].get("value") for id in event["inputs"]]


async def press(url, sessions):
    """Press Start once in each session, all at the same moment; returns what was told: "" or an error."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        number, values = start_event((await client.get("/config")).json())
        body = {"fn_index": number, "data": values}
        joined = [client.post("/gradio_api/queue/join", json=body | {"session_hash": one}) for one in sessions]
        assert all(answer.is_success for answer in await asyncio.gather(*joined))
        listened = await asyncio.gather(*[listen(client, session) for session in set(sessions)])
    return [error for errors in listened for error in errors]


async def listen(client, session):
    """What each event of a session ended with: "" or an error."""
    told = (await client.get("/gradio_api/queue/data", params={"session_hash": session})).text
    messages = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ")]
    return [message["output"].get("error") or "" for message in messages if message["msg"] == "process_completed"]


def pressed(sessions):
    """Press Start in these sessions of a new page with no runs; returns states of the runs, and what was told."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["GENCLASS_RUNS"] = folder
        try:
            with page() as url:
                until(lambda: HTTP.get(f"{url}/config").is_success)
                told = Counter(asyncio.run(press(url, sessions)))
                until(lambda: states()["running"])
                return {"states": dict(states()), "told": dict(told)}
        finally:
            end_all()


def states():
    return Counter(status["state"] for status in runs.list_runs())


def end_all():
    """Kill every run's process, and wait until none is left."""
    for status in runs.list_runs():
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(json.loads((runs.find(status["id"]) / "status.json").read_text())["pid"]).kill()
    until(lambda: all(status["state"] not in LIVE for status in runs.list_runs()))


@contextlib.contextmanager
def training():
    """A run of the page's first choice, as the page would start it, in a folder of its own; yields its id."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["GENCLASS_RUNS"] = folder
        try:
            run_id = runs.start(Request("gan", "fashion-mnist-mini", "gan", minutes=600.0, threads=1))
            until(lambda: runs.status(run_id)["step"] > 1)
            yield run_id
            assert runs.status(run_id)["state"] == "running", runs.status(run_id)
        finally:
            end_all()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--restarts", type=int, default=50, help="default: %(default)s")
    parser.add_argument("--presses", type=int, default=100, help="in one tab (default: %(default)s)")
    parser.add_argument("--visitors", type=int, default=20, help="with a tab each (default: %(default)s)")
    args = parser.parse_args()
    with training() as run_id:
        seconds = [restart(run_id) for _ in range(args.restarts)]
    late = sum(second > ASKED for second in seconds)
    print(f"{len(seconds)} restarts: found again after {statistics.mean(seconds):.1f} s in the mean, at most "
          f"{max(seconds):.1f} s; {late} times later than {ASKED} s", flush=True)  # fmt: skip
    one = pressed([secrets.token_hex(6)] * args.presses)
    print(f"Start pressed {args.presses} times in one tab: {one}", flush=True)
    many = pressed([secrets.token_hex(6) for _ in range(args.visitors)])
    print(f"by {args.visitors} visitors: {many}")
    print(json.dumps({"restarts": seconds, "presses": one, "visitors": many}))


if __name__ == "__main__":
    main()
