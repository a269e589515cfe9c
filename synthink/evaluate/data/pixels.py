"""Pictures as models see them: a square of uint8 RGB, reduced or enlarged bilinearly as big_vision does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synthink.draw.picture import Pixels
from synthink.draw.picture_file import PictureError, decode, picture_format
from synthink.errors import ModelError

if TYPE_CHECKING:
    from PIL import Image


def picture(image: Any, name: str) -> Image.Image:
    """The RGB picture in an `Example.image`; `ModelError` naming the row when there is none."""
    from PIL import Image

    if isinstance(image, np.ndarray):
        return Image.fromarray(image)
    try:
        return decode(image)
    except PictureError as error:
        raise ModelError(f"{name}: the picture {error}") from None


def check_header(image: bytes, name: str) -> None:
    """`ModelError` for a file that is no picture, or too large a one; what lies behind its header is not looked at."""
    try:
        picture_format(image)
    except PictureError as error:
        raise ModelError(f"{name}: the picture {error}") from None


def pixels(image: Any, side: int, name: str = "a row") -> Pixels:
    """(side, side, 3) uint8. Reduced with a triangle filter (antialiased bilinear), without keeping the aspect."""
    from PIL import Image

    square = picture(image, name)
    if square.size != (side, side):
        square = square.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(square)
