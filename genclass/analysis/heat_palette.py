"""The colours of a heat map: another palette is another ``STOPS``."""

import numpy as np
import torch
import torch.nn.functional as F

STOPS = ((70.0, 10, 110), (205, 40, 70), (250, 140, 20), (255, 240, 90))  # RGB, coldest first
STRENGTH = 0.6  # of the colours over a picture, where nobody moves a slider


def colours(heat_map: torch.Tensor) -> np.ndarray:
    """float32 numpy [..., 3], 0 to 255, of values 0 to 1."""
    stops = torch.tensor(STOPS)
    place = heat_map.clamp(0, 1) * (len(stops) - 1)
    low = place.long().clamp(max=len(stops) - 2)
    return torch.lerp(stops[low], stops[low + 1], (place - low)[..., None]).numpy()


def layer(heat_map: torch.Tensor) -> np.ndarray:
    """A heat map as a picture to lay over another, the more opaque the hotter.

    Args:
        heat_map: float [S, S], 0 to 1.

    Returns:
        uint8 [S, S, 4].
    """
    opacity = heat_map.sqrt().mul(255).round()[..., None].numpy()
    return np.concatenate([colours(heat_map).round(), opacity], -1).astype(np.uint8)


def overlay(pixels: np.ndarray, heat_map: torch.Tensor, strength: float = STRENGTH) -> np.ndarray:
    """A heat map over a picture of any size.

    Args:
        pixels: uint8 [H, W, 3].
        heat_map: float [S, S], 0 to 1.
        strength: 0 (the picture alone) to 1.

    Returns:
        uint8 [H, W, 3].
    """
    large = F.interpolate(heat_map[None, None].float(), pixels.shape[:2], mode="bilinear")[0, 0]
    share = (large.sqrt() * strength)[..., None].numpy()  # the root lets weaker parts show
    return (pixels * (1 - share) + colours(large) * share).round().astype(np.uint8)
