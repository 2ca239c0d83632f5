"""Checkpoints: a folder with config.json and safetensors files. Save, verify, rebuild the network.

Nothing here unpickles. Loading checks the hashes, shapes and types (on the meta device, before memory is taken) and
that every value is finite.
"""

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from genclass import paths
from genclass.errors import GenClassError
from genclass.files import atomic, records
from genclass.files.preprocess import is_preprocess
from genclass.files.records import Fits, a_list, an_object, are_packed, is_count, is_number, is_object, is_text, or_none
from genclass.networks.cnn import CLASSIFIERS
from genclass.networks.gan import GANS
from genclass.networks.protocols import ClassifierNetwork, Network

FORMAT = 1
RENAMED = {"trunk": "backbone"}  # parts that files of earlier versions name otherwise
KINDS = ("classifier", "gan")
KNOWN = 1000  # classes of the network that is asked about photos
TYPES = {"F16": True, "F32": True, "I64": False}  # that are written, and whether they hold fractions
# What readers rely on in config.json.
CONFIG = {"kind": is_text, "architecture": an_object({"name": is_text}), "dataset": is_text, "classes": a_list(is_text),
          "sha256": an_object({"model.safetensors": is_text})}  # fmt: skip
# What was found of a limit, on photos that it was not chosen by.
OF_KINDS = an_object({"photos": is_count, "known_flagged": is_number, "others_sure": is_number})
OF_UNSURE = an_object({"photos": is_count, "unsure": is_number, "named_right": is_number, "unsure_right": is_number})
LIMITS = {"temperature": an_object({"value": is_number}),
    "unfamiliar": an_object({"energy": is_number, "roughness": is_number}, {"ground": is_number}),
    "unsure": an_object({"probability": is_number}, {"found": OF_UNSURE}),
    "kinds": an_object({"share": is_number}, {"weights": are_packed(KNOWN + 1), "found": OF_KINDS})}  # fmt: skip
TRAINING: dict[str, Fits] = {"recipe": is_object, "versions": is_object,
    "data": an_object({}, {"name": is_text, "images": is_count}), "steps": is_count, "seconds": or_none(is_number),
    "date": or_none(is_text)}  # fmt: skip
# What a model began as was trained before; the generator may be a blend of both, to this share the later one.
CONFIG_MORE = {**LIMITS, "metrics": is_object, "preprocess": is_preprocess, "image_size": is_count,
    "channels": is_count, "training": an_object({}, TRAINING | {"before": an_object({}, TRAINING),
    "share": is_number})}  # fmt: skip


def save(folder: Path, config: dict, networks: Mapping[str, Network], preview: bytes | None = None) -> None:
    """Write a checkpoint, whole or not at all.

    Args:
        config: what ``config.json`` holds, less ``format`` and ``sha256``, which are added.
        networks: ``{"model": module}``, for a GAN also ``"discriminator"``.
        preview: a PNG's bytes, if there is one.
    """
    with atomic.writing_folder(folder) as partial:
        hashes = {}
        for name, network in networks.items():
            path = partial / f"{name}.safetensors"
            save_file({key: _packed(value) for key, value in network.state_dict().items()}, path)
            hashes[path.name] = sha256(path)
        if preview is not None:
            (partial / "preview.png").write_bytes(preview)
        (partial / "config.json").write_text(json.dumps({"format": FORMAT, **config, "sha256": hashes}, indent=1))


def _packed(tensor: torch.Tensor) -> torch.Tensor:
    """Weights in half precision; vectors (biases, batch norm's statistics) and counters as they are, being small."""
    tensor = tensor.detach().cpu().contiguous()
    return tensor.half() if tensor.is_floating_point() and tensor.ndim > 1 else tensor


