"""Pretrained classifiers of the library timm, fetched from where it publishes them.

``$GENCLASS_RUNS/.fetched/<name>`` is a checkpoint folder like any other.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_file
from torch import nn

from genclass import paths
from genclass.errors import GenClassError
from genclass.models import checkpoint, store
from genclass.models.classifier import Classifier
from genclass.networks.timm_backbone import NAME, TimmBackbone

PREFIX = "timm/"
FAULTS = (OSError, RuntimeError, ValueError, EOFError)  # of timm and of what it downloads with
DOWNLOADERS = ("httpx", "requests", "huggingface_hub", "safetensors")  # which have errors of their own


@dataclass(frozen=True)
class Offer:
    """What would be fetched.

    Attributes:
        name: timm's, with the tag of the weights if it was asked for.
        model: what the model will be called here.
        megabytes: of the weights, as they are downloaded.
        licence: of the weights, as timm tells it.
        config: of the checkpoint.
    """

    name: str
    model: str
    megabytes: int
    licence: str
    config: dict[str, Any]


def offered(name: str) -> Offer:
    """What ``timm/NAME`` is. Nothing is downloaded.

    Raises:
        GenClassError: ``unknown_timm``, ``timm_not_imagenet`` for other classes than ImageNet's 1,000, ``timm_unfit``
            for a network that can't be explained here, or ``name_taken``.
    """
    plain = name.removeprefix(PREFIX)
    published = _published(plain) if name.startswith(PREFIX) else None
    if published is None:
        raise GenClassError("unknown_timm", name=name[:60])
    model = store.check_name("timm-" + re.sub("[^a-z0-9]+", "-", plain.lower())[:35].strip("-"))
    classes = checkpoint.read_config(paths.SHIPPED / store.KNOWS_MOST)["classes"]
    if published.num_classes != len(classes) or published.input_size[0] != 3:
        raise GenClassError("timm_not_imagenet", name=plain, count=published.num_classes)
    config = _config(plain, model, classes, published)
    return Offer(plain, model, _megabytes(config), published.license or "?", config)


def _published(name: str) -> Any:
    """timm's record of pretrained weights, or None where there are none."""
    import timm

    architecture = name.partition(".")[0]
    if not NAME.match(architecture) or not timm.is_model(architecture):
        return None
    try:
        record = timm.models.get_pretrained_cfg(name)
    except RuntimeError:  # there are no weights with this tag
        return None
    return record if record is not None and (record.hf_hub_id or record.url) else None


def _config(name: str, model: str, classes: list[str], published: Any) -> dict[str, Any]:
    origin = {"source": f"timm/{name} ({published.origin_url or published.hf_hub_id})", "licence": published.license}
    return {
        "name": model,
        "kind": "classifier",
        "dataset": "imagenet",
        "classes": classes,
        "image_size": published.input_size[-1],
        "channels": 3,
        "architecture": {"name": "timm", "model": name.partition(".")[0]},
        "normalisation": {"mean": list(published.mean), "std": list(published.std)},
        "preprocess": {"crop_share": published.crop_pct, "interpolation": published.interpolation, "antialias": True},
        "training": {"data": {"name": "imagenet"}, "origin": origin},
    }


def _megabytes(config: dict[str, Any]) -> int:
    """Of a network's weights in float32, laid out without memory for them.

    Raises:
        GenClassError: ``timm_unfit``.
    """
    try:
        with torch.device("meta"):
            network = cast(nn.Module, checkpoint.build(config))
            _check_parts(cast(TimmBackbone, network).eval(), config)
    except (*FAULTS, GenClassError, TypeError, AttributeError) as error:
        raise GenClassError("timm_unfit", name=config["architecture"]["model"]) from error
    return round(sum(value.numel() for value in network.state_dict().values()) * 4 / 1e6) or 1


def _check_parts(network: TimmBackbone, config: dict[str, Any]) -> None:
    """Raises:
    ValueError: where its stages give no maps, or its head does not see one vector of an image.
    """
    x = torch.zeros(1, 3, config["image_size"], config["image_size"])
    if not network.stages or any(maps.ndim != 4 for maps in network.maps(x)) or network.features(x).ndim != 2:
        raise ValueError("no maps")


def fetch(offer: Offer, weights: Path | None = None) -> Path:
    """Download what is offered; returns its checkpoint's folder, written whole or not at all.

    Args:
        weights: a safetensors file with the weights, as timm publishes it, instead of a download.

    Raises:
        GenClassError: ``fetch_failed``, ``bad_weights``, or ``cannot_write``.
    """
    network = cast(TimmBackbone, checkpoint.build(offer.config))
    try:
        network.network.load_state_dict(load_file(weights) if weights else download(offer.name).state_dict())
    except Exception as error:
        if not isinstance(error, FAULTS) and type(error).__module__.partition(".")[0] not in DOWNLOADERS:
            raise
        if weights is not None:
            raise GenClassError("bad_weights", path=str(weights), name=offer.name) from error
        raise GenClassError("fetch_failed", name=offer.name) from error
    folder = paths.fetched_dir() / offer.model
    checkpoint.save(folder, offer.config, {"model": network})
    Classifier.load(folder)
    return folder


def download(name: str) -> nn.Module:
    """A network of timm with its pretrained weights. They go to the cache of the Hugging Face library."""
    import timm

    return timm.create_model(name, pretrained=True)
