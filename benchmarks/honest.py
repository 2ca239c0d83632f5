"""What classifiers say of photos that show none of their kinds:  python -m benchmarks.honest PHOTOS [--write]

PHOTOS is a folder of one photo of each class of ImageNet, in the order of the classes:

    git clone https://github.com/EliSchwartz/imagenet-sample-images

A classifier of few kinds should flag the others, not be sure of one of its own. Limits are chosen on every second
photo, those of kinds so that the shares told apart on both sides have the largest sum, and told of the rest. The large
classifier says "I am not sure" below a probability, chosen so that of what it does name 19 of 20 are right. With
--write the limits go into the config.json of the shipped checkpoints.
"""

import argparse
import json
from pathlib import Path

import torch

import genclass
from genclass import paths
from genclass.models import known_kinds, pictures, store

SMALL = ("cifar10-airnet", "cifar10-classic-cnn")
GREY = ("fashion-mnist-airnet", "mnist-airnet")  # they know nothing that is in the photos, or clothes alone
SURE = 0.8
RIGHT = 0.95  # of what the large one names


def photos(folder):
    """The photos in the order of the classes: their names begin with WordNet's numbers."""
    return map(pictures.read, sorted(folder.glob("*.JPEG")))


def said(folder, classifiers):
    """``{name: (probabilities, float32 [N, classes]; unlike its training images, bool [N])}`` of all photos."""
    found = {name: [] for name in classifiers}
    for photo in photos(folder):
        for name, classifier in classifiers.items():
            found[name].append(classifier.answer(classifier.see(photo)[0][None]))
    return {name: tuple(torch.cat(part) for part in zip(*answers)) for name, answers in found.items()}


def shares(flagged, sure, known):
    """Shares flagged of the known kinds and of others, and of others that are sure and not flagged."""
    return {
        "known flagged": flagged[known].float().mean().item(),
        "others flagged": flagged[~known].float().mean().item(),
        "others sure, unflagged": (sure & ~flagged)[~known].float().mean().item(),
    }


def kinds_limit(found, known):
    """The share of the known kinds in an answer that tells known from other photos best (Youden's index)."""
    told = [(found[known] >= limit).float().mean() + (found[~known] < limit).float().mean() for limit in found]
    return found[torch.stack(told).argmax()].item()


def unsure_limit(probabilities, labels):
    """The least probability above which ``RIGHT`` of the named classes are right."""
    best, chosen = probabilities.max(1)
    order = best.argsort(descending=True)
    right = (chosen == labels)[order].float().cumsum(0) / torch.arange(1, len(order) + 1)
    enough = (right >= RIGHT).nonzero()
    return best[order][enough[-1]].item()


def write(name, **limits):
    path = paths.SHIPPED / name / "config.json"
    config = json.loads(path.read_text()) | limits
    path.write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n")


def large_figures(probabilities, labels, chosen_by):
    """(limit, {share unsure, right among the named and among the unsure}), of the photos that it was not chosen by."""
    limit = unsure_limit(probabilities[chosen_by], labels[chosen_by])
    best, named = probabilities[~chosen_by].max(1)
    right, unsure = named == labels[~chosen_by], best < limit
    parts = {"unsure": unsure, "named are right": right[~unsure], "unsure are right": right[unsure]}
    return limit, {key: part.float().mean().item() for key, part in parts.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    classifiers = {name: genclass.load(name) for name in (store.KNOWS_MOST, *SMALL, *GREY)}
    answers, large = said(args.photos, classifiers), classifiers[store.KNOWS_MOST]
    labels = torch.arange(len(large.classes))
    chosen_by, known = labels % 2 == 0, torch.zeros(len(labels), dtype=torch.bool)
    known[known_kinds.indices(tuple(large.classes), "cifar10")] = True
    found = known_kinds.share(large, "cifar10", answers[store.KNOWS_MOST][0])
    limit = kinds_limit(found[chosen_by], known[chosen_by])
    figures = {}
    for name in SMALL:
        probabilities, unlike = answers[name]
        sure = probabilities.amax(1) > SURE
        for way, flagged in (("alone", unlike), ("the large one asked", found < limit)):
            told = figures[f"{name}, {way}"] = shares(flagged[~chosen_by], sure[~chosen_by], known[~chosen_by])
            print(f"{name:20} {way:20}" + "  ".join(f"{key} {share:.1%}" for key, share in told.items()))
    for name in GREY:
        probabilities, unlike = answers[name]
        sure = probabilities.amax(1) > SURE
        told = figures[name] = {"flagged": unlike.float().mean().item(),
                                "sure, unflagged": (sure & ~unlike).float().mean().item()}  # fmt: skip
        print(f"{name:20} " + "  ".join(f"{key} {share:.1%}" for key, share in told.items()))
    unsure, figures[store.KNOWS_MOST] = large_figures(answers[store.KNOWS_MOST][0], labels, chosen_by)
    print(
        f"{store.KNOWS_MOST}: below {unsure:.3f} "
        + "  ".join(f"{key} {share:.1%}" for key, share in figures[store.KNOWS_MOST].items())
    )
    if args.write:
        how = "of every second of the 1,000 photos of EliSchwartz/imagenet-sample-images"
        for name in SMALL:
            write(name, kinds={"share": limit, "measured": f"tells known kinds from others best, {how}"})
        write(
            store.KNOWS_MOST,
            unsure={"probability": unsure, "measured": f"above it {RIGHT:.0%} of what is named is right, {how}"},
        )
    print(json.dumps({"limit": limit, "unsure": unsure, "shares": figures}))


if __name__ == "__main__":
    main()