def sha256(path: Path) -> str:
    """Hex digest of a file; remembered as long as the file stays the same."""
    stat = path.stat()
    return _sha256(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@functools.lru_cache(maxsize=1024)
def _sha256(path: Path, *identity: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_config(folder: Path) -> dict:
    """``config.json`` of a checkpoint folder.

    Raises:
        GenClassError: ``broken_checkpoint`` if it is missing, not JSON, or not one of ours.
    """
    try:
        config = {"metrics": {}, **records.read(folder / "config.json", CONFIG, CONFIG_MORE)}
    except (OSError, ValueError) as error:
        raise GenClassError("broken_checkpoint", name=folder.name, what="config.json is not understood") from error
    if config.get("format") != FORMAT or config["kind"] not in KINDS:
        raise GenClassError("broken_checkpoint", name=folder.name, what="its format is unknown")
    return config


def verify(folder: Path, config: dict) -> None:
    """Check the weights files against their hashes.

    Raises:
        GenClassError: ``broken_checkpoint``.
    """
    for name, expected in config["sha256"].items():
        path = folder / Path(name).name
        if _digest(path) != expected:
            raise GenClassError("broken_checkpoint", name=config.get("name", folder.name), what=f"{name} has changed")


def _digest(path: Path) -> str | None:
    """``sha256`` of a file; None if it can't be read."""
    try:
        return sha256(path)
    except OSError:
        return None


def build(config: dict, part: str = "model") -> Network:
    """The network a config describes, with fresh weights.

    Raises:
        GenClassError: ``broken_checkpoint`` for an unknown architecture or arguments it does not take.
    """
    architecture = dict(config["architecture"])
    name = architecture.pop("name")
    arguments = architecture.pop("discriminator", {}) if part == "discriminator" else architecture
    arguments.pop("discriminator", None)
    arguments = {renamed(key): value for key, value in arguments.items()}
    shape = {"classes": len(config["classes"]), "channels": config["channels"], "image_size": config["image_size"]}
    try:
        if "backbone" in arguments:
            arguments = {**arguments, "backbone": _backbone(arguments["backbone"], config)}
        return _network_class(config["kind"], part, name)(**shape, **arguments)
    except (KeyError, TypeError, ValueError) as error:
        raise GenClassError("broken_checkpoint", name=config["name"], what="its architecture is unknown") from error


def _network_class(kind: str, part: str, name: str) -> type[Network]:
    """Raises:
    KeyError: for an unknown architecture, or a part that it does not have.
    """
    if kind == "classifier":
        return {"model": CLASSIFIERS[name]}[part]
    return {"model": GANS[name].generator, "discriminator": GANS[name].discriminator}[part]


def _backbone(backbone: dict, config: dict) -> ClassifierNetwork:
    """The classifier inside a discriminator: with fresh weights from ``{"name", "classes", ...}``, a shipped one with
    its own from ``{"shipped", "sha256"}``.
    """
    if "shipped" in backbone:
        return _shipped(**backbone)
    arguments = {key: value for key, value in backbone.items() if key != "name"}
    return CLASSIFIERS[backbone["name"]](channels=config["channels"], image_size=config["image_size"], **arguments)


def _shipped(shipped: str, sha256: str) -> ClassifierNetwork:
    """Raises:
    ValueError: if no shipped classifier has this name and these weights.
    """
    folder = paths.SHIPPED / Path(shipped).name
    config = read_config(folder)
    if config["kind"] != "classifier" or config["sha256"]["model.safetensors"] != sha256:
        raise ValueError(f"{shipped} has other weights")
    only_shapes = torch.get_default_device().type == "meta"
    network = cast(ClassifierNetwork, build(config).eval() if only_shapes else load_network(folder)[0])
    network.fold()
    return network


def renamed(key: str) -> str:
    """The name of today for a weight or an argument that an earlier version wrote."""
    return re.sub(r"\w+", lambda part: RENAMED.get(part[0], part[0]), key)


def load_network(folder: Path, part: str = "model") -> tuple[Network, dict]:
    """Rebuild a network from a checkpoint folder.

    Args:
        folder: a path that holds ``config.json``.
        part: ``model``, for a GAN also ``discriminator``.

    Returns:
        (network in eval mode with float32 weights, config).

    Raises:
        GenClassError: ``broken_checkpoint``.
    """
    config = read_config(folder)
    verify(folder, config)
    path = folder / f"{part}.safetensors"
    with torch.device("meta"):
        state = build(config, part).state_dict()
    if _kinds(path, config) != {key: (value.shape, value.is_floating_point()) for key, value in state.items()}:
        raise GenClassError("broken_checkpoint", name=config["name"], what="its weights do not fit its architecture")
    weights = {renamed(key): value for key, value in load_file(path).items()}
    if not all(value.isfinite().all() for value in weights.values()):
        raise GenClassError("broken_checkpoint", name=config["name"], what="some weights are not finite")
    network = build(config, part)
    network.load_state_dict(weights)
    return network.eval(), config


def _kinds(path: Path, config: dict) -> dict[str, tuple[torch.Size, bool | None]]:
    """(shape, whether it holds fractions; None for a type that is not written here) of each tensor in a file."""
    try:
        with safe_open(path, framework="pt") as file:
            slices = {renamed(key): file.get_slice(key) for key in file.keys()}
            return {key: (torch.Size(part.get_shape()), TYPES.get(part.get_dtype())) for key, part in slices.items()}
    except (OSError, SafetensorError) as error:
        raise GenClassError("broken_checkpoint", name=config["name"], what="its weights can't be read") from error
