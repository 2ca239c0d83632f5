"""Above which energy, roughness and brightness of its border an image is unlike the training data of a classifier."""

from typing import Any

import torch

from genclass.files.images import lit_border, roughness
from genclass.models.classifier import Classifier, energy

FLAGGED = 0.05  # of images that were left out, at most
ROUGH = 0.005  # of them, by roughness alone
LIT = 0.02  # of them, by the brightness of their border, beside the others
FEW = 20  # images, of which the largest but one tells too little: their mean and deviation do instead


def limits(
    classifier: Classifier, held: torch.Tensor, pixels: torch.Tensor | None = None, flagged: float = FLAGGED
) -> dict[str, Any]:
    """``unfamiliar`` of config.json, so that at most a share of the held-out images is flagged.

    Args:
        held: uint8 [N, C, S, S] that the network never saw; one at least.
        pixels: uint8 [M, C, S, S], more of the same: of what pixels alone tell. None: those held out.
        flagged: the share.
    """
    pixels = held if pixels is None else pixels
    # Where energy tells too few of the strange, the ground does: clothes lie on black, and photos fill their border.
    is_dark = classifier.inverts and flagged == FLAGGED
    ground = {"ground": lit_border(pixels).quantile(1 - LIT).item()} if is_dark else {}
    return {
        "energy": _highest(energy(classifier.logits(held)), flagged - ROUGH),
        "roughness": roughness(pixels).quantile(1 - ROUGH).item(),
        **ground,
        "measured": f"at most {flagged:.0%} of {len(held)} held-out images lie above, by a network that never saw them",
    }


def _highest(values: torch.Tensor, share: float) -> float:
    """What at most a share lies above: of few values by their mean and deviation."""
    if len(values) >= FEW:
        return values.quantile(1 - share).item()
    return (values.mean() + 2 * values.std(correction=0)).item()
