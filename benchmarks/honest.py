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

ASKED = ("cifar10-airnet", "cifar10-classic-cnn")
# The large one knows nothing of these, or not as their pictures show it: enlarged, nine of ten Fashion-MNIST images are
# no clothes to it.
ALONE = ("fashion-mnist-airnet", "fashion-mnist-classic-cnn", "mnist-airnet", "avatars-airnet")
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


def asked_figures(answer, found, known, chosen_by):
    """(limit, {way: shares}), of the photos that the limit was not chosen by; ``found`` of the large one."""
    limit, (probabilities, unlike) = kinds_limit(found[chosen_by], known[chosen_by]), answer
    sure, none = probabilities.amax(1) > SURE, found < limit
    ways = {"alone": unlike, "the large one asked": none}
    return limit, {
        way: shares(flagged[~chosen_by], sure[~chosen_by], known[~chosen_by]) for way, flagged in ways.items()
    }


def alone_figures(answer):
    probabilities, unlike = answer
    sure = probabilities.amax(1) > SURE
    return {"flagged": unlike.float().mean().item(), "sure, unflagged": (sure & ~unlike).float().mean().item()}


def show(name, told):
    print(f"{name:46}" + "  ".join(f"{key} {share:.1%}" for key, share in told.items()), flush=True)


def asked(classifiers, answers, chosen_by):
    """``{name: (limit, {way: shares})}`` of those beside which the large one is asked."""
    large, result = classifiers[store.KNOWS_MOST], {}
    for name in ASKED:
        dataset, known = classifiers[name].config["dataset"], torch.zeros(len(large.classes), dtype=torch.bool)
        known[known_kinds.indices(tuple(large.classes), dataset)] = True
        found = known_kinds.share(large, dataset, answers[store.KNOWS_MOST][0])
        result[name] = asked_figures(answers[name], found, known, chosen_by)
        for way, told in result[name][1].items():
            show(f"{name}, {way}", told)
    return result


def write_all(limits, unsure, figures, photos):
    how = "of every second of the 1,000 photos of EliSchwartz/imagenet-sample-images"
    for name, (limit, ways) in limits.items():
        told = ways["the large one asked"]
        found = {
            "photos": photos,
            "known_flagged": told["known flagged"],
            "others_sure": told["others sure, unflagged"],
        }
        write(name, kinds={"share": limit, "measured": f"tells known kinds from others best, {how}", "found": found})
    measured = f"above it {RIGHT:.0%} of what is named is right, {how}"
    found = {"photos": photos, "unsure": figures["unsure"], "named_right": figures["named are right"],
             "unsure_right": figures["unsure are right"]}  # fmt: skip
    write(store.KNOWS_MOST, unsure={"probability": unsure, "measured": measured, "found": found})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    classifiers = {name: genclass.load(name) for name in (store.KNOWS_MOST, *ASKED, *ALONE)}
    answers = said(args.photos, classifiers)
    labels = torch.arange(len(classifiers[store.KNOWS_MOST].classes))
    chosen_by = labels % 2 == 0
    limits = asked(classifiers, answers, chosen_by)
    alone = {name: alone_figures(answers[name]) for name in ALONE}
    unsure, large = large_figures(answers[store.KNOWS_MOST][0], labels, chosen_by)
    for name, told in (alone | {f"{store.KNOWS_MOST}, below {unsure:.3f}": large}).items():
        show(name, told)
    if args.write:
        write_all(limits, unsure, large, int((~chosen_by).sum()))
    print(json.dumps({"kinds": limits, "alone": alone, "unsure": unsure, store.KNOWS_MOST: large}))


if __name__ == "__main__":
    main()
