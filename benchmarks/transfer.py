"""Few images of one's own: a shipped model gone on with, beside training anew.

    python -m benchmarks.transfer classifier|gan [--seeds N]
    python -m benchmarks.transfer photos --sets FOLDER... [--seeds N]

Classes of Fashion-MNIST and MNIST, which the shipped models of CIFAR-10 (classifier) and of Fashion-MNIST (GAN, digits
only) have never seen; which classes and which images is drawn anew for each seed. Accuracy is that on up to 300 test
images of each class, none of which is trained on or chosen by. Seconds are those of one thread's processor time.

For ``photos`` each FOLDER has a folder for each of five classes or more, with 50 photos at least; five classes, 10
photos of each to learn from and 40 to be tested on are drawn anew for each seed. Beside the preset stand what it may
begin with, each without a choice; and on the frozen features of the ImageNet network a plain linear head, and the
preset's own, which learns from changed views.
"""

import argparse
import json
import time
from pathlib import Path
from unittest import mock

import torch

from genclass.analysis.linear_probe import linear_accuracy
from genclass.analysis.metrics import accuracy, frechet_distance, predictions
from genclass.data import folders, imageset, sources
from genclass.models import store
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler
from genclass.train import finetune, loop, photos
from genclass.train.settings import Request
from genclass.train.trainer import beginning_of, make_trainer

TASKS = [
    (name, classes, count) for name in ("fashion-mnist", "mnist") for classes, count in ((2, 10), (5, 10), (5, 50))
]
TEST = 300
BATCH = 32
STEPS_ANEW = 100
PHOTOS, PHOTOS_TESTED = 10, 40  # of each class
BEGINNINGS = {
    "airnet": {"model": finetune.CLASSIFIER},
    "imagenet": {"model": store.KNOWS_MOST},
}
WAYS = ("plain head", "head on views", *BEGINNINGS, "transfer")
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


def photo_task(folder, seed, side=224, classes=5, tested=PHOTOS_TESTED):
    """An ImageSet of some photos of some classes of a folder."""
    draw = torch.Generator().manual_seed(1000 + seed)
    labels = labels_of(folder)
    chosen = [labels[index] for index in torch.randperm(len(labels), generator=draw)[:classes]]
    parts = [[], []]
    for label in chosen:
        sources = folders.found(Path(folder) / label).sources
        order = torch.randperm(len(sources), generator=draw)[: PHOTOS + tested].tolist()
        for part, some in zip(parts, (order[:PHOTOS], order[PHOTOS:])):
            part += [(label, sources[index]) for index in some]
    return imageset.ImageSet("own", chosen, *(tensor for part in parts for tensor in _decoded(part, chosen, side)))


def labels_of(folder):
    """Names of the classes of a folder."""
    return sorted(path.name for path in Path(folder).iterdir() if path.is_dir())


def _decoded(files, classes, side):
    """(uint8 [N, 3, side, side], uint8 [N]) of pairs of a class and what gives its file."""
    labels, sources = zip(*files)
    pictures = folders.decoded(folders.Found(list(labels), sources, [folders.by_hand(labels)]), side)
    indices = torch.tensor([classes.index(label) for label in pictures.labels], dtype=torch.uint8)
    return torch.from_numpy(pictures.images), indices


def plain_head(imageset):
    """Test accuracy of a linear head on what the ImageNet network makes of the photos as they are."""
    network = Classifier.load(store.find_named(store.KNOWS_MOST))
    train, test = (network.features(images) for images in (imageset.train_images, imageset.test_images))
    labels = imageset.train_labels.long(), imageset.test_labels.long()
    return linear_accuracy(train.clone(), labels[0], test.clone(), labels[1], len(imageset.classes))


def photo_sets(seeds, sets):
    """Rows of accuracies, by seed, of each way on each set of photos."""
    rows = []
    print("| photos | " + " | ".join(WAYS) + " | as chosen | seconds |\n|---|" + "---|" * (len(WAYS) + 2))
    for folder in sets:
        found, chosen, seconds = {way: [] for way in WAYS}, [], []
        for seed in range(seeds):
            imageset = photo_task(folder, seed)
            start = time.process_time()
            beginning = beginning_of(Request("classifier", "own", "transfer", seed=seed), imageset)
            ways = {name: begun_with(way, imageset, seed) for name, way in BEGINNINGS.items()}
            chosen.append(next(name for name, way in BEGINNINGS.items() if way["model"] == beginning["model"]))
            seconds.append(time.process_time() - start)
            heads = {"plain head": plain_head(imageset), "head on views": head_on_views(imageset, seed)}
            for name, figure in {**heads, **ways, "transfer": ways[chosen[-1]]}.items():
                found[name].append(figure)
        told = " | ".join(f"{torch.tensor(x).mean():.3f} ± {torch.tensor(x).std():.3f}" for x in found.values())
        print(f"| {Path(folder).name} | {told} | {', '.join(chosen)} | {sum(seconds) / seeds:.0f} |", flush=True)
        rows.append({"photos": Path(folder).name, "chosen": chosen, **found})
    return rows


def begun_with(beginning, imageset, seed):
    """Test accuracy of the preset ``transfer``, begun in a way that is not chosen by it."""
    trainer = begun(beginning, imageset, seed)
    return accuracy(predictions(trainer.predict, trainer.imageset.test_images), imageset.test_labels.long())


def begun(beginning, imageset, seed):
    """The trainer of it, after all its steps."""
    request = Request("classifier", "own", "transfer", seed=seed)
    steps = round(request.settings().epochs * (len(imageset.train_images) // BATCH or 1))
    trainer = make_trainer(request, imageset, steps, beginning=beginning)
    for step in range(steps):
        trainer.step(step)
    return trainer


def head_on_views(imageset, seed):
    """The same, begun with the ImageNet network, where its last stages never learn."""
    with mock.patch.object(photos, "HEAD_SHARE", 1):
        return begun_with(BEGINNINGS["imagenet"], imageset, seed)


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


def samples_of(trainer):
    """(uint8 [N, C, S, S], int64 [N]): samples and their classes."""
    sampler = Sampler(trainer.average.cpu(), trainer.config | {"sha256": {"model.safetensors": ""}})
    recipe = {"model": sampler.name, "count": GAN_SAMPLES}
    drawn = torch.from_numpy(sampler.sample(recipe)).permute(0, 3, 1, 2).contiguous()
    return drawn, torch.from_numpy(sampler.labels(recipe))


def _judged(judge, trainer, imageset):
    """(share of samples seen as the asked class, Fréchet distance to the test images)."""
    drawn, labels = samples_of(trainer)
    known = torch.tensor([judge.classes.index(name) for name in imageset.classes])
    agreement = accuracy(predictions(judge.predict_prepared, drawn), known[labels])
    return agreement, frechet_distance(judge.features(drawn), judge.features(imageset.test_images))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["classifier", "gan", "photos"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", nargs="+", default=[], metavar="FOLDER")
    args = parser.parse_args()
    torch.set_num_threads(1)
    given = [args.sets] if args.kind == "photos" else []
    measured = {"classifier": classifiers, "gan": gans, "photos": photo_sets}[args.kind]
    rows = measured(args.seeds, *given)
    print(json.dumps({"kind": args.kind, "seeds": args.seeds, "rows": rows}))


if __name__ == "__main__":
    main()
