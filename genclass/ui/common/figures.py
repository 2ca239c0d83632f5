"""Pictures with words under them, as HTML: small images shown crisply, bars of probabilities, heat over a picture."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from genclass.data.reading.names import shortened
from genclass.files import images
from genclass.ui.common import html
from genclass.ui.common.text import class_name

CRISP = 96  # pixels of a side: smaller pictures are shown pixel by pixel


def source(pixels: np.ndarray) -> str:
    """A data URL of uint8 [H, W, C], C = 1, 3 or 4."""
    return html.data_url(images.png_bytes(pixels))


def figure(pixels: np.ndarray, caption: str, below: str = "") -> str:
    """One picture, uint8 [H, W, C], shown pixel by pixel, with a caption; ``below`` is HTML of ours."""
    return _figure(f'class="gc-crisp" src="{source(pixels)}"', caption, below)


def photo(pixels: np.ndarray, caption: str, below: str = "") -> str:
    """A ``figure`` of a picture that is shown as photos are unless it is small, C = 1 or 3."""
    return _figure(_shown(pixels), caption, below)


def _figure(image: str, caption: str, below: str) -> str:
    return (
        f'<figure class="gc-figure"><img {image} alt="{escape(caption)}">'
        f"<figcaption>{escape(caption)}</figcaption>{below}</figure>"
    )


def _shown(pixels: np.ndarray) -> str:
    """Attributes of an image: a PNG of a photo is ten times as large as a JPEG, which an answer waits for."""
    if len(pixels) <= CRISP:
        return f'class="gc-crisp" src="{source(pixels)}"'
    return f'src="{html.data_url(images.jpeg_bytes(pixels), "image/jpeg")}"'


def row(*parts: str, between: Sequence[str] = ()) -> str:
    """Figures side by side, with signs between them."""
    signs = [f'<b class="gc-sign">{escape(sign)}</b>' for sign in between] + [""] * len(parts)
    return f'<div class="gc-figures">{"".join(part + sign for part, sign in zip(parts, signs))}</div>'


def bars(entries: Iterable[dict[str, Any]]) -> str:
    """Probabilities as bars: dicts with ``class`` and ``probability``."""
    return f'<div class="gc-bars">{"".join(map(_bar, entries))}</div>'


def _bar(entry: dict[str, Any]) -> str:
    share = f"{entry['probability']:.1%}"
    return (
        f'<div><span>{escape(shortened(class_name(entry["class"]), 40))}</span><span>{share}</span>'
        f'<i style="width:{share}"></i></div>'
    )  # fmt: skip


def heated(picture: np.ndarray, heat: np.ndarray, caption: str) -> str:
    """A picture under a heat map, whose strength the style variable ``--heat`` sets in the browser.

    Args:
        picture: uint8 [H, W, 3].
        heat: uint8 [S, S, 4].
    """
    return (
        f'<figure class="gc-figure gc-large"><div class="gc-heat"><img {_shown(picture)} '
        f'alt="{escape(caption)}"><img src="{source(heat)}" alt=""></div>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
