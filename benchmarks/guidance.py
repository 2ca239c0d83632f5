"""Guidance of a generator without classes:  python -m benchmarks.guidance [--gan NAME] [--climbed NAME] [--images N]

For each class the images of N seeds climb; printed is the mean probability of the class, before and after, for the
classifier that was climbed and for one of another architecture that was not.
"""

import argparse
import json
import time

import numpy as np
import torch

import genclass
from genclass.analysis import guidance
from genclass.models import store


def measure(sampler, judges, name, images):
    """[before, after] of each judge, float [judges, 2, images], of a climb towards one class."""
    recipe = guidance.start_of(sampler, name, {"model": sampler.name, "seed": 1000, "count": images})
    *_, last = guidance.climb(sampler, judges[0], name, recipe)
    index = judges[0].classes.index(name)
    return np.array(
        [[judge.predict(sampler.sample(one))[:, index] for one in (recipe, last.recipe)] for judge in judges]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gan", default="fashion-mnist-classic-gan")
    parser.add_argument("--climbed", default="fashion-mnist-airnet")
    parser.add_argument("--images", type=int, default=16)
    args = parser.parse_args()
    torch.set_num_threads(1)
    sampler, climbed = genclass.load(args.gan), genclass.load(args.climbed)
    judges, found = [climbed], []
    judges.append(genclass.load(guidance.other_judge(climbed.config, climbed.classes[0], store.named_folders())))
    print(f"{'class':14} " + "  ".join(f"{judge.name + ' before':>32} {'after':>6}" for judge in judges))
    for name in climbed.classes:
        start = time.perf_counter()
        found.append(measure(sampler, judges, name, args.images))
        means = "  ".join(f"{before:32.3f} {after:6.3f}" for before, after in found[-1].mean(2))
        print(f"{name:14} {means}   {time.perf_counter() - start:.0f} s", flush=True)
    every = np.stack(found).mean(3).astype(float)  # [classes, judges, before and after]
    figures = {judge.name: {"before": every[:, index, 0].mean(), "after": every[:, index, 1].mean(),
                            "after_deviation": every[:, index, 1].std(ddof=1)}
               for index, judge in enumerate(judges)}  # fmt: skip
    print(json.dumps({"gan": sampler.name, "classes": len(found), "images": args.images, **figures}))


if __name__ == "__main__":
    main()
