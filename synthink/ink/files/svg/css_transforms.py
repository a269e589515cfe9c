"""Where style sheets move elements: CSS Transforms (levels 1 and 2) in two dimensions, in px."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from synthink.errors import quoted
from synthink.ink.files.svg.transforms import LONGEST_TRANSFORM, NUMBER, Matrix, length, transform

PLACING = ("transform", "transform-origin", "transform-box", "translate", "rotate", "scale")
"""The properties that say where an element is drawn."""
_FUNCTION = re.compile(r"\s*([a-zA-Z0-9]+)\(([^()]*)\)\s*", re.ASCII)
_AMOUNT = re.compile(rf"({NUMBER})(%|deg|grad|rad|turn)?", re.ASCII)
_DEGREES = {"deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0}


def placing(attributes: Mapping[str, str], style: Mapping[str, str]) -> Matrix:
    """The matrix from an element's own user space to that around it. style: what style sheets declare of it, which goes
    before its attributes.

    Raises `ValueError` for what depends on the size of a box, or cannot be read.
    """
    matrix = np.eye(3)
    for name in ("translate", "rotate", "scale"):
        if style.get(name, "none") != "none":
            matrix = matrix @ _function(name, style[name].split())
    if "transform" in style:
        matrix = matrix @ _functions(style["transform"])
    elif "transform" in attributes:
        matrix = matrix @ transform(attributes["transform"])
    if (matrix[:2, :2] == np.eye(2)).all():
        return matrix  # which has no centre
    if style.get("transform-box", "view-box") != "view-box":
        raise ValueError(f"is turned in its {quoted(style['transform-box'], 20)}, which is not read")
    origin = style.get("transform-origin", attributes.get("transform-origin", "0 0"))
    places = [length(word) for word in origin.replace(",", " ").split()]
    x, y = (*places, None, None)[:2]
    if x is None or y is None:
        raise ValueError(f"transform-origin {quoted(origin, 40)} is no x and y in px")
    return _moved(x, y) @ matrix @ _moved(-x, -y)


def _functions(text: str) -> Matrix:
    """The matrix of a chain of functions of CSS."""
    product, at = np.eye(3), 0
    text = "" if text.strip() == "none" else text.rstrip()
    if len(text) > LONGEST_TRANSFORM:
        raise ValueError(f"has {len(text)} characters of transforms, more than {LONGEST_TRANSFORM}")
    while at < len(text):
        match = _FUNCTION.match(text, at)
        if match is None:
            raise ValueError(f"transform {quoted(text, 40)} cannot be read")
        with np.errstate(all="ignore"):
            product = product @ _function(match[1], match[2].replace(",", " ").split())
        at = match.end()
    return product


def _function(name: str, words: Sequence[str]) -> Matrix:
    match name, words:
        case "translate", [x, *rest] if len(rest) < 2:
            return _moved(_pixels(x), _pixels(rest[0]) if rest else 0.0)
        case "translateX", [x]:
            return _moved(_pixels(x), 0.0)
        case "translateY", [y]:
            return _moved(0.0, _pixels(y))
        case "scale", [x, *rest] if len(rest) < 2:
            return np.diag((_factor(x), _factor(rest[0] if rest else x), 1.0))
        case "scaleX", [x]:
            return np.diag((_factor(x), 1.0, 1.0))
        case "scaleY", [y]:
            return np.diag((1.0, _factor(y), 1.0))
        case "rotate" | "rotateZ", [angle]:
            return transform(f"rotate({_degrees(angle):.17g})")
        case "skewX" | "skewY", [angle]:
            return transform(f"{name}({_degrees(angle):.17g})")
        case "matrix", [_, _, _, _, _, _]:
            return transform(f"matrix({' '.join(words)})")
    raise ValueError(f"transform {quoted(name, 20)} of {quoted(' '.join(words), 40)} is not read")


def _moved(x: float, y: float) -> Matrix:
    return np.array(((1, 0, x), (0, 1, y), (0, 0, 1)))


def _pixels(word: str) -> float:
    pixels = length(word)
    if pixels is None or (word.strip("+-.0123456789") == "" and pixels):
        raise ValueError(f"{quoted(word, 20)} is no length in px")
    return pixels


def _amount(word: str) -> tuple[float, str]:
    match = _AMOUNT.fullmatch(word)
    if match is None:
        raise ValueError(f"{quoted(word, 20)} is no number that is read")
    return float(match[1]), match[2] or ""


def _factor(word: str) -> float:
    number, unit = _amount(word)
    if unit not in ("", "%"):
        raise ValueError(f"{quoted(word, 20)} is no factor")
    return number / 100 if unit else number


def _degrees(word: str) -> float:
    number, unit = _amount(word)
    if unit not in _DEGREES and number:
        raise ValueError(f"{quoted(word, 20)} is no angle")
    return number * _DEGREES.get(unit, 1.0)
