"""Pictures as models see them: a square of uint8 RGB, reduced or enlarged bilinearly as big_vision does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from synthink.draw.picture import Pixels
from synthink.errors import ModelError

if TYPE_CHECKING:
    from PIL import Image

LARGEST_PX = 25_000_000  # of a picture from outside; more is an accident or an attack


def picture(image: Any, name: str) -> Image.Image:
    """The RGB picture in an `Example.image`; `ModelError` naming the row when there is none."""
    from PIL import Image

    if isinstance(image, np.ndarray):
        return Image.fromarray(image)
    with _opened(image, name) as opened:
        return opened.convert("RGB")


def check_header(image: bytes, name: str) -> None:
    """`ModelError` for a file that is no picture, or too large a one; what lies behind its header is not looked at."""
    with _opened(image, name):
        pass


@contextmanager
def _opened(image: Any, name: str) -> Iterator[Image.Image]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(image)) as opened:
            if opened.width * opened.height > LARGEST_PX:
                raise ModelError(f"{name}: a picture of {opened.width} x {opened.height} px is too large")
            yield opened
    except (OSError, ValueError, SyntaxError, TypeError, Image.DecompressionBombError) as error:
        raise ModelError(f"{name}: the picture cannot be decoded: {error}") from None


def pixels(image: Any, side: int, name: str = "a row") -> Pixels:
    """(side, side, 3) uint8. Reduced with a triangle filter (antialiased bilinear), without keeping the aspect."""
    from PIL import Image

    square = picture(image, name)
    if square.size != (side, side):
        square = square.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(square)
