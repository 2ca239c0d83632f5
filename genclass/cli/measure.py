"""The commands evaluate and closed-loop: figures of a model, and what its two halves learn from one another."""

import argparse
import json
import sys
from typing import Any

from genclass.analysis import fid
from genclass.analysis.evaluate import evaluate
from genclass.cli.arguments import MODEL, Commands
from genclass.data.imageset import ImageSet
from genclass.errors import GenClassError, check_number
from genclass.models import checkpoint, store
from genclass.models.sampler import Sampler
from genclass.train import closed_loop
from genclass.train.closed_loop import Outcome

MOST_SEEDS = 100


def add(commands: Commands) -> None:
    _add_evaluate(commands)
    _add_closed_loop(commands)


def _add_evaluate(commands: Commands) -> None:
    parser = commands.add_parser("evaluate", help="measure a model on its test set")
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument("--data", metavar="NAME", help="another data set with the same classes")
    parser.add_argument("--fid-weights", metavar="PATH", help=f"a GAN's FID too; default: ${fid.VARIABLE}")
    parser.add_argument("--json", action="store_true", help="one object, for programs")
    parser.set_defaults(command=print_figures)


def _add_closed_loop(commands: Commands) -> None:
    parser = commands.add_parser(
        "closed-loop", help="what a classifier learns from a GAN's images, and what the GAN's discriminator knows"
    )
    parser.add_argument("model", metavar="GAN", help=MODEL)
    names = list(closed_loop.EXPERIMENTS)
    parser.add_argument("--only", choices=names, action="append", help="repeatable; default: all")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="trainings of each kind (default: 3)")
    parser.add_argument("--json", action="store_true", help="one object, for programs")
    parser.set_defaults(command=print_experiments)


def print_figures(args: argparse.Namespace) -> None:
    folder = store.find(args.model)
    figures = evaluate(folder, args.data)
    figures |= fid.measured(folder, checkpoint.read_config(folder), args.data, args.fid_weights)
    if args.json:
        print(json.dumps(figures))
        return
    for key, value in figures.items():
        print(f"{key:24} {value}")


def print_experiments(args: argparse.Namespace) -> None:
    check_number("seeds", args.seeds, 1, MOST_SEEDS, whole=True)
    sampler = Sampler.load(store.find(args.model))
    imageset = closed_loop.material(sampler)
    document: dict[str, Any] = {"model": sampler.name, "seeds": args.seeds}
    for name in args.only or closed_loop.EXPERIMENTS:
        document[name] = _experiment(name, sampler, imageset, args.seeds)
    if args.json:
        print(json.dumps(document))
    else:
        _print(document)


def _experiment(name: str, sampler: Sampler, imageset: ImageSet, seeds: int) -> dict:
    """What ``--json`` says of one experiment; ``{"error"}`` where the model lacks what it needs."""
    try:
        for progress in closed_loop.EXPERIMENTS[name](sampler, imageset, range(seeds)):
            print(f"\r{name}: {progress.done}/{progress.total}", end="", file=sys.stderr, flush=True)
    except GenClassError as error:
        return {"error": str(error)}
    finally:
        print(file=sys.stderr)
    counts = {} if progress.confusion is None else {"confusion": progress.confusion.tolist()}
    return {"outcomes": [_outcome(one) for one in progress.outcomes], **counts}


def _outcome(one: Outcome) -> dict:
    spread = {"mean": one.mean, "deviation": one.deviation, "accuracies": list(one.accuracies)}
    return {"trained": one.trained, "tested": one.tested, **spread}


def _print(document: dict) -> None:
    for name, found in document.items():
        if not isinstance(found, dict):
            continue
        print(name)
        print("".join(f"  {_line(one)}\n" for one in found.get("outcomes", [])) or f"  {found['error']}")


def _line(one: dict) -> str:
    spread = "" if one["deviation"] is None else f" ± {one['deviation']:.3f}"
    return f"{one['trained']:24} on {one['tested']:12} {one['mean']:.3f}{spread} (n = {len(one['accuracies'])})"
