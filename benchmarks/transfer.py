"""Few images of one's own: a shipped model gone on with, beside training anew.

    python -m benchmarks.transfer classifier|gan [--seeds N]

Classes of Fashion-MNIST and MNIST, which the shipped models of CIFAR-10 (classifier) and of Fashion-MNIST (GAN, digits
only) have never seen; which classes and which images is drawn anew for each seed. Accuracy is that on up to 300 test
images of each class, none of which is trained on or chosen by. Seconds are those of one thread's processor time.
"""

import argparse
import json
import time

import torch

from genclass.analysis.metrics import accuracy, frechet_distance, predictions
from genclass.data import imageset, sources
from genclass.models import store
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler
from genclass.train import loop
from genclass.train.settings import Request

TASKS = [
    (name, classes, count) for name in ("fashion-mnist", "mnist") for classes, count in ((2, 10), (5, 10), (5, 50))
]
TEST = 300
BATCH = 32
STEPS_ANEW = 100
GAN_STEPS = 100
GAN_SAMPLES = 1000


def task(name, classes, images, seed):
    """An ImageSet of some classes of a full set, with few training images."""
    draw = torch.Generator().manual_seed(1000 + seed)
    full = sources.load(name)
    chosen = torch.randperm(len(full.classes), generator=draw)[:classes].tolist()
    train = torch.cat([_some(full.train_labels, label, images, draw) for label in chosen])
    test = torch.cat([_some(full.test_labels, label, TEST, draw) for label in chosen])
    old = torch.tensor(chosen)
    relabelled = [(labels.long()[:, None] == old).long().argmax(1).to(torch.uint8)
                  for labels in (full.train_labels[train], full.test_labels[test])]  # fmt: skip
    names = [full.classes[label] for label in chosen]
    return imageset.ImageSet(
        "own", names, full.train_images[train], relabelled[0], full.test_images[test], relabelled[1]
    )


def _some(labels, label, count, draw):
    found = (labels == label).nonzero()[:, 0]
    return found[torch.randperm(len(found), generator=draw)[:count]]


def trained(kind, preset, overrides, imageset, seed, steps=None):
    """(trainer, seconds of processor time) after so many steps; None: the preset's epochs."""
    start = time.process_time()
    request = Request(kind, "own", preset, overrides, seed=seed)
    steps = steps or round(request.settings().epochs * (len(imageset.train_images) // BATCH or 1))
    trainer = loop.make_trainer(request, imageset, steps)
    for step in range(steps):
        trainer.step(step)
    return trainer, time.process_time() - start


def classifiers(seeds):
    """Rows of accuracies and seconds."""
    rows = []
    print("| data | classes | images of each | transfer | seconds | anew | seconds |\n|---|---|---|---|---|---|---|")
    for name, classes, images in TASKS:
        found = {"transfer": [], "anew": []}
        for seed in range(seeds):
            imageset = task(name, classes, images, seed)
            flip = name != "mnist"
            settings = {"transfer": ("transfer", {"flip": flip}, None),
                        "anew": ("airnet", {"flip": flip, "batch": BATCH}, STEPS_ANEW)}  # fmt: skip
            for way, (preset, overrides, steps) in settings.items():
                trainer, seconds = trained("classifier", preset, overrides, imageset, seed, steps)
                chosen = predictions(
                    trainer.predict, imageset.test_images.expand(-1, trainer.config["channels"], -1, -1)
                )
                found[way].append((accuracy(chosen, imageset.test_labels.long()), seconds))
        cells = {way: _mean(values) for way, values in found.items()}
        words = " | ".join(f"{mean:.3f} ± {spread:.3f} | {seconds:.1f}" for mean, spread, seconds in cells.values())
        print(f"| {name} | {classes} | {images} | {words} |", flush=True)
        rows.append({"data": name, "classes": classes, "images": images, **cells})
    return rows


def _mean(values):
    figures, seconds = torch.tensor(values, dtype=torch.double).T
    return figures.mean().item(), figures.std().item(), seconds.mean().item()


def gans(seeds, images=50, classes=5):
    """Rows of class agreement and Fréchet distance, as ``mnist-airnet`` sees them."""
    judge = Classifier.load(store.find_named("mnist-airnet"))
    ways = {
        "transfer": ("transfer", {"flip": False}),
        "anew, augmented": ("gan", {"flip": False, "augment": True, "ema_images": 2000}),
    }
    rows = []
    print("| way | class agreement | Fréchet distance | seconds |\n|---|---|---|---|")
    for way, (preset, overrides) in ways.items():
        figures = []
        for seed in range(seeds):
            imageset = task("mnist", classes, images, seed)
            trainer, seconds = trained("gan", preset, overrides, imageset, seed, GAN_STEPS)
            figures.append((*_judged(judge, trainer, imageset), seconds))
        agreement, distance, seconds = torch.tensor(figures, dtype=torch.double).T
        means = " | ".join(f"{values.mean():.3g} ± {values.std():.2g}" for values in (agreement, distance))
        print(f"| {way} | {means} | {seconds.mean():.0f} |", flush=True)
        rows.append({"way": way, "figures": figures})
    return rows


def _judged(judge, trainer, imageset):
    """(share of samples seen as the asked class, Fréchet distance to the test images)."""
    sampler = Sampler(trainer.average.cpu(), trainer.config | {"sha256": {"model.safetensors": ""}})
    recipe = {"model": sampler.name, "count": GAN_SAMPLES}
    drawn = torch.from_numpy(sampler.sample(recipe)).permute(0, 3, 1, 2).contiguous()
    digits = torch.tensor([judge.classes.index(name) for name in imageset.classes])
    agreement = accuracy(predictions(judge.predict_prepared, drawn), digits[torch.from_numpy(sampler.labels(recipe))])
    return agreement, frechet_distance(judge.features(drawn), judge.features(imageset.test_images))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["classifier", "gan"])
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = {"classifier": classifiers, "gan": gans}[args.kind](args.seeds)
    print(json.dumps({"kind": args.kind, "seeds": args.seeds, "rows": rows}))


if __name__ == "__main__":
    main()
