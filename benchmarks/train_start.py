"""Start to first measured step, and the slider while a run goes on:  python -m benchmarks.train_start [--runs N]

    python -m benchmarks.train_start --photos FOLDER [--runs N]

Start: a run is asked for as the page asks (runs.start), with a process kept ready as the page keeps one; milliseconds
until its first report stands in metrics.jsonl. Cold: the same without the process. Then, in headless Chromium, from an
arrow key's press to the new picture, without a run, beside one, and beside one with the priority of everybody else.

With a FOLDER of photos, a folder for each class: 20 photos of each of the first five classes, as a visitor has added
them; seconds from Start, of the preset that the page then proposes, until the lists have a model of the run, which may
be one that it saved on the way, and until they have the finished one.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("GENCLASS_RUNS", tempfile.mkdtemp(prefix="genclass-bench-"))

import psutil

from genclass.jobs import drafts, local, prewarm, runs
from genclass.models import store
from genclass.train import machine
from genclass.train.settings import Request
from genclass.ui.train import start

PRESETS = (("gan", "fashion-mnist-mini", "gan"), ("classifier", "cifar10-mini", "airnet"))
READY_SECONDS = 120
IDLE_SECONDS = 5
CLASSES, PHOTOS = 5, 20
SELDOM = 0.1  # seconds between looks that take time from a run
QUIET_SECONDS = 20  # more than a process that waits lets pass before its last imports


def wait(true, seconds=READY_SECONDS, pause=0.01):
    """Until ``true()`` holds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(true)
        time.sleep(pause)


def ready():
    """Make a process ready, and wait until it has nothing left to do."""
    prewarm.keep_one_ready()
    process, before = psutil.Process(prewarm.spare.process.pid), -1.0
    while before < 1 or spent(process) - before > 0.01:  # it has worked, and works no more
        before = spent(process)
        time.sleep(QUIET_SECONDS)
    return process


def as_the_page(kind, source, preset, threads=None):
    return Request(kind, source, preset, minutes=20, threads=threads or machine.threads_beside_page())


def press(request, process=None):
    """(seconds from asking to the first report, processor seconds of the training process meanwhile)."""
    before = spent(process) if process else 0.0
    begun = time.perf_counter()
    run_id = runs.start(request)
    report = runs.find(run_id) / "metrics.jsonl"
    wait(lambda: report.exists() and report.stat().st_size)  # asking for the status would take time from the run
    taken = time.perf_counter() - begun
    pid = json.loads((runs.find(run_id) / "status.json").read_text())["pid"]
    worked = spent(psutil.Process(pid)) - before
    end(run_id)
    return taken, worked


def spent(process):
    times = process.cpu_times()
    return times.user + times.system


def end(run_id):
    runs.stop(run_id)
    wait(lambda: runs.status(run_id)["state"] not in ("queued", "running", "stopping"))
    runs.delete(run_id)


def starts(count):
    """``{preset: {"warm", "cold"}}``, each in seconds and in processor seconds."""
    found = {}
    for kind, source, preset in PRESETS:
        request, tries = as_the_page(kind, source, preset), {"warm": [], "cold": []}
        for _ in range(count):
            tries["warm"].append(press(request, ready()))
            prewarm.spare.close()
            tries["cold"].append(press(request))
        name = f"{preset} on {source}"
        found[name] = {f"{way} {what}": figures([pair[index] for pair in pairs]) for way, pairs in tries.items()
                       for index, what in enumerate(("wall", "processor"))}  # fmt: skip
        print(f"{name}: {found[name]}", flush=True)
    return found


def figures(values):
    return {"median": round(statistics.median(values), 3), "deviation": round(statistics.stdev(values), 3),
            "largest": round(max(values), 3), "n": len(values)}  # fmt: skip


