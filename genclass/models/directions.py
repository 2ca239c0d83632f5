"""The few directions of a latent space along which a generator's images change most, kept with its checkpoint.

In the manner of GANSpace (Härkönen et al., 2020), which regresses z on the principal components of a layer's features;
here the features are the image itself. For a normal z the regression of the image on z is the generator's mean Jacobian
(Stein's lemma), and its leading right singular vectors are the unit steps in z with the largest effect that is the same
everywhere. That sameness is what gives a direction a meaning.
"""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.models import checkpoint
from genclass.networks.protocols import Generator

COUNT = 8
PAIRS = 1024
CHUNK = 64
FILE = "directions.safetensors"
Directions = dict[str, torch.Tensor]  # float32 [z_dim] each, by id


def of(network: Generator, config: dict, folder: Path | None = None) -> Directions:
    """A generator's directions: ``{"d1": float32 [z_dim], "d2": …}``, unit vectors, the strongest first.

    Read from the checkpoint folder where they are there; else computed, and kept there if it can be written.
    """
    found = None if folder is None else stored(folder, config, network.z_dim)
    if found is None:
        found = {f"d{index + 1}": axis.clone() for index, axis in enumerate(principal(network))}
        if folder is not None:
            found = _keep(folder, config, found)
    return found


@torch.no_grad()
def principal(network: Generator, count: int = COUNT) -> torch.Tensor:
    """The leading right singular vectors of the mean Jacobian, float32 [count, z_dim]; along each, images brighten.

    Args:
        network: images [N, C, H, W] from (z, class weights); at most ``z_dim`` directions are found.
    """
    generator = torch.Generator().manual_seed(0)
    jacobian = torch.zeros((), dtype=torch.double)
    for start in range(0, PAIRS, CHUNK):
        z = torch.randn(CHUNK, network.z_dim, generator=generator)
        class_weights = None
        if network.classes:
            class_weights = torch.eye(network.classes)[torch.arange(start, start + CHUNK) % network.classes]
        # A mirrored pair cancels the mean image.
        change = (network(z, class_weights) - network(-z, class_weights)).flatten(1)
        jacobian = jacobian + change.double().T @ z.double()
    axes = torch.linalg.svd(jacobian, full_matrices=False)[2][:count]
    brighter = jacobian.sum(0) @ axes.T
    return (axes * torch.where(brighter < 0, -1.0, 1.0)[:, None]).float()


def stored(folder: Path, config: dict, z_dim: int) -> Directions | None:
    """The directions kept in a folder, or None where there are none for these weights."""
    try:
        with safe_open(folder / FILE, framework="pt") as file:
            if len(file.keys()) > COUNT or any(file.get_slice(name).get_shape() != [z_dim] for name in file.keys()):
                return None
            found = {name: file.get_tensor(name) for name in sorted(file.keys(), key=lambda name: int(name[1:]))}
            model = (file.metadata() or {}).get("model")
    except (OSError, SafetensorError, ValueError):  # none yet, or not ours
        return None
    fit = all(vector.dtype == torch.float32 and vector.isfinite().all() for vector in found.values())
    return found if found and fit and model == config["sha256"]["model.safetensors"] else None


def _keep(folder: Path, config: dict, found: Directions) -> Directions:
    """Write the directions, then their hash into ``config.json``, each whole; returns those that are there in the end.

    Of two processes that do it at once the first wins, so that file and hash always fit. In a folder that can't be
    written, or that a training run has just replaced, nothing is kept: they are computed again next time.
    """
    try:
        kept = _write(folder, config, found)
        written = checkpoint.read_config(folder)
        written["sha256"][FILE] = checkpoint.sha256(folder / FILE)
        atomic.write_text(folder / "config.json", json.dumps(written, indent=1, ensure_ascii=False) + "\n")
        return kept
    except (OSError, SafetensorError, GenClassError):
        return found


def _write(folder: Path, config: dict, found: Directions, new: bool = True) -> Directions:
    """Write the file unless another process was first; returns the directions that are in it."""
    try:
        with atomic.writing(folder / FILE, new) as partial:
            save_file(found, partial, {"model": config["sha256"]["model.safetensors"]})
        return found
    except FileExistsError:
        theirs = stored(folder, config, len(found["d1"]))
        return theirs or _write(folder, config, found, new=False)  # what is there is not ours, or damaged
