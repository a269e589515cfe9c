"""Files of documents, read within bounds, and the pictures in them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from synthink.documents.page.model import DocumentError
from synthink.documents.page.tiles import Pixels
from synthink.draw.picture_file import FORMATS_OF_OTHERS, decode_as
from synthink.draw.shown import PictureError, as_shown
from synthink.files import UnreadableFile, read_limited

if TYPE_CHECKING:
    from PIL import Image

T = TypeVar("T")
MAX_PIXELS = 64_000_000
MAX_BYTES = 128 * 2**20


def file_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """The content of a file. Raises `DocumentError` for one that cannot be read, is empty or has too many bytes."""
    try:
        data = read_limited(path, max_bytes)
    except UnreadableFile as error:
        raise DocumentError(f"{path}: {error}") from None
    if not data:
        raise DocumentError(f"{path}: is empty")
    return data


def decoded(data: bytes, name: str, formats: tuple[str, ...] = FORMATS_OF_OTHERS) -> Pixels:
    """(H, W, 3) pixels as viewers show them; `DocumentError` names what cannot be decoded."""
    return decoded_as(data, name, lambda picture: np.asarray(as_shown(picture)), formats)


def decoded_as(
    data: bytes, name: str, convert: Callable[[Image.Image], T], formats: tuple[str, ...] = FORMATS_OF_OTHERS
) -> T:
    """The result of `convert` for the opened picture; `DocumentError` names what cannot be decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's, of large pictures: what counts is the bound
            return decode_as(data, convert, formats, MAX_PIXELS)
    except PictureError as error:
        raise DocumentError(f"{name}: {error}") from None
