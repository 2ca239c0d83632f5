"""Milliseconds for 1, 16 and 64 samples and classifications, and seconds until the page answers:

    python -m benchmarks.latency [--gan NAME] [--classifier NAME] [--repeats N]

Ours is what the page calls: norms folded, channels_last, inference mode, the way from seed to pixels included. Plain is
the same network as PyTorch builds it, in eval mode without gradients, given ready tensors. Cold is the first call of a
fresh process, loading left out. Start: from ``python app.py`` to the first answered request, beside a process that only
imports torch and gradio.
"""

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from unittest import mock

import torch

import genclass
from genclass.data import sources
from genclass.models import checkpoint, store
from genclass.train import machine

ROOT = Path(__file__).parent.parent
SIZES = (1, 16, 64)
WAYS = ("ours", "plain")
COLD_STARTS = 3
STARTS = 5
COLD = "from benchmarks.latency import cold; cold({way!r}, {model!r}, {size})"


def sampling(model, size):
    """{way: a call that draws ``size`` images}: ours uint8 [N, H, W, C], plain floats [N, C, H, W] from -1 to 1."""
    sampler, recipe = genclass.load(model), {"model": model, "count": size}
    network, _ = checkpoint.load_network(store.find(model))
    z, class_weights = sampler.latents(recipe), sampler.class_weights(recipe)
    return {"ours": lambda: sampler.sample(recipe), "plain": lambda: network.eval()(z, class_weights)}


def classifying(model, size):
    """{way: a call that gives the probabilities [N, classes] of ``size`` images}."""
    classifier = genclass.load(model)
    network, config = checkpoint.load_network(store.find(model))
    pixels = sources.load_mini(f"{config['dataset']}-mini").test_images[:size]
    scale = config["normalisation"]
    x = (pixels.float() / 255 - scale["mean"]) / scale["std"]

    def plain():
        logits = network.eval()(x)
        logits = (logits + network(x.flip(3))) / 2 if config["test_time_flip"] else logits
        return (logits / classifier.temperature).softmax(1)

    return {"ours": lambda: classifier.predict_prepared(pixels), "plain": plain}


CALLS = {"gan": sampling, "classifier": classifying}


@torch.no_grad()
def timed(call):
    """Milliseconds of one call."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def cold(way, model, size):
    """Print the milliseconds of this process's first call."""
    kind = checkpoint.read_config(store.find(model))["kind"]
    print(timed(CALLS[kind](model, size)[way]))


def first_call(way, model, size):
    """As ``cold``, in a process of its own."""
    command = [sys.executable, "-c", COLD.format(way=way, model=model, size=size)]
    return float(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.split()[-1])


def spread(times):
    return {"median": statistics.median(times), "deviation": statistics.stdev(times), "n": len(times)}


def measure(kind, model, size, repeats):
    """``{way: {"warm", "cold"}}``; the ways take turns, so that both meet the same moments of the machine."""
    calls = CALLS[kind](model, size)
    for call in calls.values():
        timed(call), timed(call)
    warm = {way: [] for way in WAYS}
    for _ in range(repeats):
        for way in WAYS:
            warm[way].append(timed(calls[way]))
    colds = {way: [first_call(way, model, size) for _ in range(COLD_STARTS)] for way in WAYS}
    return {way: {"warm": spread(warm[way]), "cold": spread(colds[way])} for way in WAYS}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def own_runs():
    """A folder for runs in place of the user's, in which this machine counts as measured: pages begin with that."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with mock.patch.dict(os.environ, GENCLASS_RUNS=folder):
            for asked in machine.unmeasured():
                known = {"precision": "float32", "seconds_per_step": 0.1}
                machine.remember(asked, machine.named_shape(asked.data), known)
            yield folder


@own_runs()
def seconds_to_page():
    """From starting ``python app.py`` to its first answer."""
    port, start = free_port(), time.perf_counter()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # it is ended in the middle of its start
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=ROOT, **silent)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
                return time.perf_counter() - start
            except urllib.error.URLError:
                time.sleep(0.02)
    finally:
        process.terminate()
        process.wait()


def seconds_to_import():
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch, gradio"], check=True)
    return time.perf_counter() - start


def starts():
    """``{"page", "imports"}`` in seconds; the first of each warms the disk's cache."""
    found = [(seconds_to_page(), seconds_to_import()) for _ in range(STARTS + 1)][1:]
    return dict(zip(("page", "imports"), map(spread, zip(*found))))


def in_words(figure, digits=1):
    return f"{figure['median']:.{digits}f} ± {figure['deviation']:.{digits}f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gan", default="cifar10-gan")
    parser.add_argument("--classifier", default="cifar10-airnet")
    parser.add_argument("--repeats", type=int, default=30)
    args = parser.parse_args()
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    print(f"{machine.processor()}, {torch.get_num_threads()} threads, torch {torch.__version__}, n = {args.repeats}\n")
    print("| milliseconds | ours, warm | plain, warm | ours, cold | plain, cold |\n|---|---|---|---|---|")
    found = {}
    for kind, model in (("gan", args.gan), ("classifier", args.classifier)):
        for size in SIZES:
            ways = found[f"{model} {size}"] = measure(kind, model, size, args.repeats)
            cells = [in_words(ways[way][state]) for state in ("warm", "cold") for way in WAYS]
            print(f"| `{model}`, {size} | " + " | ".join(cells) + " |", flush=True)
    found["start"] = starts()
    print(f"\nstart: {in_words(found['start']['page'], 2)} s to the page, "
          f"{in_words(found['start']['imports'], 2)} s for import torch, gradio")  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()
