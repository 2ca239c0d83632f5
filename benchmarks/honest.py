"""What classifiers say of photos that show none of their kinds:

    python -m benchmarks.honest PHOTOS [--write]
    python -m benchmarks.honest PHOTOS --own FOLDER... [--seeds N]

PHOTOS is a folder of one photo of each class of ImageNet, in the order of the classes:

    git clone https://github.com/EliSchwartz/imagenet-sample-images

A classifier of few kinds should flag the others, not be sure of one of its own. Limits are chosen on every second
photo, those of kinds so that the shares told apart on both sides have the largest sum, and told of the rest. The large
classifier says "I am not sure" below a probability, chosen so that of what it does name 19 of 20 are right. With
--write the limits go into the config.json of the shipped checkpoints, and what the large classifier makes of every
second photo beside it, from which classifiers of one's own kinds learn their limit.

With --own, such classifiers: each FOLDER has a folder for each class; of 2, 5 and 10 classes with 10 photos each, drawn
anew for each seed, the preset ``transfer`` learns from the ImageNet network. Known are 10 photos of each class that
were not learnt from; others are photos of PHOTOS that no limit was chosen by, and of the other FOLDERs.
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

import genclass
from benchmarks import transfer
from genclass import paths
from genclass.analysis import own_kinds
from genclass.files.images import fit
from genclass.models import known_kinds, pictures, store
from genclass.models.answerer import Answerer, Seen

ASKED = ("cifar10-airnet", "cifar10-classic-cnn")
# The large one knows nothing of these, or not as their pictures show it: enlarged, nine of ten Fashion-MNIST images are
# no clothes to it.
ALONE = ("fashion-mnist-airnet", "fashion-mnist-classic-cnn", "mnist-airnet", "avatars-airnet")
SURE = 0.8
RIGHT = 0.95  # of what the large one names
CLASSES, TESTED = (2, 5, 10), 10  # of models of one's own; photos of each class
STRANGERS = 100  # of PHOTOS, and as many of the other folders


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
        config, known = classifiers[name].config, torch.zeros(len(large.classes), dtype=torch.bool)
        known[known_kinds.indices(tuple(large.classes), config["dataset"])] = True
        found = known_kinds.share(large, config, answers[store.KNOWS_MOST][0])
        result[name] = asked_figures(answers[name], found, known, chosen_by)
        for way, told in result[name][1].items():
            show(f"{name}, {way}", told)
    return result


def as_kept(folder, count):
    """So many photos of a folder and its folders, evenly through them, as a visitor's own are kept."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))[1::2]
    some = files[:: max(1, len(files) // count)][:count]  # every second, from the second on: the others chose limits
    return torch.stack([torch.from_numpy(np.array(fit(pictures.read(file), 224, 3))) for file in some])


def told_of(classifier, large, photos):
    """(sure, flagged), bool [N] each, of uint8 [N, 3, 224, 224]."""
    answers = list(Answerer(classifier, large).answers([Seen(photo, large=photo) for photo in photos]))
    sure = torch.tensor([answer.probabilities.max().item() > SURE for answer in answers])
    return sure, torch.tensor([answer.doubt is not None for answer in answers])


def of_own(folder, classes, seed, large, strangers):
    """Figures of one model of one's own: ``strangers`` are photos by their name."""
    imageset = transfer.photo_task(folder, seed, classes=classes, tested=TESTED)
    trainer = transfer.begun(transfer.BEGINNINGS["imagenet"], imageset, seed)
    limits = trainer.limits()
    classifier = trainer.as_classifier(limits)
    found = {"known flagged": told_of(classifier, large, imageset.test_images)[1].float().mean().item()}
    for name, photos in strangers.items():
        sure, flagged = told_of(classifier, large, photos)
        found |= {f"{name} sure": sure.float().mean().item(), f"{name} flagged": flagged.float().mean().item(),
                  f"{name} sure, unflagged": (sure & ~flagged).float().mean().item()}  # fmt: skip
    return found


def own(photos, folders, seeds):
    """``{"folder, classes": [figures of each seed]}``."""
    large, found = genclass.load(store.KNOWS_MOST), {}
    seen = {folder: as_kept(folder, STRANGERS // (len(folders) - 1)) for folder in folders}
    of_photos = as_kept(photos, STRANGERS)
    for folder, classes in itertools.product(folders, CLASSES):
        if len(transfer.labels_of(folder)) < classes:
            continue
        other = torch.cat([seen[each] for each in folders if each != folder])
        strangers, name = {"photos": of_photos, "other sets": other}, f"{folder.name}, {classes} classes"
        found[name] = [of_own(folder, classes, seed, large, strangers) for seed in range(seeds)]
        show(name, mean_of(found[name]))
    return found


def mean_of(figures):
    return {key: sum(one[key] for one in figures) / len(figures) for key in figures[0]}


def write_others(folder):
    """What the large one makes of every second photo, as one's own are kept: what ``own_kinds`` compares with."""
    large = genclass.load(store.KNOWS_MOST)
    some = [torch.from_numpy(np.array(fit(photo, 224, 3))) for photo in itertools.islice(photos(folder), 0, None, 2)]
    seen = [known_kinds.scores(large.predict_prepared(chunk)) for chunk in torch.stack(some).split(large.chunk)]
    save_file({"scores": torch.cat(seen).half()}, paths.SHIPPED / store.KNOWS_MOST / own_kinds.FILE)


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
    parser.add_argument("--own", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    print(json.dumps(own(args.photos, args.own, args.seeds) if args.own else shipped(args)))


def shipped(args):
    """Figures of the shipped classifiers, and with --write their limits."""
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
        write_others(args.photos)
    return {"kinds": limits, "alone": alone, "unsure": unsure, store.KNOWS_MOST: large}


if __name__ == "__main__":
    main()
