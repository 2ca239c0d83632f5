"""How far names of directions keep their promise:  python -m benchmarks.directions [MODEL]... [--write] [--find]

On 500 seeds that played no part in finding the names, from -2σ to +2σ: the share of images in which what the name
says changes as it says by more than half a deviation (``hit``), that in which it changes that way at all (``way``), and
that in which another measure changes, on average over the others (``side``); beside it what happens to the same measure
along random directions, either way (``random``). ``--write`` first names the directions of these models anew; their
vectors stay as they are.

``--find`` first finds directions of attributes, such as glasses, of a generator of avatars, and keeps those that are
faithful: on 1,000 samples the attribute is gained in 60 % of those of styles that have it, others change in at most
15 %, the style in at most 5 %, as the judge of ``benchmarks.attributes`` sees it. Those that are kept are measured so
wherever that judge is there.
"""

import argparse
import json
import re
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

import genclass
from benchmarks import boundaries
from benchmarks.attributes import default_folder
from genclass.data.avatar_attributes import ATTRIBUTES, IDS
from genclass.files import atomic
from genclass.models import card, checkpoint, directions, effects, store
from genclass.models.classifier import Classifier
from genclass.models.judge import fitting_judge

FIRST_SEED, SEEDS = 3_000_000_000, 500
RANDOM = 2
COLUMNS = ("hit", "way", "side", "random")
OF_ATTRIBUTES = ("hit", "side", "style")


def rename(folder):
    """Measure what the directions in a checkpoint's folder do, and write their names beside them."""
    sampler = genclass.load(folder)
    told = directions.described(sampler.network, sampler.config, plain(sampler.directions))
    write(folder, load_file(folder / directions.FILE), merged(sampler.said, told))


def find(folder, networks):
    """Find directions of attributes, print what each does, and keep those that are faithful."""
    sampler = genclass.load(folder)
    finder, askable = Classifier.load(networks / "finder"), asked(sampler.classes)
    axes = boundaries.boundaries(sampler.network, IDS, finder.predict_prepared, askable)
    axes = boundaries.refined(sampler.network, axes, IDS, finder.raw_logits, styles(sampler), askable)
    found = faithful(sampler, axes, networks)
    for id, one in found.items():
        print(f"{sampler.name} {id}: {'kept' if one.kept else 'not faithful, and left out'}: {one}", flush=True)
    kept = {id: one for id, one in found.items() if one.kept}
    told = described(kept, sampler.classes)
    vectors = {id: axes[id].contiguous() for id in kept} | plain(sampler.directions)
    write(folder, vectors, merged(directions.Said(told), of_plain(sampler.said)))


def asked(classes):
    """bool [classes or 1, attributes]: which attributes can be told in which style at all."""
    styles = classes or [next(iter(ATTRIBUTES[0].rules))]
    return torch.tensor([[not classes or style in one.rules for one in ATTRIBUTES] for style in styles])


def faithful(sampler, axes, networks):
    """What directions of attributes do, by id, as the judge sees it."""
    judge = Classifier.load(networks / "judge").predict_prepared
    return boundaries.faithfulness(sampler.network, axes, IDS, judge, styles(sampler), asked(sampler.classes))


def styles(sampler):
    """What tells a generator's classes."""
    styled = fitting_judge(sampler.config, sampler.classes)
    if styled is None:
        raise SystemExit(f"{sampler.name}: no classifier knows its classes")
    return styled.predict_prepared


def described(kept, classes):
    """As ``directions.described``, of attributes' directions."""
    told = {
        "names": {one.id: one.names for one in ATTRIBUTES if one.id in kept},
        "measured": {id: {key: getattr(one, key) for key in OF_ATTRIBUTES} for id, one in kept.items()},
        "lacking": {id: [classes[index] for index in one.lacking] for id, one in kept.items() if classes},
    }
    return {key: json.dumps(by_id, ensure_ascii=False) for key, by_id in told.items()}


def plain(by_id):
    """What belongs to numbered directions."""
    return {id: value for id, value in by_id.items() if re.fullmatch(r"d\d+", id)}


def of_plain(said):
    """What a file says of its numbered directions."""
    told = {"names": said.names, "measured": said.measured, "like": said.likes}
    return {key: json.dumps(plain(by_id), ensure_ascii=False) for key, by_id in told.items()}


