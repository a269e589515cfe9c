"""Pictures as models see them: a square of uint8 RGB, reduced or enlarged bilinearly as big_vision does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from synthink.draw import picture_file
from synthink.draw.picture import Pixels
from synthink.draw.picture_file import FORMATS_OF_OTHERS, decode, decode_as
from synthink.draw.shown import PictureError, is_plain
from synthink.errors import ModelError

if TYPE_CHECKING:
    from PIL import Image

NAMED = 5
"""How many rows an error names."""


def picture(image: Any, name: str) -> Image.Image:
    """The RGB picture in an `Example.image`, as viewers show it; `ModelError` naming the row when there is none."""
    from PIL import Image

    if isinstance(image, np.ndarray):
        return Image.fromarray(image)
    with _of_row(name):
        return decode(image, FORMATS_OF_OTHERS)


def picture_size(image: bytes, name: str) -> tuple[int, int]:
    """Width and height in pixels of the picture in a file, by its head. `ModelError` naming the row."""
    with _of_row(name):
        return picture_file.picture_size(image, FORMATS_OF_OTHERS)


def plain_format(image: bytes, name: str) -> str:
    """Pillow's name of a file's format where every reader shows the same of it; else empty. `ModelError` naming the
    row."""
    with _of_row(name):
        return decode_as(image, lambda picture: str(picture.format) if is_plain(picture) else "", FORMATS_OF_OTHERS)


def is_blank(image: bytes, name: str) -> bool:
    """Whether all pixels of the picture in a file have one colour. `ModelError` naming the row."""
    extrema: Any = picture(image, name).getextrema()
    return all(low == high for low, high in extrema)


def refuse_blanks(names: Sequence[str], count: int) -> None:
    """`ModelError` naming the rows, of `count`, whose pictures are of one colour, if there are any."""
    if names:
        more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        raise ModelError(
            f"{len(names):,} of {count:,} pictures are of one colour, so that nothing can be seen on them: rows "
            f"{', '.join(names[:NAMED])}{more}; mend these pictures, or leave the rows out"
        )


@contextmanager
def _of_row(name: str) -> Iterator[None]:
    try:
        yield
    except PictureError as error:
        raise ModelError(f"{name}: the picture {error}") from None


def pixels(image: Any, side: int, name: str = "a row") -> Pixels:
    """(side, side, 3) uint8. Reduced with a triangle filter (antialiased bilinear), without keeping the aspect."""
    from PIL import Image

    square = picture(image, name)
    if square.size != (side, side):
        square = square.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(square)
