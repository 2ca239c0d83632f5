"""The few directions of a latent space along which a generator's images change most, kept with its checkpoint.

In the manner of GANSpace (Härkönen et al., 2020), which regresses z on the principal components of a layer's features;
here the features are the image itself. For a normal z the regression of the image on z is the generator's mean Jacobian
(Stein's lemma), and its leading right singular vectors are the unit steps in z with the largest effect that is the same
everywhere. That sameness is what gives a direction a meaning.
"""

import contextlib
import json
import os

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from genclass.models import checkpoint

COUNT = 8
PAIRS = 1024
CHUNK = 64
FILE = "directions.safetensors"


def of(network, config, folder=None):
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
def principal(network, count=COUNT):
    """The leading right singular vectors of the mean Jacobian, float32 [count, z_dim]; along each, images brighten.

    Args:
        network: images [N, C, H, W] from (z, class weights); at most ``z_dim`` directions are found.
    """
    generator = torch.Generator().manual_seed(0)
    jacobian = 0
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


def stored(folder, config, z_dim):
    """The directions kept in a folder, or None where there are none for these weights."""
    try:
        with safe_open(folder / FILE, framework="pt") as file:
            found = {name: file.get_tensor(name) for name in sorted(file.keys(), key=lambda name: int(name[1:]))}
            model = (file.metadata() or {}).get("model")
    except (OSError, SafetensorError, ValueError):  # none yet, or not ours
        return None
    fit = all(vector.shape == (z_dim,) and vector.isfinite().all() for vector in found.values())
    return found if found and fit and model == config["sha256"]["model.safetensors"] else None


def _keep(folder, config, found):
    """Write the directions, then their hash into ``config.json``, each whole; returns those that are there in the end.

    Of two processes that do it at once the first wins, so that file and hash always fit. In a folder that can't be
    written, or that a training run has just replaced, nothing is kept: they are computed again next time.
    """
    partial = folder / f".{FILE}.{os.getpid()}.partial"
    try:
        save_file(found, partial, {"model": config["sha256"]["model.safetensors"]})
        theirs = _publish(partial, folder, config, len(found["d1"]))
        written = json.loads((folder / "config.json").read_text())
        written["sha256"][FILE] = checkpoint.sha256(folder / FILE)
        partial.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n")
        partial.replace(folder / "config.json")
        return theirs or found
    except (OSError, SafetensorError):
        return found
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _publish(partial, folder, config, z_dim):
    """Give the file its name unless another process was first, whose directions are returned then."""
    try:
        os.link(partial, folder / FILE)
        partial.unlink()  # what is written under this name next must not go into that file
    except FileExistsError:
        theirs = stored(folder, config, z_dim)
        if theirs is None:  # a file that is not ours, or damaged
            partial.replace(folder / FILE)
        return theirs
