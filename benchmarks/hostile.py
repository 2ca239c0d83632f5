"""Hostile files on everything that opens one: pictures, zips, models. What is told, how long it takes, what it costs.

    python -m benchmarks.hostile pictures --count 1000
    python -m benchmarks.hostile models --count 10000
    python -m benchmarks.hostile page --seconds 20

First the crafted pictures (``crafted.py``), each with the time and the memory that it takes. Of the others each is a
sound file with bytes changed, cut out, doubled or made up; a model's hashes are made right again, so that the change
gets past them. Anything but a sentence of ours ends the run with a traceback. ``page`` is one stranger against the page
(``stranger.py``): what another visitor waits meanwhile.
"""

import argparse
import hashlib
import io
import json
import pickle
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import genclass
from benchmarks import crafted
from benchmarks.memory import memory_of
from genclass import paths
from genclass.analysis import batch_classify
from genclass.data import folders
from genclass.errors import GenClassError
from genclass.files import carried, decode, images
from genclass.jobs import bundle, drafts
from genclass.models import checkpoint
from genclass.models.answerer import Answerer
from genclass.models.recipe import Recipe

# No message names a place on this machine.
HERE = (tempfile.gettempdir(), sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]))
KINDS = ("PNG", "JPEG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF", "PPM")
EDGES = (0, -1, 1, 2**31, 2**63, 10**12, 1e308, float("nan"), None, True, "", "x" * 5000, [], [[]], {}, {"name": "gan"})


def mutated(data, draw):
    """Bytes with some changed, cut out, doubled or made up.

    Args:
        draw: a ``random.Random``.
    """
    changed = bytearray(data)
    for _ in range(draw.randint(1, 3)):
        place = draw.randrange(min(len(changed), draw.choice((64, 10**9, 10**9))) or 1)
        length = draw.choice((1, 1, 1, 2, 4, 64))
        piece = {
            "set": bytes([draw.choice((0, 1, 127, 128, 255))] * length),
            "random": draw.randbytes(length),
            "cut": b"",
            "double": bytes(changed[place : place + length]) * 2,
        }[draw.choice(("set", "random", "cut", "double"))]
        changed[place : place + length] = piece
    return bytes(changed[: draw.randrange(len(changed) + 1)] if draw.random() < 0.1 else changed)


def pictures():
    """Sound files of every format that is read, a PNG with a recipe among them."""
    rows, columns = np.mgrid[0:40, 0:60]
    pixels = np.stack([rows * 6, columns * 4, rows + columns], -1).astype(np.uint8)
    found = [images.png_bytes(pixels, Recipe("fashion-mnist-gan", directions={"d1": 1.0}).to_json())]
    for kind in KINDS:
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, kind)
        found.append(buffer.getvalue())
    return found


def zipped(files):
    """Bytes of a zip of ``{path: bytes}``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def entrances(folder):
    """``{name: function of bytes}``: the ways in which a picture, or a zip of pictures, is opened.

    Args:
        folder: where files may be written.
    """

    def written(data, name):
        (folder / name).write_bytes(data)
        return folder / name

    sound, answerer = pictures()[0], Answerer(genclass.load("fashion-mnist-airnet"))
    return {
        "decode": decode.decode,
        "recipe": lambda data: Recipe.from_json(carried.text(written(data, "recipe.png"))),
        "many": lambda data: verdict(next(batch_classify.verdicts(answerer, [written(data, "many.png")]))),
        "draft": lambda data: drafts.discard(drafts.add(None, "cups", [("a.png", written(data, "a.png"))]).id),
        "zip of pictures": lambda data: folders.read(
            written(zipped({"a/1.png": data, "b/2.png": sound}), "set.zip"), 32, folders.IN_PAGE
        ),
        "zip": lambda data: folders.read(
            written(mutated(zipped({"a/1.png": sound, "b/2.png": sound}), random.Random(data)), "torn.zip"),
            32,
            folders.IN_PAGE,
        ),
    }


def verdict(found):
    """What one of many images was told to be; its error is raised."""
    if found.error is not None:
        raise found.error
    return found.answer.probabilities


def try_crafted(ways, files):
    """Send crafted pictures through every way in.

    Args:
        files: ``{name: function that makes one}``.

    Returns:
        ``{name: (code of "decode", seconds of the longest way, MB of the way that took most)}``.
    """
    found = {}
    for name, make in files.items():
        told, more = memory_of(opened, ways, make())
        found[name] = told["decode"][0], max(seconds for _, seconds in told.values()), more
    return found


def opened(ways, data):
    """``{way: (code, seconds)}`` of one file: the processor's, whatever else it does."""
    told = {}
    for way, open_ in ways.items():
        began = time.process_time()
        told[way] = code_of(open_, data), time.process_time() - began
    return told


def try_pictures(ways, count, seed=0):
    """Send ``count`` mutated pictures through every way in.

    Returns:
        ``{way: Counter of codes}`` ("" for what was read) and the longest time of one, in seconds of the processor.
    """
    told, longest, draw, sound = {way: Counter() for way in ways}, 0.0, random.Random(seed), pictures()
    for index in range(count):
        data = mutated(sound[index % len(sound)], draw)
        for way, open_ in ways.items():
            began = time.process_time()
            told[way][code_of(open_, data)] += 1
            longest = max(longest, time.process_time() - began)
    return told, longest


