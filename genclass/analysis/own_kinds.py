"""How a classifier of one's own kinds learns to say that a photo shows none of them.

What was trained on cups and pens alone finds one of them in every photo. The network that knows 1,000 kinds sees the
photos that were learnt from, too, and here is what it makes of photos of other things: a plane is laid between the two,
and a limit beside it, by photos that were left out.
"""

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from genclass.data.batches import evenly
from genclass.errors import GenClassError
from genclass.files.images import resized
from genclass.files.records import packed
from genclass.models import known_kinds, store
from genclass.models.classifier import Classifier

FILE = "others.safetensors"  # in the folder of the large network: "scores" of photos of many kinds, float16 [M, 1000]
FLAGGED, PASSING = 0.05, 0.01  # of one's own photos below the limit, of others above it, if either alone decided
LENIENT = 0.15  # of the way from the first to the second: one's own photos are few, and new ones lie further down
FEWEST, MOST = 8, 100  # photos of one's own
PENALTY = 2.0  # for each photo, on scores about 1 long


def others(folder: Path) -> torch.Tensor | None:
    """float32 [M, 1000]: ``known_kinds.scores`` of photos of many kinds of things, or None where there are none.

    Args:
        folder: the large network's.
    """
    path = folder / FILE
    return load_file(path)["scores"].float() if path.exists() else None


def seen(images: torch.Tensor) -> torch.Tensor | None:
    """float32 [M, 1000]: ``known_kinds.scores`` of some of these photos, uint8 [N, C, S, S]; None for smaller pictures,
    and where the large network is not there."""
    if images.shape[-1] < known_kinds.LEAST:
        return None
    try:
        large = Classifier.load(store.find_named(store.KNOWS_MOST))
    except GenClassError:
        return None
    some = resized(images[evenly(len(images), MOST)], large.image_size).expand(-1, large.channels, -1, -1)
    return known_kinds.scores(large.predict_prepared(some))


def limit(own: torch.Tensor, strange: torch.Tensor) -> dict[str, Any]:
    """What config.json says under ``kinds``: the weights of ``known_kinds.share``, and the share below which a photo
    shows none of the kinds.

    Args:
        own, strange: float32 [N, 1000] and [M, 1000], ``known_kinds.scores`` of photos of one's own and of others.
    """
    weights, left_out = divided(own, strange)
    known, unknown = left_out.split([len(own), len(strange)])
    share = _between(known.quantile(FLAGGED), unknown.quantile(1 - PASSING)).clamp(0, 1).item()
    shares = [(part < share).float().mean().item() for part in (known, unknown)]
    how = (
        f"{shares[0]:.1%} of {len(own)} photos of its own lie below, and {shares[1]:.1%} of {len(strange)} of other "
        "things, each left out in turn"
    )
    return {"share": share, "weights": packed(weights.numpy()), "measured": how}


def _between(high: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
    """A limit below ``high``, where ``low`` is."""
    return torch.lerp(high, torch.minimum(high, low), LENIENT)


def divided(own: torch.Tensor, strange: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Ridge regression from scores to 1 for one's own photos and 0 for others, each side with as much weight.

    Returns:
        (float32 [1001], the weights and the bias; float32 [N + M], what a fit without it says of each photo, which has
        a closed form: Hastie, Tibshirani & Friedman, "The Elements of Statistical Learning", 7.10).
    """
    scores = torch.cat([own, strange]).double()
    targets = torch.cat([torch.ones(len(own)), torch.zeros(len(strange))]).double()
    roots = torch.cat([torch.full((len(part),), len(part) ** -0.5) for part in (own, strange)]).double()
    mean, spread = scores.mean(0), scores.std(0)
    spread = spread.clamp(min=spread.mean() / 4) * scores.shape[1] ** 0.5
    weighed = F.pad((scores - mean) / spread, (0, 1), value=1.0) * roots[:, None]
    inverse = torch.linalg.inv(weighed @ weighed.T + PENALTY * torch.eye(len(scores)) / len(scores))
    dual = inverse @ (targets * roots)
    plane = weighed.T @ dual
    weights = plane[:-1] / spread
    bias = plane[-1] - mean @ weights
    return torch.cat([weights, bias[None]]).float(), (targets - dual / inverse.diagonal() / roots).float()
