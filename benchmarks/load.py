"""Many visitors at once while a run trains:  python -m benchmarks.load [--minutes M] [--visitors N] [--requests R]

Each visitor does what ``page.js`` does: a slider moves, and a sheet of 16 images comes; then the strips beside it and
what is said of it; every fifth time an image is uploaded and classified instead. First with three seconds of thought
between answer and next question; then two equal rounds without. After each the server's memory is looked at, once it
has tidied up. A plain ``gr.Interface`` around the same networks answers the same questions. Both are processes of their
own.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import secrets
import statistics
import tempfile
import time
from collections import Counter

import httpx
import psutil

from benchmarks.restarts import training
from benchmarks.serve import plain_interface, write_photo

PAGES = ("lab", "gr.Interface")
GAN, CLASSIFIER = "fashion-mnist-gan", "fashion-mnist-airnet"
COUNT = 16
THOUGHT = 3  # seconds
RELOAD = 10  # questions after which a visitor loads the page anew, which makes a new session of it
SETTLE = 70  # seconds until a server has tidied up, which it does every minute
MEGABYTE = 1 << 20


def serve(page, pipe):
    """Run a server until the other end of the pipe says so; its address goes through it first."""
    from genclass.ui import layout

    demo, settings = (plain(), {}) if page == "gr.Interface" else (layout.build_app(), layout.launch_settings())
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, **settings)
    pipe.send(url)
    pipe.recv()
    demo.close()


def plain():
    """What one writes first: a tab that samples and one that classifies."""
    import gradio as gr

    import genclass

    sampler = genclass.load(GAN)

    def sample(seed):
        return list(sampler.sample({"model": GAN, "seed": int(seed), "count": COUNT})[..., 0])

    sampling = gr.Interface(sample, gr.Number(), gr.Gallery(format="png"))
    return gr.TabbedInterface([sampling, plain_interface(CLASSIFIER)])


@contextlib.contextmanager
def started(page):
    """A server in a process: gives its address and its ``psutil.Process``."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(page, there))
    process.start()
    there.close()  # so that a server that dies is noticed
    try:
        yield here.recv(), psutil.Process(process.pid)
    finally:
        with contextlib.suppress(BrokenPipeError):
            here.send("stop")
        process.join(10)
        process.kill()


def numbers(config):
    """``{name: numbers of the events}`` that a page's visitors ask for."""
    named = {event["api_name"]: event["id"] for event in config["dependencies"]}
    if "predict" in named:
        return {"sheet": [named["sample"]], "beside": [], "classify": [named["predict"]]}
    ids = {}
    for component in config["components"]:  # the page is there once for each language: the first is meant
        ids.setdefault(component["props"].get("elem_id"), component["id"])
    pressed = {wire: [ids[f"generate-{wire}"], "click"] for wire in ("live", "rest")}
    on = {wire: [event["id"] for event in config["dependencies"] if press in event["targets"]]
          for wire, press in pressed.items()}  # fmt: skip
    return {"sheet": on["live"], "beside": on["rest"], "classify": [named["classify"]]}


class Visitor:
    """One browser: a session that asks through the queue and listens until it is answered.

    Args:
        page: as in ``PAGES``.
        told: list that gets (what, seconds, error or None) of each request.
    """

    def __init__(self, page, url, events, photo, told):
        self.page, self.events, self.photo, self.told = page, events, photo, told
        self.client = httpx.AsyncClient(base_url=url, timeout=60)
        self.asked = 0

    async def move(self):
        """Ask once, and for what the page asks for then."""
        if self.asked % RELOAD == 0:
            self.session = secrets.token_hex(6)
        self.asked += 1
        if self.asked % 5 == 0:
            return await self._timed("classify", self._classify)
        recipe = json.dumps({"model": GAN, "count": COUNT, "seed": random.randrange(2**31)})
        asked = json.dumps({"recipe": recipe, "moved": {}, "chosen": 0})
        data = [asked] if self.page == "lab" else [random.randrange(2**31)]
        await self._timed("sheet", self.event, self.events["sheet"][0], data)
        for event in self.events["beside"]:
            await self._timed("beside", self.event, event, data)

    async def _timed(self, what, ask, *arguments):
        begun, error = time.perf_counter(), None
        try:
            await ask(*arguments)
        except (httpx.HTTPError, RuntimeError) as raised:
            error = repr(raised)[:200]
        self.told.append((what, time.perf_counter() - begun, error))

    async def _classify(self):
        sent = await self.client.post("/gradio_api/upload", files={"files": ("photo.png", self.photo)})
        file = {"path": sent.raise_for_status().json()[0], "meta": {"_type": "gradio.FileData"}}
        await self.event(self.events["classify"][0], [file, CLASSIFIER, 5] if self.page == "lab" else [file])

    async def event(self, number, data):
        """Ask the queue for one event, and listen until it is answered."""
        body = {"data": data, "fn_index": number, "session_hash": self.session}
        (await self.client.post("/gradio_api/queue/join", json=body)).raise_for_status()
        listening = self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.session})
        async with listening as stream:
            told = [json.loads(line[6:]) async for line in stream.aiter_lines() if line.startswith("data: ")]
        done = [message for message in told if message["msg"] == "process_completed"]
        if not done or not done[-1]["success"]:
            raise RuntimeError(told[-1])