def code_of(function, *arguments):
    """The code of the refusal, or "" where there was none; any other exception is passed on."""
    try:
        function(*arguments)
    except GenClassError as error:
        assert not any(place in str(error) for place in HERE), f"a path in: {error}"
        return error.code
    return ""


def model_files(folder):
    """``{name: bytes}`` of a small GAN with its discriminator."""
    architecture = {"name": "gan", "z_dim": 8, "width": 4, "discriminator": {"width": 8}}
    config = {"name": "tiny", "kind": "gan", "dataset": "small", "classes": ["a", "b"], "image_size": 32, "channels": 1,
              "architecture": architecture, "normalisation": {"mean": 0.5, "std": 0.25}, "metrics": {},
              "training": {}}  # fmt: skip
    checkpoint.save(folder, config, {part: checkpoint.build(config, part) for part in ("model", "discriminator")})
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def mutated_model(files, draw):
    """Bytes of a zip of a model of which one file was changed, with hashes that are right again."""
    name = draw.choice(("model.safetensors", "discriminator.safetensors", "config.json", "header"))
    if name == "header":
        files = files | {"model.safetensors": other_header(files["model.safetensors"], draw)}
    elif name == "config.json" and draw.random() < 0.7:
        files = files | {name: json.dumps(other_value(json.loads(files[name]), draw)).encode()}
    else:
        files = files | {name: mutated(files[name], draw)}
    return zipped(sealed(files))


def sealed(files):
    """The same with the hashes in ``config.json`` made right, if it can still be read."""
    try:
        config = json.loads(files["config.json"])
        config["sha256"] = {
            name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name.endswith(".safetensors")
        }
    except (ValueError, TypeError):
        return files
    return files | {"config.json": json.dumps(config).encode()}


def other_header(data, draw):
    """Weights whose header says something else of their shapes, types and places."""
    length = int.from_bytes(data[:8], "little")
    header = json.dumps(other_value(json.loads(data[8 : 8 + length]), draw)).encode()
    return len(header).to_bytes(8, "little") + header + data[8 + length :]


def other_value(values, draw):
    """A JSON value with one part of it, however deep, replaced."""
    if isinstance(values, (dict, list)) and values and draw.random() < 0.85:
        key = draw.choice(list(values) if isinstance(values, dict) else range(len(values)))
        copy = dict(values) if isinstance(values, dict) else list(values)
        copy[key] = other_value(copy[key], draw)
        return copy
    return draw.choice(EDGES)


class Payload:
    """What would leave a trace if it were ever unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def payloads(trace, count):
    """``count`` pickles that would make the file ``trace``: plain ones of all protocols, and torch's zips."""
    for index in range(count):
        protocol = index % (pickle.HIGHEST_PROTOCOL + 1)
        buffer = io.BytesIO()
        if index % 3 == 0:
            torch.save(Payload(trace), buffer, pickle_protocol=max(protocol, 2))
        else:
            buffer.write(pickle.dumps([Payload(trace)] * (1 + index % 5), protocol))
        yield buffer.getvalue()


def try_models(folder, count, pickles, seed=0):
    """Bring ``count`` mutated models and ``pickles`` payloads.

    Returns:
        Counter of codes ("" for what was sound all the same).
    """
    files, draw, told, target = model_files(folder / "tiny"), random.Random(seed), Counter(), folder / "model.zip"
    trace = folder / "trace"
    for index, payload in enumerate(payloads(trace, pickles)):
        name = ("model.safetensors", "discriminator.safetensors", "config.json", "preview.png", "model.pt")[index % 5]
        target.write_bytes(zipped(sealed(files | {name: payload})))
        code = code_of(bundle.bring, target)
        assert code, f"a pickle as {name} was taken for a model"
        told[code] += 1
    for _ in range(count):
        target.write_bytes(mutated_model(files, draw))
        told[code_of(bundle.bring, target)] += 1
    assert not trace.exists(), "a payload was executed"
    return told


def print_crafted(found):
    for name, (code, seconds, more) in found.items():
        print(f"{name:36} {code or 'read':16} {seconds:5.2f} s {more:5} MB", flush=True)
    _, seconds, more = (max(column) for column in zip(*found.values()))
    print(f"{len(found)} crafted pictures: at most {seconds:.2f} s and {more} MB more than before", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("pictures", "models", "page"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--pickles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20, help="of each attack on the page")
    args = parser.parse_args()
    if args.what == "page":
        from benchmarks import stranger  # needs the page, which all else here does without

        print(json.dumps(stranger.against_the_page(args.seconds)))
        return
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as runs:
        paths.runs_dir = lambda: Path(runs)
        if args.what == "pictures":
            try_pictures(entrances(Path(folder)), len(KINDS) + 1)
            print_crafted(try_crafted(entrances(Path(folder)), crafted.SMALL | crafted.LARGE))
            (told, longest), more = memory_of(try_pictures, entrances(Path(folder)), args.count, args.seed)
        else:
            try_models(Path(folder), 20, 0)
            began = time.monotonic()
            told, more = memory_of(try_models, Path(folder), args.count, args.pickles, args.seed)
            told = {"models": told}
            longest = (time.monotonic() - began) / (args.count + args.pickles)
    for way, codes in told.items():
        print(f"{way:16}", ", ".join(f"{code or 'read'} {count}" for code, count in codes.most_common()))
    figures = {"count": args.count, "told": told, "megabytes_more": more}
    print(json.dumps(figures | {"longest" if args.what == "pictures" else "mean": round(longest, 3)}))


if __name__ == "__main__":
    main()
