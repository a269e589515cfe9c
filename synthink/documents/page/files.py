"""Files of documents, read within bounds, and the pictures in them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from synthink.documents.page.model import DocumentError
from synthink.documents.page.tiles import Pixels
from synthink.draw.picture_file import PictureError, decode_as
from synthink.files import UnreadableFile, read_limited

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 64_000_000
MAX_BYTES = 128 * 2**20
FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")


def file_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """The content of a file. Raises `DocumentError` for one that cannot be read, is empty or has too many bytes."""
    try:
        data = read_limited(path, max_bytes)
    except UnreadableFile as error:
        raise DocumentError(f"{path}: {error}") from None
    if not data:
        raise DocumentError(f"{path}: is empty")
    return data


def decoded(data: bytes, name: str, formats: tuple[str, ...] = FORMATS) -> Pixels:
    """(H, W, 3) pixels over white where a picture is transparent; `DocumentError` names what cannot be decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's, of large pictures: what counts is the bound
            return decode_as(data, lambda picture: np.asarray(_over_white(picture)), formats, MAX_PIXELS)
    except PictureError as error:
        raise DocumentError(f"{name}: {error}") from None


def _over_white(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if "A" in picture.getbands() or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")
    return picture.convert("RGB")
