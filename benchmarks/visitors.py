"""Visitors of the page as the server sees them, copies of the page, and the Caddy before them: for ``copies.py``."""

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.page import free_port, listening, wait_until_open
from genclass.data import sources
from genclass.files import images

ROOT = Path(__file__).parent.parent
CADDYFILE = ROOT / "deploy" / "Caddyfile"
COOKIE, POLICY = "genclass-copy", "lb_policy cookie genclass-copy"
GAN, CLASSIFIER = "fashion-mnist-gan", "fashion-mnist-airnet"
PATIENCE = 10.0  # seconds without a word after which a visitor gives up; the server's sign of life comes every 15
TICK = "tick"
AGAIN = 0.2  # seconds until a visitor who was refused asks again
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Unanswered(Exception):
    """An event that got no answer, and what came instead."""


class Visitor:
    """A browser as the server sees it: it keeps cookies, joins the queue with an event, and listens for the answer."""

    def __init__(self, url, wires, photo):
        self.http, self.wires, self.photo = httpx.Client(base_url=url, timeout=PATIENCE), wires, photo
        self.session, self.seen = uuid.uuid4().hex, {}
        self.http.get("/").raise_for_status()

    def copy(self):
        """Which copy the proxy sends it to, as its cookie says."""
        return self.http.cookies.get(COOKIE)

    def live(self, sigma, count):
        """A slider moved: the sheet of ``count`` images as HTML."""
        recipe = json.dumps({"model": GAN, "count": count})
        asked = {"recipe": recipe, "moved": {"directions": {"d1": sigma}}, "chosen": 0}
        return self.event("live", [json.dumps(asked)])[0]

    def classify(self):
        """An upload and what the classifier says of it: the likeliest class."""
        sent = self.http.post("/gradio_api/upload", files={"files": ("photo.png", self.photo)}).raise_for_status()
        file = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        return self.event("classify", [file, CLASSIFIER, 3])[0]["label"]

    def tick(self):
        """What an open page asks every second: which runs and models there are, and what has changed about them."""
        self.seen = self.event("tick", [None, None, self.seen, 1, [], "test_accuracy", "step"])[0]

    def event(self, name, values):
        """The values that an event returns.

        Raises:
            Unanswered: for any other end of the stream.
            httpx.HTTPError: for any fault of the connection.
        """
        told = {"fn_index": self.wires[name], "data": values, "session_hash": self.session}
        joined = self.http.post("/gradio_api/queue/join", json=told).raise_for_status().json()
        where = {"session_hash": self.session}
        with self.http.stream("GET", "/gradio_api/queue/data", params=where) as stream:
            for line in filter(None, stream.iter_lines()):
                message = json.loads(line.removeprefix("data:"))
                if message.get("event_id") == joined["event_id"] and message["msg"] == "process_completed":
                    if not message["success"]:
                        raise Unanswered(message["output"]["error"])
                    return message["output"]["data"]
        raise Unanswered("the stream ended")


def read_wires(url):
    """``{"live", "classify", "tick"}``: the numbers of these events in the page's configuration."""
    config = httpx.get(f"{url}/config", timeout=30).json()
    wires = {"live": wire(config, "generate-live", "click")}
    for event in reversed(config["dependencies"]):  # of the pages of each language the first counts
        if event["api_name"] == "classify":
            wires["classify"] = event["id"]
        elif any(what == "tick" for _, what in event["targets"]):
            wires["tick"] = event["id"]
    return wires


def wire(config, elem_id, what):
    """The number of what happens to a component, on the page of the first language."""
    part = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == elem_id)
    return next(event["id"] for event in config["dependencies"] if [part, what] in event["targets"])


@contextlib.contextmanager
def copies(count, folder, *flags):
    """``{port: process}`` of so many copies of the page, which share a folder of runs, once they answer."""
    environment = {**os.environ, "GENCLASS_RUNS": str(folder), "OMP_NUM_THREADS": "1"}
    started = {}
    try:
        for port in (free_port() for _ in range(count)):
            words = [sys.executable, "app.py", "--port", str(port), *flags]
            started[port] = subprocess.Popen(words, cwd=ROOT, env=environment, **QUIET)
        for port in started:
            wait_until_open(port)
        yield started
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            process.wait(30)


@contextlib.contextmanager
def caddy(ports, policy=POLICY):
    """The address of a Caddy that runs ``deploy/Caddyfile`` before the copies at these ports."""
    port = free_port()
    text = CADDYFILE.read_text()
    assert POLICY in text
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "Caddyfile"
        file.write_text("{\n\tadmin off\n}\n" + text.replace(POLICY, policy))  # several may run on one machine
        upstreams = " ".join(f"127.0.0.1:{copy}" for copy in ports)
        environment = {**os.environ, "SITE": f":{port}", "COPIES": upstreams, "HOME": home}
        words = ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
        with listening(port, words, env=environment, **QUIET) as url:
            yield url


@dataclass
class Call:
    """One call: ``begun`` as ``time.perf_counter`` tells it.

    Attributes:
        errors: of every time it was refused.
        answer: (what was asked, what came), the same for all who ask the same; None if nothing came.
    """

    begun: float
    seconds: float
    errors: list
    copy: str | None
    answer: tuple | None


def slide(visitor, number, count=1):
    """(σ of the slider, the sheet)."""
    sigma = number % 30 / 10
    return sigma, visitor.live(sigma, count)


def mixed(visitor, number):
    """An upload, then the slider twice."""
    return ("photo", visitor.classify()) if number % 3 == 0 else slide(visitor, number)


def seconds_of_a_page(visitor, number):
    """What an open page asks every second, or, for a fourth of the calls, what its visitor does."""
    return mixed(visitor, number) if random.random() < 0.25 else (TICK, visitor.tick())


def called(action, visitor, *arguments, again=0.0):
    """A ``Call`` of ``action``; a visitor who is refused asks again for so many seconds."""
    begun, errors, answer = time.perf_counter(), [], None
    while answer is None and (not errors or time.perf_counter() - begun < again):
        try:
            answer = action(visitor, *arguments)
        except httpx.HTTPStatusError as caught:
            errors.append(f"{caught.response.status_code} of {caught.request.url.path}")
        except (httpx.HTTPError, Unanswered) as caught:
            errors.append(f"{type(caught).__name__}: {caught}")
        if answer is None:
            time.sleep(AGAIN)
    return Call(begun, time.perf_counter() - begun, errors, visitor.copy(), answer)


def crowd(url, count):
    """So many visitors who have opened the page."""
    wires, photo = read_wires(url), sources.load_mini("fashion-mnist-mini").test_images[0].permute(1, 2, 0).numpy()
    return [Visitor(url, wires, images.png_bytes(photo)) for _ in range(count)]


def together(visitors, work):
    """``work(visitor)``, which yields calls, for all visitors at once: (threads, a list that fills while they run)."""
    found = []
    threads = [threading.Thread(target=lambda one=one: [found.append(call) for call in work(one)]) for one in visitors]
    for thread in threads:
        thread.start()
    return threads, found
