"""What a convolution, a pooling and a dense layer compute, as HTML: maps, windows on them, kernels, sums in numbers."""

from collections.abc import Sequence
from html import escape

import numpy as np
import torch

from genclass.analysis import layer_steps
from genclass.analysis.layer_steps import KERNEL, Dense, Layer, Step
from genclass.ui.common import figures, html
from genclass.ui.common.text import class_name, say

PLUS, MINUS = (13, 148, 136), (234, 120, 8)
TOP = 5


def signed(values: torch.Tensor) -> np.ndarray:
    """uint8 [h, w, 4] of a tensor [h, w]: green above zero, orange below, the stronger the larger."""
    numbers = values.numpy()
    share = np.abs(numbers) / max(np.abs(numbers).max(), 1e-9)
    colours = np.where(numbers[..., None] >= 0, PLUS, MINUS)
    return np.concatenate([colours, np.round(share * 255)[..., None]], -1).astype(np.uint8)


def map_with_window(values: torch.Tensor, caption: str, name: str, row: int, column: int, size: int) -> str:
    """A map [h, w] with a window of ``size`` at (row, column); ``network_steps.js`` lets it be dragged."""
    rows, columns = values.shape
    style = f"--rows:{rows};--columns:{columns};--x:{column};--y:{row};--size:{size}"
    return (
        f'<figure class="gc-map"><div class="gc-map-box" data-name="{name}" data-rows="{rows}" '
        f'data-columns="{columns}" style="{style}"><img src="{figures.source(signed(values))}" alt="{escape(caption)}" '
        'draggable="false">'
        f"<i></i></div><figcaption>{escape(caption)}</figcaption></figure>"
    )


def nine_numbers(values: torch.Tensor, caption: str) -> str:
    """A [3, 3] as nine coloured cells with their numbers."""
    most = max(values.abs().max().item(), 1e-9)
    cells = "".join(_cell(value, most) for value in values.flatten().tolist())
    return (
        f'<figure class="gc-nine"><div>{cells}</div><figcaption>{escape(caption)}</figcaption></figure>'
    )  # fmt: skip


def _cell(value: float, most: float) -> str:
    kind = "plus" if value >= 0 else "minus"
    return f'<span class="gc-{kind}" style="--share:{abs(value) / most:.2f}">{value:.2f}</span>'


def convolution(layer: Layer, index: int, channel: int, row: int, column: int) -> str:
    """A position of one map: the whole way from the input to the pooled map, then the sum in numbers."""
    sums, pooled = layer.sums[index], layer.pooled[index]
    inner = min(row // 2, pooled.shape[0] - 1), min(column // 2, pooled.shape[1] - 1)
    maps = [
        map_with_window(layer.inputs[channel], say("cnn_input", channel=channel + 1), "input", row, column, KERNEL),
        nine_numbers(layer.weight[index, channel], say("cnn_kernel", index=index + 1, channel=channel + 1)),
        map_with_window(sums, say("cnn_sums", index=index + 1, side=sums.shape[0]), "sums", row, column, 1),
        map_with_window(layer.rectified[index], say("cnn_rectified"), "sums", 2 * inner[0], 2 * inner[1], 2),
        map_with_window(pooled, say("cnn_pooled", side=pooled.shape[0]), "pooled", *inner, 1),
    ]
    told = _sum(layer, index, channel, row, column) + _pool(layer, index, inner)
    return f'<div class="gc-maps">{"".join(maps)}</div>{told}'


def _sum(layer: Layer, index: int, channel: int, row: int, column: int) -> str:
    parts = layer_steps.products(layer, index, row, column)
    here = parts[channel].sum().item()
    others, bias = parts.sum().item() - here, layer.bias[index].item()
    total = layer.sums[index, row, column].item()
    nine = "".join((
        nine_numbers(layer_steps.patch(layer, row, column)[channel], say("cnn_patch", row=row + 1, column=column + 1)),
        '<b class="gc-op">×</b>',
        nine_numbers(layer.weight[index, channel], say("cnn_weights")),
        '<b class="gc-op">=</b>',
        nine_numbers(parts[channel], say("cnn_products")),
    ))  # fmt: skip
    values = {"here": here, "others": others, "bias": bias, "total": total, "rectified": max(total, 0.0)}
    words = say("cnn_sum", count=len(parts) - 1, **{key: f"{value:.3f}" for key, value in values.items()})
    return f'<div class="gc-spelled">{nine}</div><p class="gc-total">{escape(words)}</p>'


def _pool(layer: Layer, index: int, inner: tuple[int, int]) -> str:
    row, column = (2 * value for value in inner)
    four = layer.rectified[index, row : row + 2, column : column + 2].flatten().tolist()
    listed = say("comma").join(f"{value:.3f}" for value in four)
    words = say("cnn_pool", four=listed, largest=f"{layer.pooled[index][inner].item():.3f}")
    return f'<p class="gc-total">{escape(words)}</p>'


def class_scores(dense: Dense, classes: Sequence[str], index: int) -> str:
    """All class scores as bars of probability, and what makes the score of one of them."""
    shares = dense.scores.softmax(0)
    order = shares.argsort(descending=True)[:TOP].tolist()
    bars = figures.bars([
        {"class": f"{class_name(classes[i])}  ({dense.scores[i]:.2f})", "probability": shares[i].item()} for i in order
    ])  # fmt: skip
    parts = dense.products(index)
    best = parts.abs().argsort(descending=True)[:TOP].tolist()
    lines = [
        [str(i + 1), f"{dense.features[i]:.3f}", f"{dense.weight[index, i]:.3f}", f"{parts[i]:+.3f}"] for i in best
    ]
    rest = parts.sum().item() - parts[best].sum().item()
    lines += [
        [say("dense_rest", count=len(parts) - TOP), "", "", f"{rest:+.3f}"],
        [say("dense_bias"), "", "", f"{dense.bias[index]:+.3f}"],
        [say("dense_score", name=class_name(classes[index])), "", "", f"{dense.scores[index]:.3f}"],
    ]
    heads = [say(f"dense_{name}") for name in ("feature", "value", "weight", "product")]
    return f'<div class="gc-dense"><div>{bars}</div><div>{html.table(heads, lines)}</div></div>'


def descent_step(step: Step, layer: Layer, index: int, channel: int, rate: float, name: str) -> str:
    """What one step of gradient descent does to one kernel, and to the answer."""
    kernel, gradient = layer.weight[index, channel], step.kernels[index, channel]
    parts = (
        map_with_window(layer.inputs[channel], say("taught_input"), "none", 0, 0, 0),
        '<b class="gc-op">⋆</b>',
        map_with_window(step.gradient[index], say("taught_output"), "none", 0, 0, 0),
        '<b class="gc-op">=</b>',
        nine_numbers(gradient, say("taught_gradient")),
        '<b class="gc-op">→</b>',
        nine_numbers(kernel - rate * gradient, say("taught_after", rate=f"{rate:g}")),
    )
    (loss, lower), (share, higher) = step.losses, step.probabilities
    words = say("taught", name=name, loss=f"{loss:.3f}", lower=f"{lower:.3f}", share=f"{share:.1%}",
                higher=f"{higher:.1%}")  # fmt: skip
    return f'<div class="gc-spelled gc-taught">{"".join(parts)}</div><p class="gc-total">{escape(words)}</p>'
