"""ICC profiles, made from what other files say of their colours in a few numbers."""

import struct
from typing import Any

import numpy as np

GAMMA_NEAR = 0.05  # a PNG's gamma that is so near to 1 / 2.2 means sRGB, as libpng has it
Point = tuple[float, float]
# x and y of red, green, blue and white by their numbers in ITU-T H.273, which HEIF and PNG use.
D65, DCI = (0.3127, 0.329), (0.314, 0.351)
PRIMARIES: dict[int, tuple[Point, Point, Point, Point]] = {
    1: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65),
    9: ((0.708, 0.292), (0.17, 0.797), (0.131, 0.046), D65),
    11: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), DCI),
    12: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), D65),
}
SRGB = 0.0  # stands for the curve of sRGB among gammas
GAMMAS = {1: SRGB, 4: 2.2, 5: 2.8, 6: SRGB, 8: 1.0, 13: SRGB, 14: SRGB, 15: SRGB}  # transfers there; no HDR
D50 = (0.3457, 0.3585)
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def numbered(primaries: int, transfer: int) -> bytes | None:
    """The profile of colours by the numbers of ITU-T H.273, as HEIF and a PNG's cICP give them; None for others."""
    if primaries not in PRIMARIES or transfer not in GAMMAS:
        return None
    return matrix(GAMMAS[transfer], *PRIMARIES[primaries])


def of_png(gamma: float | None, chromaticities: tuple[float, ...] | None) -> bytes | None:
    """The profile that a PNG's gAMA and cHRM describe, or None.

    Args:
        gamma: that the picture was encoded with: 1 / 2.2 is usual.
        chromaticities: x and y of white, red, green and blue.
    """
    curve = SRGB if gamma is None or abs(gamma * 2.2 - 1) < GAMMA_NEAR else 1 / gamma if gamma > 0 else None
    if curve is None or curve > 10:
        return None
    if chromaticities is None:
        return matrix(curve, *PRIMARIES[1])
    white, red, green, blue = zip(chromaticities[::2], chromaticities[1::2], strict=True)
    return matrix(curve, red, green, blue, white)


def matrix(gamma: float, red: Point, green: Point, blue: Point, white: Point) -> bytes | None:
    """The bytes of an ICC profile (ICC.1:2010) of three primaries and one curve; None if they span no colours.

    Args:
        gamma: the exponent of light, or ``SRGB``.
        red, green, blue, white: x and y.
    """
    try:
        columns = np.stack([_xyz(point) for point in (red, green, blue)], 1)
        scale = np.linalg.solve(columns, _xyz(white))
        seen, wanted = BRADFORD @ _xyz(white), BRADFORD @ _xyz(D50)
        adapted = np.linalg.inv(BRADFORD) @ np.diag(wanted / seen) @ BRADFORD @ (columns * scale)
    except (ZeroDivisionError, np.linalg.LinAlgError):
        return None
    if not (np.isfinite(adapted).all() and np.abs(adapted).max() < 100):
        return None
    tags = {f"{name}XYZ".encode(): _tag_xyz(column) for name, column in zip("rgb", adapted.T)}
    tags |= {f"{name}TRC".encode(): _tag_curve(gamma) for name in "rgb"}
    return _profile(tags | {b"wtpt": _tag_xyz(_xyz(D50))})


def _xyz(point: Point) -> np.ndarray:
    x, y = point
    return np.array([x / y, 1, (1 - x - y) / y])


def _fixed(*values: Any) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(float(value) * 65536) for value in values))


def _tag_xyz(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values)


def _tag_curve(gamma: float) -> bytes:
    if gamma != SRGB:
        return b"para\0\0\0\0" + struct.pack(">HH", 0, 0) + _fixed(gamma)
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    place, table, data = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", place + len(data), len(value))
        data += value
    header = struct.pack(">I4xI", place + len(data), 0x04200000) + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    return header + _fixed(0.9642, 1, 0.8249) + bytes(128 - len(header) - 12) + table + data
