"""Seconds to each accuracy on CIFAR-10:  python -m benchmarks.classifier_race [--epochs N] [--contestants NAME ...]

In one run on one machine, one after another: the article's CNN in Keras (tensorflow-cpu in an environment of its own,
made for this and removed), the same network here (``classic-cnn``), and the presets. Seconds are those of the training
steps alone: imports, loading and the accuracy on the full test set, measured along the way, are left out for all alike.
"""

import argparse
import functools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from genclass.analysis.metrics import accuracy, predictions
from genclass.data import sources
from genclass.data.imageset import PARTS
from genclass.train.machine import processor
from genclass.train.precision import choose_precision
from genclass.train.settings import Request
from genclass.train.trainer import make_trainer

TARGETS = (0.60, 0.65, 0.70, 0.73, 0.80, 0.85, 0.90, 0.94)
PRESETS = ("classic-cnn", "sprint", "minute", "ninety", "record")
KERAS = "tensorflow-cpu==2.21.0"
MEASUREMENTS = 30


def race_keras(imageset, epochs):
    """[(seconds, accuracy)] of the article's CNN in Keras."""
    with tempfile.TemporaryDirectory() as folder:
        python, sheet = Path(folder) / "env/bin/python", Path(folder) / "data.npz"
        subprocess.run([sys.executable, "-m", "venv", python.parent.parent], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", KERAS], check=True)
        parts = {name: getattr(imageset, name).numpy() for name in PARTS}
        np.savez(sheet, **{k: v.transpose(0, 2, 3, 1) if v.ndim == 4 else v for k, v in parts.items()})
        command = [python, Path(__file__).with_name("keras_cnn.py"), sheet, str(round(epochs or 10))]
        lines = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()
    return [(line["seconds"], line["accuracy"]) for line in map(json.loads, lines)]


def race_preset(imageset, preset, epochs):
    """[(seconds, accuracy)] of one of our presets."""
    request = Request("classifier", "cifar10", preset, {} if epochs is None else {"epochs": epochs})
    precision = choose_precision(make_trainer(request, imageset, total=1))
    steps = len(imageset.train_images) // request.settings().batch
    total = round(request.settings().epochs * steps)
    trainer = make_trainer(request, imageset, total, precision)
    seconds, found, every = 0.0, [], max(1, total // MEASUREMENTS)
    for step in range(total):
        start = time.perf_counter()
        trainer.step(step)
        seconds += time.perf_counter() - start
        trainer.done = step + 1
        if trainer.done % every == 0 or trainer.done == total:
            start = time.perf_counter()
            network = trainer.recalibrated()
            settling = time.perf_counter() - start  # of whoever stops here
            chosen = predictions(functools.partial(trainer.predict, network=network), imageset.test_images)
            found.append((seconds + settling, accuracy(chosen, imageset.test_labels.long())))
    return found


def first_at(found, target):
    """Seconds to the first measurement of at least ``target``, or None."""
    return next((seconds for seconds, value in found if value >= target), None)


def row(name, found):
    cells = [first_at(found, target) for target in TARGETS]
    told = " | ".join("" if cell is None else f"{cell:.1f}" for cell in cells)
    best = max(value for _, value in found)
    print(f"| {name} | {told} | {best:.2%} | {found[-1][0]:.0f} |", flush=True)
    return {"seconds_to": dict(zip(map(str, TARGETS), cells)), "best": best, "seconds": found[-1][0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=float, help="of every contestant, to try it quickly (default: each its own)")
    parser.add_argument("--contestants", nargs="+", default=["keras", *PRESETS], choices=["keras", *PRESETS])
    args = parser.parse_args()
    imageset = sources.load("cifar10")
    print(f"{processor()}, {torch.get_num_threads()} threads, torch {torch.__version__}, {KERAS}\n")
    print("| | " + " | ".join(f"{target:.0%}" for target in TARGETS) + " | best | seconds in all |")
    print("|---" * (len(TARGETS) + 3) + "|")
    results = {}
    for name in args.contestants:
        found = race_keras(imageset, args.epochs) if name == "keras" else race_preset(imageset, name, args.epochs)
        results[name] = row(name, found)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
