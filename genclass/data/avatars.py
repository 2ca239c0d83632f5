"""The data set ``avatars``: drawn faces and figures of ten styles of DiceBear, with the options of each as attributes.

    https://www.dicebear.com; the styles' artists and licences stand in ``STYLES``

Needs the extra ``avatars`` (``pip install genclass[avatars]``), as nothing else does. Image k of a style is drawn from
the seed ``<style>-<k>`` alone, so that the set is the same wherever the same releases are installed.
"""

import importlib.util
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import save_file

from genclass.data.imageset import ABSENT, Attributes
from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.files.images import as_channels_first
from genclass.paths import ROOT

SIZE = 64
DRAWN = 128  # halved: each pixel is the mean of four
TRAIN, TEST = 5000, 500  # images of each style
CHUNK = 100  # images drawn at a time, of which a process tells


@dataclass(frozen=True)
class Style:
    """One style: who drew it, under which licence."""

    name: str
    artist: str
    licence: str


STYLES = (
    Style("adventurer", "Lisa Wischofsky", "CC BY 4.0"),
    Style("big-smile", "Ashley Seo", "CC BY 4.0"),
    Style("micah", "Micah Lanier", "CC BY 4.0"),
    Style("personas", "Draftbit", "CC BY 4.0"),
    Style("toon-head", "Johan Melin", "CC BY 4.0"),
    Style("fun-emoji", "Davis Uche", "CC BY 4.0"),
    Style("open-peeps", "Pablo Stanley", "CC0 1.0"),
    Style("pixel-art", "DiceBear", "CC0 1.0"),
    Style("critters", "DiceBear", "CC0 1.0"),
    Style("sprouts", "DiceBear", "CC0 1.0"),
)

# An attribute, and the options that it is called by in the styles; of several the first that a style has.
OPTIONS = {
    "hair": ("hairVariant", "headVariant"),
    "hair-colour": ("hairColor", "headContrastColor"),
    "rear-hair": ("rearHairVariant",),
    "skin-colour": ("skinColor", "baseColor"),
    "glasses": ("glassesVariant",),
    "glasses-colour": ("glassesColor",),
    "accessories": ("accessoriesVariant",),
    "earrings": ("earringsVariant",),
    "hat": ("hatVariant",),
    "mask": ("maskVariant",),
    "eyes": ("eyesVariant",),
    "eyebrows": ("eyebrowsVariant",),
    "nose": ("noseVariant",),
    "mouth": ("mouthVariant",),
    "expression": ("expressionVariant",),
    "beard": ("facialHairVariant", "beardVariant"),
    "cheeks": ("cheeksVariant", "detailsVariant"),
    "clothes": ("clothesVariant",),
    "clothes-colour": ("clothesColor", "clothingColor", "shirtColor"),
    "background": ("backgroundColor",),
    "body": ("bodyVariant", "plantVariant"),
    "body-colour": ("bodyColor", "plantColor"),
    "top": ("topVariant",),
    "top-colour": ("accentColor", "bloomColor"),
    "pattern": ("patternVariant",),
    "pot": ("potVariant",),
    "pot-colour": ("potColor",),
}
Drawn = tuple[np.ndarray, list[dict[str, str]]]  # (uint8 [N, 3, 64, 64], {attribute: value} of each)
Parts = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, Attributes]


def fetch(folder: Path) -> Parts:
    """Draw the whole set, on all cores, with a progress bar: about five minutes of one core.

    Args:
        folder: for what is being drawn.

    Returns:
        As ``downloads.torchvision``, and the attributes.

    Raises:
        GenClassError: ``no_avatars_library``.
        RuntimeError: if a style could not be drawn.
    """
    return drawn(folder, TRAIN, TEST)


def drawn(folder: Path, train: int, test: int) -> Parts:
    """The set with ``train`` and ``test`` images of each style, in order of style; test images come after all others.

    Raises:
        GenClassError: ``no_avatars_library``.
        RuntimeError: if a style could not be drawn.
    """
    if any(importlib.util.find_spec(name) is None for name in ("dicebear", "dicebear_styles", "resvg_py")):
        raise GenClassError("no_avatars_library", fallback="avatars-mini")
    folder.mkdir(parents=True, exist_ok=True)
    made = _by_processes(folder, train + test)
    images = torch.from_numpy(np.concatenate([images for images, _ in made]))
    values, codes = _coded([one for _, options in made for one in options])
    labels = torch.arange(len(STYLES), dtype=torch.uint8).repeat_interleave(train + test)
    held = torch.arange(train + test).repeat(len(STYLES)) >= train
    attributes = Attributes(values, codes[~held], codes[held])
    return images[~held], labels[~held], images[held], labels[held], attributes


