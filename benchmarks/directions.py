"""How far names of directions keep their promise:  python -m benchmarks.directions [MODEL]... [--write]

On 500 seeds that played no part in finding the names, from -2σ to +2σ: the share of images in which what the name
says changes as it says by more than half a deviation (``hit``), that in which it changes that way at all (``way``), and
that in which another measure changes, on average over the others (``side``); beside it what happens to the same measure
along random directions, either way (``random``). ``--write`` first names the directions of these models anew; their
vectors stay as they are.
"""

import argparse
import json

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

import genclass
from genclass.files import atomic
from genclass.models import card, checkpoint, directions, effects, store
from genclass.models.judge import fitting_judge

FIRST_SEED, SEEDS = 3_000_000_000, 500
RANDOM = 2
COLUMNS = ("hit", "way", "side", "random")


def rename(folder):
    """Measure what the directions in a checkpoint's folder do, and write their names beside them."""
    sampler = genclass.load(folder)
    vectors, config = load_file(folder / directions.FILE), sampler.config
    told = directions.described(sampler.network, config, sampler.directions)
    save_file(vectors, folder / directions.FILE, {"model": config["sha256"]["model.safetensors"], **told})
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
    names = {id: told["en"] for id, told in sampler.said.names.items()}
    drawn = F.normalize(torch.randn(RANDOM, sampler.z_dim, generator=torch.Generator().manual_seed(2)))
    control = effects.changes(sampler.network, dict(zip("ab", drawn)), z, judge)
    found = effects.changes(sampler.network, {id: sampler.directions[id] for id in names}, z, judge)
    return [promise(sampler.name, id, names[id], found[id], control, place(names[id], words)) for id in names]


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
    args = parser.parse_args()
    models = args.models or [model["name"] for model in genclass.list_models() if model["kind"] == "gan"]
    rows = []
    print("| model | direction | name |", " | ".join(COLUMNS), "|")
    for model in models:
        if args.write:
            rename(store.find(model))
        for row in promises(genclass.load(model)):
            rows.append(row)
            shares = " | ".join(f"{row[key]:.1%}" for key in COLUMNS)
            print(f"| {row['model']} | {row['id']} | {row['name']} | {shares} |", flush=True)
    print(json.dumps({"seeds": SEEDS, "directions": rows}))


if __name__ == "__main__":
    main()
