"""What a caller has of pictures, as pictures: paths, PIL images, arrays, tensors, one or many."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from genclass.errors import GenClassError
from genclass.files import decode, deep, walk
from genclass.files.budget import Budget

Picture = Path | str | bytes | Image.Image | np.ndarray | torch.Tensor
Pictures = Picture | Sequence[Picture]
log = logging.getLogger("genclass.models")
CHANNELS = (1, 3, 4)
SLACK = 1e-3  # of floats that are to lie between 0 and 1: what resampling and rounding leave


def each(given: Pictures) -> Iterator[Image.Image]:
    """Upright pictures, one after another, so that of many files one is decoded at a time. What there is to know of a
    file, such as that it is cut short, is logged.

    Args:
        given: a path or a file's bytes; a PIL image; an array or a tensor as for ``stacked``; or a list of these.

    Raises:
        GenClassError: ``not_pictures``, ``missing_file``, or what ``decode.decode`` raises.
    """
    for picture in given if isinstance(given, (list, tuple)) else (given,):
        if isinstance(picture, Image.Image):
            found = decode.read(picture)
            yield _logged("PIL image", found.image, found.notes)
        elif isinstance(picture, (str, bytes, Path)):
            yield _logged("bytes" if isinstance(picture, bytes) else picture, *read_noted(picture))
        else:
            yield from map(to_pil, stacked(picture))


def _logged(name: str | Path, image: Image.Image, notes: tuple[GenClassError, ...]) -> Image.Image:
    for note in notes:
        log.warning("%s: %s", name, note)
    return image


def read(source: Path | str | bytes, budget: Budget | None = None) -> Image.Image:
    """The upright picture of a path or a file's bytes; arguments and errors as for ``read_noted``."""
    return read_noted(source, budget)[0]


def read_noted(
    source: Path | str | bytes, budget: Budget | None = None
) -> tuple[Image.Image, tuple[GenClassError, ...]]:
    """(The upright picture of a path or a file's bytes, what there is to know of it).

    Args:
        budget: as for ``decode.read``.

    Raises:
        GenClassError: ``missing_file``, ``cannot_open``, ``empty_folder`` or ``many_pictures`` for a folder, or what
            ``decode.read`` raises.
    """
    found = decode.read(source if isinstance(source, bytes) else _bytes(Path(source)), budget=budget)
    return found.image, found.notes


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except PermissionError as error:
        raise GenClassError("cannot_open") from error
    except IsADirectoryError as error:
        raise GenClassError("many_pictures" if walk.pictures(path) else "empty_folder") from error
    except (OSError, ValueError) as error:  # a path with a zero byte is a ValueError
        raise GenClassError("missing_file", path=str(path)) from error


def stacked(given: np.ndarray | torch.Tensor) -> np.ndarray:
    """An array or a tensor of one picture or more, as uint8 [N, H, W, C]; C is 1, 3 or 4.

    Args:
        given: [H, W], [H, W, C], [C, H, W], or a batch [N, H, W, C] or [N, C, H, W]. Where both orders fit, an array's
            channels are the last axis, a tensor's the first. uint8; uint16, scaled as files of 16 bits are; or floats
            from 0 to 1.

    Raises:
        GenClassError: ``not_pictures`` or ``not_finite``.
    """
    if not isinstance(given, (np.ndarray, torch.Tensor)):
        raise GenClassError("not_pictures", given=type(given).__name__)
    values = (
        given.astype(given.dtype.newbyteorder("="), copy=False) if isinstance(given, np.ndarray) else _as_array(given)
    )
    rows = _rows(values, channels_first=isinstance(given, torch.Tensor))
    if rows is None or 0 in rows.shape[1:] or not (rows.dtype in (np.uint8, np.uint16) or rows.dtype.kind == "f"):
        raise GenClassError("not_pictures", given=_told(values))
    if values.dtype == np.uint16:
        return np.array([_from_sixteen_bits(row) for row in rows], np.uint8).reshape(rows.shape)
    return rows if values.dtype == np.uint8 else _from_floats(rows)


def _as_array(tensor: torch.Tensor) -> np.ndarray:
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.is_floating_point() else tensor).numpy()


def _rows(values: np.ndarray, channels_first: bool) -> np.ndarray | None:
    """[N, H, W, C] of values in any order that can be told apart; None if there is no axis of channels."""
    if values.ndim == 2:
        return values[None, :, :, None]
    values = values[None] if values.ndim == 3 else values
    if values.ndim != 4:
        return None
    last, first = values.shape[3] in CHANNELS, values.shape[1] in CHANNELS
    if first and (channels_first or not last):
        return values.transpose(0, 2, 3, 1)
    return values if last else None


def _from_sixteen_bits(row: np.ndarray) -> np.ndarray:
    """uint8 of uint16 [H, W, C], scaled together."""
    samples = deep.Samples(row)
    return np.rint(deep.light(samples, deep.levels([samples]))).astype(np.uint8)


def _from_floats(rows: np.ndarray) -> np.ndarray:
    if not np.isfinite(rows).all():
        raise GenClassError("not_finite")
    if rows.size and not (rows.min() >= -SLACK and rows.max() <= 1 + SLACK):
        raise GenClassError("not_pictures", given=f"{rows.dtype} from {rows.min():.3g} to {rows.max():.3g}")
    return np.rint(rows.clip(0, 1) * np.float32(255)).astype(np.uint8)


def _told(values: np.ndarray) -> str:
    return f"{values.dtype} of {' × '.join(map(str, values.shape)) or 'no shape'}"


def to_pil(row: np.ndarray) -> Image.Image:
    """A uint8 row [H, W, C] as a picture, transparency on white."""
    return decode.to_rgb(Image.fromarray(np.ascontiguousarray(row[:, :, 0] if row.shape[2] == 1 else row)))
