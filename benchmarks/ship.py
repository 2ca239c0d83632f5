"""Ship a run's newest model:  python -m benchmarks.ship RUN_DIR NAME

Copies it to checkpoints/NAME, measures it there on the full data set, writes the figures into its config.json and its
card, and draws its preview: of a GAN ten rows of ten, a column for each class. A discriminator is left out where it
does not fit.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np

from genclass import paths
from genclass.analysis.evaluate import evaluate
from genclass.files.images import png_bytes, sheet
from genclass.models import card, checkpoint, directions, store
from genclass.models.sampler import Sampler
from genclass.train.gan_report import fixed_samples

MOST_BYTES = {"classic-gan": 29_000_000}  # its dense layer alone has 26 MB
USUAL_BYTES = 14_000_000


def measured(figures):
    """A checkpoint's ``metrics`` from what ``evaluate`` found: each figure with how it was measured."""
    if "accuracy" in figures:
        how = f"share of the {figures['samples']} test images of {figures['data']}"
        return {"accuracy": {"value": figures["accuracy"], "measured": how}}
    judge, found = figures["judge"], {}
    if figures["class_agreement"] is not None:
        how = f"share of 1000 samples, classes in turn, that {judge} sees as the asked class"
        found["class_agreement"] = {"value": figures["class_agreement"], "judge": judge, "measured": how}
    distance = figures[f"frechet_{judge}"]
    how = f"Fréchet distance of {judge}'s features, {distance['samples']} samples to as many training images"
    return found | {f"frechet_{judge}": {**distance, "measured": how}}


def too_large(folder, config):
    size = sum(path.stat().st_size for path in folder.iterdir())
    return size > MOST_BYTES.get(config["architecture"]["name"], USUAL_BYTES)


def coarse(pixels):
    """uint8 in steps of 4, which no eye tells apart and PNG packs a quarter smaller."""
    return np.minimum((pixels.astype(np.uint16) + 2) // 4 * 4, 252).astype(np.uint8)


def fit(folder, config):
    """Leave the discriminator out of a folder that is too large with it."""
    if too_large(folder, config):
        (folder / "discriminator.safetensors").unlink()
        del config["sha256"]["discriminator.safetensors"]
        (folder / "config.json").write_text(json.dumps(config))


def ship(run, name):
    """Copy, measure, draw; returns the new folder."""
    source = store.find(run)
    config = checkpoint.read_config(source)
    config["name"] = name
    target = paths.SHIPPED / name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    fit(target, config)
    config["metrics"] = measured(evaluate(target))
    if config["kind"] == "classifier" and config["test_time_flip"]:
        config["metrics"]["accuracy"]["measured"] += ", test-time flip"
    (target / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n")
    if config["kind"] == "gan":
        sampler = Sampler.load(target)
        preview = sheet(*fixed_samples(sampler, rows=10))
        (target / "preview.png").write_bytes(png_bytes(preview))
        directions.of(sampler.network, sampler.config, target)  # found now, they are shipped with it
        if too_large(target, config):
            (target / "preview.png").write_bytes(png_bytes(coarse(preview)))
    card.write(target)
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    args = parser.parse_args()
    target = ship(args.run, args.name)
    size = sum(path.stat().st_size for path in target.iterdir())
    metrics = checkpoint.read_config(target)["metrics"]
    print(f"{target.name}: {size / 1e6:.1f} MB, {metrics}")
    print(json.dumps({"name": target.name, "bytes": size, "metrics": metrics}))


if __name__ == "__main__":
    main()
