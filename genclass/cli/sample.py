"""The command sample: a recipe from words, guided or inverted where asked, drawn into a file."""

import argparse
import dataclasses
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from genclass.analysis import guidance, inversion
from genclass.analysis.search import SearchProgress
from genclass.cli.arguments import MODEL, Commands, pair, triple
from genclass.errors import GenClassError
from genclass.files import animate, decode, images
from genclass.models import store
from genclass.models.classifier import Classifier
from genclass.models.judge import load_judge
from genclass.models.recipe import ALL, MAX_COUNT, Recipe
from genclass.models.sampler import Sampler, sheet_columns

COUNT = 16
MAX_PNG = 1024
LIMITS = {".png": MAX_PNG, ".npz": MAX_COUNT, **{f".{form}": MAX_PNG for form in animate.FORMATS}}


def add(commands: Commands) -> None:
    parser = commands.add_parser("sample", help="draw images from a GAN")
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument("--seed", type=int, default=0, help="0 to 4294967295: the same one draws the same (default: 0)")
    parser.add_argument("--count", type=int, help=f"images (default: {COUNT})")
    parser.add_argument("--class", dest="class_name", metavar="NAME", help="a class, or 'all' for one image of each")
    parser.add_argument("--mix", type=triple, metavar="A:B:SHARE", help="cat:dog:0.3 is 70%% cat and 30%% dog")
    parser.add_argument("--truncation", type=float, default=1.0, help="0 to 1: less variety, more typical images")
    parser.add_argument(
        "--direction",
        action="append",
        default=[],
        metavar="ID=X",
        type=pair,
        help="how far to go in a direction, in deviations, as in d1=2 or z0=1.5; repeatable",
    )
    parser.add_argument("--path", type=triple, metavar="A:B:STEPS", help="from seed to seed, or from class to class")
    parser.add_argument(
        "--guide", metavar="MODEL:CLASS", help="improve the images until this classifier sees the class"
    )
    parser.add_argument("--invert", type=Path, metavar="FILE", help="begin with the z that makes this image")
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help=".png (a sheet), .npz, .gif, .webp or .mp4"
    )
    parser.add_argument(
        "--size",
        choices=images.SIZES,
        help=f"as stored, or enlarged crisply to {images.SHARED} pixels and more (default: an animation is large)",
    )
    parser.set_defaults(command=sample)


def sample(args: argparse.Namespace) -> None:
    limit = LIMITS.get(args.out.suffix.lower())
    if limit is None:
        raise GenClassError("bad_output", path=str(args.out))
    if args.count is not None and (args.class_name == ALL or args.path is not None):
        print("--count plays no part: the number of classes or STEPS tells how many images there are", file=sys.stderr)
    args.count = COUNT if args.count is None else args.count
    if not 1 <= args.count <= limit:
        raise GenClassError("out_of_range", field="count", low=1, high=limit)
    sampler = Sampler.load(store.find(args.model))
    recipe = sampler.complete(asked(args, sampler.name))
    if args.invert is not None:
        recipe = _inverted(args.invert, sampler, recipe)
    if args.guide is not None:
        recipe = _guided(args.guide, sampler, recipe)
    drawn = sampler.sample(recipe)
    try:
        _write(args.out, args.size, drawn, sampler, recipe)
    except OSError as error:
        raise GenClassError("cannot_write", path=str(args.out)) from error
    print(f"{args.out}: {len(drawn)} images of {sampler.name}", file=sys.stderr)


def asked(args: argparse.Namespace, name: str) -> Recipe:
    """The recipe that the words ask for.

    Raises:
        GenClassError: for values that no model could take.
    """
    values = {"seed": args.seed, "count": args.count, "class": args.class_name, "truncation": args.truncation}
    if args.mix is not None:
        first, second, share = args.mix
        share = share if isinstance(share, (int, float)) else math.nan
        values["mix"] = {first: round(1 - share, 9), second: share}
    if args.path is not None:
        start, end, steps = args.path
        whole = start.isdecimal() and end.isdecimal()
        values |= {"seed": int(start), "to_seed": int(end)} if whole else {"class": start, "to_class": end}
        values["steps"] = steps
    return Recipe.from_dict({"model": name, **values, "directions": dict(args.direction)})


def _inverted(path: Path, sampler: Sampler, recipe: Recipe) -> Recipe:
    """The recipe with the z and class of an image's nearest picture; what sliders add comes on top."""
    if not path.is_file():
        raise GenClassError("missing_file", path=str(path))
    image = decode.decode(path.read_bytes())
    found = _watch(inversion.invert(sampler, image, _judge(sampler)), "mean error of a pixel")
    own = found.class_name if recipe.class_name is None and recipe.mix is None else recipe.class_name
    return dataclasses.replace(recipe, latent=found.latent, count=1, class_name=own)


def _judge(sampler: Sampler) -> Classifier | None:
    """The classifier of the same data set, or None."""
    try:
        return load_judge(sampler.config["dataset"])
    except GenClassError as error:
        if error.code != "no_distance":
            raise
        return None


def _guided(words: str, sampler: Sampler, recipe: Recipe) -> Recipe:
    """The recipe of a climb, with what both classifiers think before and after on standard error."""
    model, colon, name = words.partition(":")
    if not colon:
        raise GenClassError("bad_guide", words=words)
    climbed = Classifier.load(store.find(model))
    begin = guidance.start_of(sampler, name, recipe)
    found = _watch(guidance.climb(sampler, climbed, name, recipe), f"mean probability of {name}")
    other = guidance.other_judge(climbed.config, name, store.named_folders())
    for judge in (climbed, *([] if other is None else [Classifier.load(store.find_named(other))])):
        index = judge.classes.index(name)
        before, after = (judge.predict(sampler.sample(one))[:, index].mean() for one in (begin, found))
        print(f"{judge.name} sees {name}: {before:.1%} before, {after:.1%} after", file=sys.stderr)
    return found


def _watch(search: Iterator[SearchProgress], what: str) -> Recipe:
    """Run a search with a line for each report; returns its last recipe."""
    for progress in search:
        print(f"step {progress.step}/{progress.total}  {what} {progress.score:.3f}", file=sys.stderr, flush=True)
    return progress.recipe


def _write(path: Path, size: str | None, drawn: np.ndarray, sampler: Sampler, recipe: Recipe) -> None:
    """Write uint8 images [N, H, W, C] in the form that the file's ending names, arrays always as stored."""
    form = path.suffix.lower()[1:]
    if form == "npz":
        np.savez_compressed(path, images=drawn, labels=sampler.labels(recipe))
    elif form in animate.FORMATS:
        path.write_bytes(animate.animation(drawn, form, recipe.to_json(), size or "large"))
    else:
        sheet = images.sheet(drawn, sheet_columns(recipe, len(drawn)))
        path.write_bytes(images.png_bytes(sheet, recipe.to_json(), size or "stored"))
