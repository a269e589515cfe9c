"""Numbers, lengths, transforms and viewports of SVG (SVG 1.1, section 7)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted

Matrix = npt.NDArray[np.float64]
"""(3, 3), for columns (x, y, 1)."""
Polyline = npt.NDArray[np.float64]
"""(N, 2)."""

_IDENTITY = np.eye(3)
LONGEST_TRANSFORM = 10_000  # characters of a chain of transforms
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
"""A number as SVG writes it, for a regular expression of ASCII."""
_NUMBERS = re.compile(NUMBER, re.ASCII)
_LENGTH = re.compile(rf"\s*({NUMBER})\s*(px|in|cm|mm|pt|pc)?\s*", re.ASCII)
_PX = {None: 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, "pc": 16.0}
_TRANSFORM = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)\s*", re.ASCII)


def numbers(text: str) -> list[float]:
    """The numbers of a list such as `points`; raises `ValueError` for anything else in it."""
    rest = _NUMBERS.sub(" ", text)
    if not set(rest) <= set(" ,\t\n\r\f"):
        raise ValueError(f"{quoted(text, 40)} is no list of numbers")
    return [float(word) for word in _NUMBERS.findall(text)]


def transform(text: str) -> Matrix:
    """The matrix of a chain of transforms; raises `ValueError`."""
    if len(text) > LONGEST_TRANSFORM:
        raise ValueError(f"has {len(text)} characters of transforms, more than {LONGEST_TRANSFORM}")
    product = np.eye(3)
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TRANSFORM.match(text, at)
        if match is None:
            raise ValueError(f"transform {quoted(text, 40)} cannot be read")
        with np.errstate(all="ignore"):
            product = product @ _matrix(match[1], numbers(match[2]))
        at = match.end()
    return product


def _matrix(name: str, values: list[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return np.array(((a, c, e), (b, d, f), (0, 0, 1)))
        case "translate", [x, *rest] if len(rest) < 2:
            return np.array(((1, 0, x), (0, 1, rest[0] if rest else 0), (0, 0, 1)))
        case "scale", [x, *rest] if len(rest) < 2:
            return np.diag((x, rest[0] if rest else x, 1.0))
        case "rotate", [angle, *rest] if len(rest) in (0, 2):
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            x, y = rest or (0.0, 0.0)
            return np.array(((cos, -sin, x - cos * x + sin * y), (sin, cos, y - sin * x - cos * y), (0, 0, 1)))
        case "skewX", [angle]:
            return np.array(((1, math.tan(math.radians(angle)), 0), (0, 1, 0), (0, 0, 1)))
        case "skewY", [angle]:
            return np.array(((1, 0, 0), (math.tan(math.radians(angle)), 1, 0), (0, 0, 1)))
    raise ValueError(f"transform {name} takes no {len(values)} numbers")


def viewport(attributes: Mapping[str, str]) -> Matrix:
    """The transform from an svg element's user space to its parent's: its place, viewBox, size and
    preserveAspectRatio."""
    x, y = length(attributes.get("x")) or 0.0, length(attributes.get("y")) or 0.0
    width, height = length(attributes.get("width")), length(attributes.get("height"))
    box = numbers(attributes.get("viewBox", ""))
    if not box:
        return _matrix("translate", [x, y])
    if len(box) != 4 or not (box[2] > 0 and box[3] > 0):
        raise ValueError(f"viewBox {quoted(attributes['viewBox'])} is no box")
    scale_x, scale_y = (width / box[2] if width else None), (height / box[3] if height else None)
    scale_x, scale_y = scale_x or scale_y or 1.0, scale_y or scale_x or 1.0
    fit = attributes.get("preserveAspectRatio", "xMidYMid meet")
    spare_x = spare_y = 0.0
    if not fit.startswith("none"):
        scale = max(scale_x, scale_y) if "slice" in fit else min(scale_x, scale_y)
        share_x, share_y = (0 if f"{axis}Min" in fit else 1 if f"{axis}Max" in fit else 0.5 for axis in "xY")
        spare_x, spare_y = share_x * box[2] * (scale_x - scale), share_y * box[3] * (scale_y - scale)
        scale_x = scale_y = scale
    return np.array(
        ((scale_x, 0, x + spare_x - scale_x * box[0]), (0, scale_y, y + spare_y - scale_y * box[1]), (0, 0, 1))
    )


def length(text: str | None) -> float | None:
    """A length in px; None for one that depends on something else (%, em) or is missing."""
    match = _LENGTH.fullmatch(text or "")
    return float(match[1]) * _PX[match[2]] if match else None


def placed(points: npt.NDArray[np.float64], matrix: Matrix) -> Polyline:
    """The points under a matrix; exactly the same ones under the identity."""
    if (matrix == _IDENTITY).all():
        return points
    with np.errstate(all="ignore"):  # what is not finite is refused with the stroke
        return points @ matrix[:2, :2].T + matrix[:2, 2]
