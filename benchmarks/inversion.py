"""How nearly generated images are found again:  python -m benchmarks.inversion [--gan NAME] [--images N]

Each image of N seeds, classes in turn, is given to ``inversion.invert`` as pixels alone. The search begins from draws
of the first seeds: these images are of none of them. Printed for each: mean absolute error of its pixels, of 255, the
class that was found, seconds.
"""

import argparse
import json
import time

import numpy as np
import torch
from PIL import Image

import genclass
from genclass.analysis import inversion
from genclass.models.judge import judge_name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gan", default="fashion-mnist-gan")
    parser.add_argument("--seed", type=int, default=1_000_000)
    parser.add_argument("--images", type=int, default=20)
    args = parser.parse_args()
    torch.set_num_threads(1)
    sampler = genclass.load(args.gan)
    classifier = genclass.load(judge_name(sampler.config["dataset"]))
    recipe = {"model": sampler.name, "seed": args.seed, "count": args.images}
    errors, right = [], []
    for image, label in zip(sampler.sample(recipe), sampler.labels(recipe)):
        start = time.perf_counter()
        *_, last = inversion.invert(sampler, Image.fromarray(image.squeeze()), classifier)
        errors.append(float(np.abs(sampler.sample(last.recipe)[0].astype(int) - image).mean()))
        asked = sampler.classes[label] if label >= 0 else None
        right.append(last.recipe.class_name == asked)
        seconds = time.perf_counter() - start
        print(f"{asked}: {errors[-1]:.2f} of 255, found as {last.recipe.class_name}, {seconds:.1f} s", flush=True)
    found = {"mean_error": np.mean(errors), "deviation": np.std(errors, ddof=1), "largest": max(errors)}
    print(json.dumps({"gan": sampler.name, "n": len(errors), **found, "class_found": np.mean(right)}))


if __name__ == "__main__":
    main()