async def visit(page, url, photo, visitors, goes_on, thought):
    """Let so many visitors ask as long as ``goes_on`` of what was told so far; returns what was told."""
    told = []
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        events = numbers((await client.get("/config")).json())

    async def one():
        visitor = Visitor(page, url, events, photo, told)
        await asyncio.sleep(random.random() * thought)
        while goes_on(told):
            await visitor.move()
            await asyncio.sleep(thought)
        await visitor.client.aclose()

    await asyncio.gather(*[one() for _ in range(visitors)])
    return told


def figures(told):
    """``{"requests", "failed", "errors", what: {"n", "median", "p95"}}``, times in seconds."""
    errors = Counter(error for _, _, error in told if error)
    found = {"requests": len(told), "failed": errors.total(), "errors": dict(errors.most_common(3))}
    for what in ("sheet", "beside", "classify"):
        times = [seconds for kind, seconds, error in told if kind == what and not error]
        if len(times) > 1:
            p95 = statistics.quantiles(times, n=20)[-1]
            found[what] = {"n": len(times), "median": round(statistics.median(times), 3), "p95": round(p95, 3)}
    return found


def settled(process):
    """MB that a server holds once it has tidied up."""
    time.sleep(SETTLE)
    return process.memory_info().rss / MEGABYTE


def measure(page, photo, args):
    """Figures of one page: of visitors who think, and its memory in MB before, after one round and after two."""
    with started(page) as (url, process):
        end = time.monotonic() + args.minutes * 60
        thinking = visit(page, url, photo, args.visitors, lambda told: time.monotonic() < end, THOUGHT)
        found = {"thinking": figures(asyncio.run(thinking)), "memory": [settled(process)]}
        print_row(page, "3 s of thought", found["thinking"], found["memory"][-1])
        for number in (1, 2):
            hurrying = visit(page, url, photo, args.visitors, lambda told: len(told) < args.requests, 0)
            found[f"round {number}"] = figures(asyncio.run(hurrying))
            found["memory"].append(settled(process))
            print_row(page, f"round {number}", found[f"round {number}"], found["memory"][-1])
        found["megabytes_more"] = round(found["memory"][2] - found["memory"][1], 1)
    return found


def print_row(page, what, found, megabytes):
    times = (f"{kind} {found[kind]['median']:.2f} / {found[kind]['p95']:.2f} s (n = {found[kind]['n']})"
             for kind in ("sheet", "beside", "classify") if kind in found)  # fmt: skip
    print(f"{page:13} {what:15} {found['failed']} of {found['requests']} failed; median / 95 %:", ", ".join(times),
          f"{megabytes:.0f} MB", flush=True)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="of visitors who think (default: %(default)s)")
    parser.add_argument("--visitors", type=int, default=20, help="default: %(default)s")
    parser.add_argument("--requests", type=int, default=2000, help="of each round (default: %(default)s)")
    args = parser.parse_args()
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    with tempfile.TemporaryDirectory() as folder, training():
        photo = write_photo(folder).read_bytes()
        found = {page: measure(page, photo, args) for page in PAGES}
    print(json.dumps({"visitors": args.visitors, "minutes": args.minutes, **found}))


if __name__ == "__main__":
    main()
