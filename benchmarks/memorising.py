"""Does a GAN repeat its training images?  python -m benchmarks.memorising MODEL [--samples N]

The distance from each sample to the nearest training image (its mirror images included), beside the same for test
images, which can't have been memorised. Distances are root mean squares over pixels from 0 to 255, and Euclidean in the
features of the classifier of the same data set. Samples that lie much nearer than test images do would be copies.
"""

import argparse
import json

import torch

from genclass.data import sources
from genclass.models import store
from genclass.models.classifier import Classifier
from genclass.models.judge import judge_name
from genclass.models.sampler import Sampler

CHUNK = 250
QUANTILES = (0.01, 0.1, 0.5, 0.9)


def nearest(points, others):
    """Euclidean distance from each of ``points`` [N, D] to the nearest of ``others`` [M, D]: float32 [N]."""
    return torch.cat([torch.cdist(chunk, others).amin(1) for chunk in points.split(CHUNK)])


def with_mirrors(images):
    return torch.cat([images, images.flip(3)])


def pixel_distances(images, training):
    flat = [part.flatten(1).float() for part in (images, with_mirrors(training))]
    return nearest(*flat) / flat[0].shape[1] ** 0.5


def feature_distances(judge, images, training):
    return nearest(judge.features(images), judge.features(with_mirrors(training)))


def measure(name, samples):
    """``{space: {"samples" or "test": {quantile: distance}}}``, and prints a table of it."""
    sampler = Sampler.load(store.find(name))
    imageset = sources.load(sampler.config["dataset"])
    judge = Classifier.load(store.find_named(judge_name(imageset.name)))
    drawn = torch.from_numpy(sampler.sample({"model": sampler.name, "count": samples})).permute(0, 3, 1, 2)
    compared = {"samples": drawn, "test images": imageset.test_images[:samples]}
    print(f"{sampler.name}: {samples} each, nearest of {len(imageset.train_images)} training images and mirrors\n")
    print("| space | of | " + " | ".join(f"{share:.0%} are nearer than" for share in QUANTILES) + " |")
    print("|---" * (len(QUANTILES) + 2) + "|")
    found = {}
    for space, distance in (("pixels", pixel_distances), (judge.name, lambda *sets: feature_distances(judge, *sets))):
        for label, images in compared.items():
            values = distance(images, imageset.train_images).quantile(torch.tensor(QUANTILES)).tolist()
            print(f"| {space} | {label} | " + " | ".join(f"{value:.2f}" for value in values) + " |", flush=True)
            found.setdefault(space, {})[label] = dict(zip(map(str, QUANTILES), values))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--samples", type=int, default=1000)
    args = parser.parse_args()
    print(json.dumps({"model": args.model, "samples": args.samples, **measure(args.model, args.samples)}))


if __name__ == "__main__":
    main()
