"""The few directions of a latent space along which a generator's images change most, kept with its checkpoint.

In the manner of GANSpace (Härkönen et al., 2020), which regresses z on the principal components of a layer's features;
here the features are the image itself. For a normal z the regression of the image on z is the generator's mean Jacobian
(Stein's lemma), and its leading right singular vectors are the unit steps in z with the largest effect that is the same
everywhere. That sameness is what gives a direction a meaning.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from genclass.errors import GenClassError, printable
from genclass.files import atomic
from genclass.files.records import is_number, is_text
from genclass.models import checkpoint
from genclass.models.effects import effects
from genclass.models.judge import fitting_judge
from genclass.networks.protocols import Generator

COUNT = 8
MOST = 32  # directions that a file may hold
ID = re.compile(r"d[1-9][0-9]?|[a-z][a-z-]{1,23}")
LONGEST_NAME = 40
PAIRS = 1024
CHUNK = 64
FILE = "directions.safetensors"
Directions = dict[str, torch.Tensor]  # float32 [z_dim] each, by id


@dataclass(frozen=True)
class Said:
    """What is said of directions.

    Attributes:
        metadata: of their file: JSON by id under ``names``, ``measured``, ``like`` and ``lacking``; anyone may have
            written it.
    """

    metadata: Mapping[str, str]

    @property
    def names(self) -> dict[str, dict[str, str]]:
        """``{id: {language: name}}`` of those that have a name; what is none is left out."""
        found = {id: _words(by_language) for id, by_language in self._by_id("names").items() if ID.fullmatch(id)}
        return {id: by_language for id, by_language in found.items() if by_language}

    @property
    def measured(self) -> dict[str, dict[str, float]]:
        """``{id: {"hit": …, "side": …}}``, shares of images, of those of which that was measured."""
        told = self._by_id("measured")
        return {
            id: shares
            for id, shares in told.items()
            if isinstance(shares, dict) and all(map(is_number, shares.values()))
        }

    @property
    def likes(self) -> dict[str, str]:
        """``{id: class}`` of those that are named after a class."""
        return {id: name for id, name in self._by_id("like").items() if isinstance(name, str) and name}

    @property
    def lacking(self) -> dict[str, list[str]]:
        """``{id: classes}`` in which there is nothing of what a direction changes."""
        told = self._by_id("lacking")
        return {id: list(filter(is_text, names)) for id, names in told.items() if isinstance(names, list)}

    def _by_id(self, key: str) -> dict[str, Any]:
        try:
            told = json.loads(self.metadata.get(key, "{}"))
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}


def of(network: Generator, config: dict, folder: Path | None = None) -> tuple[Directions, Said]:
    """A generator's directions, ``{"d1": float32 [z_dim], "d2": …}``, the strongest first, and what is said of them.

    Unit vectors, read from the checkpoint folder where they are there; else computed, and kept there if it can be
    written. To those that an earlier version kept without names these are found each time.
    """
    found, said = (None, Said({})) if folder is None else (stored(folder, config, network.z_dim), said_in(folder))
    if found is None:
        found = {f"d{index + 1}": axis.clone() for index, axis in enumerate(principal(network))}
        said = Said(described(network, config, found))
        found = found if folder is None else _keep(folder, config, found, said)
    return found, said if "names" in said.metadata else Said(described(network, config, found))


def described(network: Generator, config: dict, found: Directions) -> dict[str, str]:
    """What is said of directions in their file's metadata: ``names``, ``measured`` and ``like``, each JSON by id."""
    said = effects(network, found, fitting_judge(config, config["classes"] if network.classes else []))
    told = {
        "names": {id: effect.names for id, effect in said.items()},
        "measured": {id: {"hit": effect.hit, "side": effect.side} for id, effect in said.items()},
        "like": {id: effect.like for id, effect in said.items() if effect.like},
    }
    return {key: json.dumps(by_id, ensure_ascii=False) for key, by_id in told.items()}


def _words(by_language: object) -> dict[str, str]:
    told = by_language if isinstance(by_language, dict) else {}
    return {
        language: printable(name, LONGEST_NAME) for language, name in told.items() if isinstance(name, str) and name
    }


def said_in(folder: Path) -> Said:
    """What a folder's file says; nothing where there is none, or it is not ours."""
    try:
        with safe_open(folder / FILE, framework="pt") as file:
            return Said(file.metadata() or {})
    except (OSError, SafetensorError):
        return Said({})


def _order(id: str) -> tuple[bool, int, str]:
    """Those with an id of their own first, in their order; then by number."""
    numbered = re.fullmatch(r"d(\d+)", id)
    return (True, int(numbered[1]), "") if numbered else (False, 0, id)


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
            ids = sorted(file.keys(), key=_order)
            if len(ids) > MOST or not all(ID.fullmatch(id) and file.get_slice(id).get_shape() == [z_dim] for id in ids):
                return None
            found = {id: file.get_tensor(id) for id in ids}
            model = (file.metadata() or {}).get("model")
    except (OSError, SafetensorError, ValueError):  # none yet, or not ours
        return None
    fit = all(vector.dtype == torch.float32 and vector.isfinite().all() for vector in found.values())
    return found if found and fit and model == config["sha256"]["model.safetensors"] else None


def _keep(folder: Path, config: dict, found: Directions, said: Said) -> Directions:
    """Write the directions, then their hash into ``config.json``, each whole; returns those that are there in the end.

    Of two processes that do it at once the first wins, so that file and hash always fit. In a folder that can't be
    written, or that a training run has just replaced, nothing is kept: they are computed again next time.
    """
    try:
        kept = _write(folder, config, found, said)
        written = checkpoint.read_config(folder)
        written["sha256"][FILE] = checkpoint.sha256(folder / FILE)
        atomic.write_text(folder / "config.json", json.dumps(written, indent=1, ensure_ascii=False) + "\n")
        return kept
    except (OSError, SafetensorError, GenClassError):
        return found


def _ordered(content: bytes) -> bytes:
    """A safetensors file with its metadata sorted: safetensors has them in an order of chance, and then the same
    directions would have another hash each time."""
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    told = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    told += b" " * (-len(told) % 8)
    return len(told).to_bytes(8, "little") + told + content[end:]


def _write(folder: Path, config: dict, found: Directions, said: Said, new: bool = True) -> Directions:
    """Write the file unless another process was first; returns the directions that are in it."""
    try:
        with atomic.writing(folder / FILE, new) as partial:
            metadata = {**said.metadata, "model": config["sha256"]["model.safetensors"]}
            partial.write_bytes(_ordered(save(found, metadata)))
        return found
    except FileExistsError:
        theirs = stored(folder, config, len(found["d1"]))
        return theirs or _write(folder, config, found, said, new=False)  # what is there is not ours, or damaged
