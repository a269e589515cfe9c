"""Pictures as models see them: a square of uint8 RGB, reduced or enlarged bilinearly as big_vision does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from synthink.picture import Pixels
from synthink.train.learner import TrainError

if TYPE_CHECKING:
    from PIL import Image

LARGEST_PX = 25_000_000  # of a picture from outside; more is an accident or an attack


def picture(image: Any, name: str) -> Image.Image:
    """The RGB picture in an `Example.image`; `TrainError` naming the row when there is none."""
    from PIL import Image

    if isinstance(image, np.ndarray):
        return Image.fromarray(image)
    try:
        with Image.open(io.BytesIO(image)) as opened:
            if opened.width * opened.height > LARGEST_PX:
                raise TrainError(f"{name}: a picture of {opened.width} x {opened.height} px is too large")
            return opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, TypeError, Image.DecompressionBombError) as error:
        raise TrainError(f"{name}: the picture cannot be decoded: {error}") from None


def pixels(image: Any, side: int, name: str = "a row") -> Pixels:
    """(side, side, 3) uint8. Reduced with a triangle filter (antialiased bilinear), without keeping the aspect."""
    from PIL import Image

    found = picture(image, name)
    if found.size != (side, side):
        found = found.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(found)
