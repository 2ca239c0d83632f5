"""Distance against minutes of training on CIFAR-10:  python -m benchmarks.generator_race [--minutes M ...]

In one run on one machine, one after another: our presets ``quick`` and ``gan`` and a plain DCGAN of the usual tutorial
layout. At each of the given minutes of training alone, 10,000 samples are compared with 10,000 training images by the
Fréchet distance of a classifier's features (not cifar10-airnet's, which the discriminator of ``gan`` has seen); with
--fid those of the last minute also by a command of your own that prints "FID <value>" for a file of samples:

    --fid "python fid.py {samples} --ref cifar10"
"""

import argparse
import copy
import functools
import json
import re
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks.dcgan import DCGAN
from genclass.analysis.metrics import frechet_distance
from genclass.data import sources
from genclass.models import store
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler
from genclass.train.machine import processor
from genclass.train.precision import choose_precision
from genclass.train.settings import Request
from genclass.train.trainer import make_trainer

JUDGE = "cifar10-classic-cnn"


class Preset:
    """One of our presets with the interface of ``DCGAN``."""

    def __init__(self, imageset, name):
        request = Request("gan", "cifar10", name)
        precision = choose_precision(make_trainer(request, imageset, total=1))
        self.trainer, self.steps = make_trainer(request, imageset, 1, precision), 0

    @property
    def seen(self):
        return self.steps * self.trainer.order.batch

    def step(self):
        self.trainer.step(self.steps)
        self.steps += 1

    def sample(self, count):
        config = self.trainer.config | {"sha256": {"model.safetensors": ""}}
        return Sampler(copy.deepcopy(self.trainer.average), config).sample({"model": config["name"], "count": count})


CONTESTANTS = {
    "quick": functools.partial(Preset, name="quick"),
    "gan": functools.partial(Preset, name="gan"),
    "dcgan": DCGAN,
}


def fid(command, samples):
    """What a command prints as FID for uint8 [N, H, W, C]."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples.npz"
        np.savez(path, images=samples, labels=np.full(len(samples), -1))
        told = subprocess.run(command.format(samples=path), shell=True, check=True, text=True, stdout=subprocess.PIPE)
    return float(re.search(r"FID[^\d]*([\d.]+)", told.stdout)[1])


def race(contestant, minutes, measure):
    """Train until each of ``minutes`` and measure there, clock stopped; yields (minutes, images seen, figures).

    Args:
        measure: figures of a contestant, told as well whether it has come to its end.
    """
    seconds = 0.0
    for goal in sorted(minutes):
        while seconds < 60 * goal:
            start = time.perf_counter()
            contestant.step()
            seconds += time.perf_counter() - start
        yield goal, contestant.seen, measure(contestant, goal == max(minutes))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[2, 5, 10, 20])
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--contestants", nargs="+", default=list(CONTESTANTS), choices=list(CONTESTANTS))
    parser.add_argument("--fid", metavar="COMMAND")
    args = parser.parse_args()
    imageset = sources.load("cifar10")
    judge = Classifier.load(store.find_named(JUDGE))
    real = judge.features(imageset.train_images[: args.samples])

    def measure(contestant, last):
        drawn = contestant.sample(args.samples)
        features = judge.features(torch.from_numpy(drawn).permute(0, 3, 1, 2))
        figures = {f"frechet_{JUDGE}": frechet_distance(features, real)}
        return figures | ({"fid_inception": fid(args.fid, drawn)} if args.fid and last else {})

    print(f"{processor()}, {torch.get_num_threads()} threads, torch {torch.__version__}, {args.samples} samples\n")
    print("| contestant | minutes | images seen | distances |\n|---|---|---|---|")
    results = []
    for name in args.contestants:
        for minutes, seen, figures in race(CONTESTANTS[name](imageset), args.minutes, measure):
            told = ", ".join(f"{key} {value:.1f}" for key, value in figures.items())
            print(f"| {name} | {minutes:g} | {seen:,} | {told} |", flush=True)
            results.append({"contestant": name, "minutes": minutes, "images": seen, **figures})
    print(json.dumps(results))


if __name__ == "__main__":
    main()