def merged(said, told):
    """What a file says of directions of attributes, with what is told of the numbered ones."""
    before = {"names": said.names, "measured": said.measured, "like": said.likes, "lacking": said.lacking}
    attributes = {key: {id: value for id, value in by_id.items() if id in IDS} for key, by_id in before.items()}
    return {key: json.dumps(by_id | json.loads(told.get(key, "{}")), ensure_ascii=False)
            for key, by_id in attributes.items()}  # fmt: skip


def write(folder, vectors, told):
    """Replace the directions in a checkpoint's folder, their hash and its card."""
    config = checkpoint.read_config(folder)
    with atomic.writing(folder / directions.FILE) as partial:  # the vectors may still lie in the file that is there
        save_file(vectors, partial, {**told, "model": config["sha256"]["model.safetensors"]})
    config["sha256"][directions.FILE] = checkpoint.sha256(folder / directions.FILE)
    atomic.write_text(folder / "config.json", json.dumps(config, indent=1, ensure_ascii=False) + "\n")
    card.write(folder)


def place(name, words):
    """(measure, whether it falls) of an English name."""
    return next((index, falls) for index, both in enumerate(words)
                for falls in (False, True) if both[falls]["en"] == name)  # fmt: skip


def promises(sampler):
    """A row for each direction of a model that has a name."""
    judge = fitting_judge(sampler.config, sampler.classes)
    z = sampler.latents({"model": sampler.name, "seed": FIRST_SEED, "count": SEEDS, "class": None})
    words = effects.vocabulary(() if judge is None else judge.classes)
    names = {id: told["en"] for id, told in plain(sampler.said.names).items()}
    drawn = F.normalize(torch.randn(RANDOM, sampler.z_dim, generator=torch.Generator().manual_seed(2)))
    control = effects.changes(sampler.network, dict(zip("ab", drawn)), z, judge)
    found = effects.changes(sampler.network, {id: sampler.directions[id] for id in names}, z, judge)
    return [promise(sampler.name, id, names[id], found[id], control, place(names[id], words)) for id in names]


def attribute_promises(sampler, networks):
    """A row for each direction of an attribute; none where the judge is not there."""
    axes = {id: axis for id, axis in sampler.directions.items() if id in IDS}
    if axes and not (networks / "judge").is_dir():
        print(f"{sampler.name}: train the judge first: python -m benchmarks.attributes")
    if not axes or not (networks / "judge").is_dir():
        return []
    found = faithful(sampler, axes, networks)
    return [{"model": sampler.name, "id": id, "name": sampler.said.names[id]["en"],
             **{key: getattr(one, key) for key in OF_ATTRIBUTES}} for id, one in found.items()]  # fmt: skip


def promise(model, id, name, change, control, where):
    index, falls = where
    hit, side = effects.shares(change, index, falls)
    way = (change[:, index] < 0 if falls else change[:, index] > 0).float().mean().item()
    random = [max(effects.shares(one, index, way)[0] for way in (False, True)) for one in control.values()]
    return {"model": model, "id": id, "name": name, "hit": hit, "way": round(way, 3), "side": side,
            "random": round(sum(random) / len(random), 3)}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL", help="by default every GAN")
    parser.add_argument("--write", action="store_true", help="name the directions of these models anew")
    parser.add_argument("--find", action="store_true", help="find directions of attributes for these models anew")
    parser.add_argument("--networks", type=Path, default=default_folder(), help="where benchmarks.attributes kept them")
    args = parser.parse_args()
    models = args.models or [model["name"] for model in genclass.list_models() if model["kind"] == "gan"]
    rows, attributes = [], []
    for model in models:
        if args.write:
            rename(store.find(model))
        if args.find:
            find(store.find(model), args.networks)
        rows += promises(genclass.load(model))
        attributes += attribute_promises(genclass.load(model), args.networks)
    print_table(COLUMNS, rows)
    print_table(OF_ATTRIBUTES, attributes)
    print(json.dumps({"seeds": SEEDS, "directions": rows, "samples": boundaries.JUDGED, "attributes": attributes}))


def print_table(columns, rows):
    print("| model | direction | name |", " | ".join(columns), "|")
    for row in rows:
        shares = " | ".join(f"{row[key]:.1%}" for key in columns)
        print(f"| {row['model']} | {row['id']} | {row['name']} | {shares} |")


if __name__ == "__main__":
    main()