def _coded(options: list[dict[str, str]]) -> tuple[dict[str, list[str]], torch.Tensor]:
    """(the values of each attribute, int16 [N, attributes]) of what ``attributes_of`` gave of each image."""
    values = {name: sorted({one[name] for one in options if name in one}) for name in OPTIONS}
    places = {name: {value: place for place, value in enumerate(found)} for name, found in values.items()}
    codes = [[places[name].get(one.get(name, ""), ABSENT) for name in OPTIONS] for one in options]
    return values, torch.tensor(codes, dtype=torch.int16)


def _by_processes(folder: Path, count: int) -> list[Drawn]:
    """The first ``count`` images of each style.

    Each style is drawn by a process of its own, because resvg keeps the interpreter's lock. They are no
    ``multiprocessing`` ones, which would run the main script of whoever loads a data set a second time.
    """
    from tqdm import tqdm

    with tqdm(total=count * len(STYLES), desc="avatars", unit=" images") as bar:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            paths = list(pool.map(lambda style: _by_process(folder, style.name, count, bar.update), STYLES))
    made = [_kept(path) for path in paths]
    for path in paths:
        path.unlink()
    return made


def _by_process(folder: Path, style: str, count: int, tell: Callable[[int], object]) -> Path:
    """Have a style drawn into a file, and tell of each ``CHUNK``."""
    path = folder / f"{style}.safetensors"
    words = [sys.executable, "-m", __name__, style, str(count), str(path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        for line in process.stdout or ():
            tell(int(line))
    if process.returncode:
        raise RuntimeError(f"{style} could not be drawn")
    return path


def _kept(path: Path) -> Drawn:
    with safe_open(path, framework="np") as kept:
        return kept.get_tensor("images"), json.loads(kept.metadata()["options"])


def main(style: str, count: str, path: str) -> None:
    """Draw a style into a file, and print how many images were drawn after each ``CHUNK``."""
    made = []
    for first in range(0, int(count), CHUNK):
        made.append(draw(style, first, min(CHUNK, int(count) - first)))
        print(len(made[-1][1]), flush=True)
    images, options = np.concatenate([part for part, _ in made]), [one for _, part in made for one in part]
    with atomic.writing(Path(path)) as partial:
        # as it lies in memory, safetensors would write what is transposed there
        save_file({"images": np.ascontiguousarray(images)}, partial, metadata={"options": json.dumps(options)})


def draw(style: str, first: int, count: int) -> Drawn:
    """Images ``first`` to ``first + count - 1`` of a style."""
    import dicebear

    definition = dicebear.Style(json.loads(files("dicebear_styles").joinpath(f"{style}.json").read_text("utf-8")))
    avatars = [
        dicebear.Avatar(definition, {"seed": f"{style}-{k}", "size": DRAWN}) for k in range(first, first + count)
    ]
    images = np.stack([as_channels_first(_pixels(avatar.to_string())) for avatar in avatars])
    return images, [attributes_of(avatar.to_json()["options"]) for avatar in avatars]


def _pixels(svg: str) -> np.ndarray:
    """uint8 [64, 64, 3], on white where it is transparent."""
    import resvg_py

    drawing = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))).convert("RGBA")
    ground = Image.new("RGBA", drawing.size, "white")
    ground.alpha_composite(drawing)
    return np.asarray(ground.convert("RGB").reduce(DRAWN // SIZE))


def attributes_of(options: dict[str, object]) -> dict[str, str]:
    """``{attribute: value}`` of the options that an avatar was drawn with: a variant's name, or ``#rrggbb``."""
    found = {}
    for name, keys in OPTIONS.items():
        chosen = next((options[key] for key in keys if options.get(key)), None)
        if chosen is not None:
            found[name] = str(chosen[0] if isinstance(chosen, list) else chosen)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