def to_a_model(folder, count):
    """Figures of ``press_for_a_model``, with a process kept ready."""
    draft = photo_draft(folder)
    tries = [press_for_a_model(draft.imageset(), ready()) for _ in range(count)]
    found = {what: figures([one[what] for one in tries]) for what in tries[0]}
    print(f"a model of {folder.name}: {found}", flush=True)
    return found


def photo_draft(folder):
    """A draft as a visitor makes it: 20 photos of each of five classes."""
    draft = None
    for label in sorted(path for path in folder.iterdir() if path.is_dir())[:CLASSES]:
        files = sorted(path for path in label.iterdir() if path.is_file())[:PHOTOS]
        draft = drafts.add(draft and draft.id, label.name, [(path.name, path) for path in files])
    return draft


def press_for_a_model(imageset, process):
    """``{"first", "finished", "processor"}``: seconds until the lists have a model, until they have the finished one,
    and processor seconds of the training process until then."""
    before, begun = spent(process), time.perf_counter()
    run_id = start.start("classifier", "transfer", 2, None, imageset=imageset)
    name = runs.status(run_id)["name"]
    wait(lambda: name in store.named_folders(), pause=SELDOM)
    first = time.perf_counter() - begun
    wait(lambda: runs.status(run_id)["state"] == "finished", pause=SELDOM)
    finished = time.perf_counter() - begun
    worked = spent(process) - before  # which can be asked of one that has ended, too, until it is reaped
    runs.delete(run_id)
    return {"first": first, "finished": finished, "processor": worked}


def idle():
    """What the waiting process costs: share of a core, and megabytes."""
    process = ready()
    memory = process.memory_full_info()
    found = {"core": process.cpu_percent(IDLE_SECONDS) / 100, "own_megabytes": memory.uss // 1_000_000,
             "with_shared_megabytes": memory.rss // 1_000_000}  # fmt: skip
    print(f"waiting: {found}", flush=True)
    return found


def slider(presses):
    """Milliseconds from key to picture: without a run, beside one, and beside one of everyone's priority."""
    from playwright.sync_api import sync_playwright

    from benchmarks.page import measure
    from genclass.ui.layout import build_app, launch_settings

    _, url, _ = build_app().launch(prevent_thread_lock=True, quiet=True, **launch_settings())
    where = (f"{url}?model=fashion-mnist-gan&count=16", "#direction-d1 input[type=range]", "#generate-picture", presses)
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        found["no run"] = figures(measure(page, *where))
        ways = {"a run": (local.NICE, None), "a run on all cores": (local.NICE, machine.cores()),
                "a run of the same priority": (0, None)}  # fmt: skip
        for name, (local.NICE, threads) in ways.items():
            run_id = runs.start(as_the_page("gan", "fashion-mnist-mini", "gan", threads))
            wait(lambda run_id=run_id: runs.status(run_id)["metrics"])
            found[name] = figures(measure(page, *where))
            found[name]["images_per_second"] = runs.status(run_id)["metrics"]["images_per_second"]
            end(run_id)
            print(f"{name}: {found[name]}, {found[name]['median'] / found['no run']['median']:.2f} ×", flush=True)
        browser.close()
    return found


def measure_what_is_started():
    """As the page does once; no other presets."""
    for asked in machine.unmeasured():
        if (asked.kind, asked.data, asked.preset) in PRESETS:
            machine.measure_if_free(asked)
        else:
            unknown = {"precision": "float32", "seconds_per_step": 1.0}
            machine.remember(asked, machine.named_shape(asked.data), unknown)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--presses", type=int, default=15)
    parser.add_argument("--photos", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    measure_what_is_started()
    if args.photos:
        found = {"model_seconds": to_a_model(args.photos, args.runs)}
    else:
        found = {"waiting": idle(), "start_seconds": starts(args.runs)}
    if args.presses and not args.photos:
        found["slider_ms"] = slider(args.presses)
    print(json.dumps(found))
    shutil.rmtree(os.environ["GENCLASS_RUNS"], ignore_errors=True)


if __name__ == "__main__":
    main()
