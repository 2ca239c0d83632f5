"""GANs trained on few images of one's own, at 64×64, for some minutes of all cores:

    python -m benchmarks.own_gan [--minutes X] [--seeds N] [--sheets FOLDER]

On 50 and on 500 avatars of five styles that no shipped model has seen (this needs the extra ``avatars``), other ones
for each seed. Of 1,000 samples: the Fréchet distance to test images in the features of ``avatars-airnet``; which share
is nearest there to a test image of the style that was asked for; how much those of a style differ, as a fraction of how
much real ones do; and which share is nearer to a training image, by pixels, than all but 1 % of the test images are.
Beside them the training images themselves. ``--sheets`` keeps samples, a style a column. The last line is JSON.
"""

import argparse
import dataclasses
import itertools
import json
from pathlib import Path

import torch
from PIL import Image

from benchmarks.memorising import pixel_distances
from benchmarks.transfer import samples_of
from genclass.analysis.metrics import accuracy, frechet_distance
from genclass.data import avatars
from genclass.data.imageset import ImageSet
from genclass.models import store
from genclass.models.classifier import Classifier
from genclass.train import loop, machine
from genclass.train.settings import Request

STYLES = ("avataaars", "bottts", "lorelei", "miniavs", "notionists")
IMAGES = (50, 500)
TESTED = 200  # of each style
APART = 1000  # first images of two seeds are
PRESETS = ("quick", "transfer")


def unseen(images, seed):
    """An ImageSet of so many avatars of each style of ``STYLES``."""
    drawn = (avatars.draw(style, APART * seed, images + TESTED)[0] for style in STYLES)
    train, test = zip(*(torch.from_numpy(some).split([images, TESTED]) for some in drawn))
    labels = torch.arange(len(STYLES), dtype=torch.uint8)
    parts = [(torch.cat(some), labels.repeat_interleave(len(some[0]))) for some in (train, test)]
    return ImageSet("own", list(STYLES), *parts[0], *parts[1])


def trained(preset, imageset, seed, minutes):
    """A trainer after as many steps as take so many minutes here, as a run would take them."""
    request = Request("gan", "own", preset, {"image_size": 64}, seed=seed)
    found = machine.measure(request, imageset)
    steps = loop.steps_of(dataclasses.replace(request, minutes=minutes), 0, found["seconds_per_step"])
    trainer = loop.make_trainer(request, imageset, steps, found["precision"])
    for step in range(trainer.total):
        trainer.step(step)
    return trainer


def near_real(judge, images, labels, imageset):
    """How images [N, 3, S, S] of classes [N] lie among the test images of a set, as a judge sees them."""
    found, real = judge.features(images), judge.features(imageset.test_images)
    nearest = imageset.test_labels.long()[torch.cdist(found, real).argmin(1)]
    return {"agreement": accuracy(nearest, labels), "frechet": frechet_distance(found, real)}


def of_samples(judge, trainer, file):
    """The figures of a trained GAN, whose sheet is kept in ``file`` if there is one."""
    imageset, (drawn, labels) = trainer.imageset, samples_of(trainer)
    near, usual = (pixel_distances(some, imageset.train_images) for some in (drawn, imageset.test_images))
    told, sheet, _ = trainer.report()
    if file:
        Image.fromarray(sheet).save(file)
    copies = (near < usual.quantile(0.01)).float().mean().item()
    return told | {"copies": copies} | near_real(judge, drawn, labels, imageset)


def rows_of(imageset, judge, seed, minutes, sheets):
    """A row of the training images themselves, then one of each preset's samples."""
    real = near_real(judge, imageset.train_images, imageset.train_labels.long(), imageset)
    yield {"way": "themselves", "seen": 0, "spread": 1.0, "copies": 1.0} | real
    for preset in PRESETS:
        trainer = trained(preset, imageset, seed, minutes)
        file = sheets and sheets / f"{preset}-{len(imageset.train_images)}-{seed}.png"
        yield {"way": preset, "seen": trainer.total * trainer.order.batch} | of_samples(judge, trainer, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--sheets", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    torch.set_num_threads(machine.cores())
    judge, rows = Classifier.load(store.find_named("avatars-airnet")), []
    print("| images | | seen | style agreement | Fréchet distance | spread | copies |\n|---|---|---|---|---|---|---|")
    for images, seed in itertools.product(IMAGES, range(args.seeds)):
        for found in rows_of(unseen(images // len(STYLES), seed), judge, seed, args.minutes, args.sheets):
            rows.append({"images": images, "seed": seed} | found)
            figures = "{images} | {way} | {seen} | {agreement:.3f} | {frechet:.3g} | {spread:.2f} | {copies:.1%}"
            print(f"| {figures.format(**rows[-1])} |", flush=True)
    print(json.dumps({"minutes": args.minutes, "rows": rows}))


if __name__ == "__main__":
    main()
