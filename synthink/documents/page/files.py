"""Files of documents, read within bounds, and the pictures in them."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from synthink.documents.page.model import DocumentError
from synthink.documents.page.tiles import Pixels
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
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures: the bound below is what counts
            with Image.open(io.BytesIO(data), formats=formats) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise DocumentError(f"{name}: is {width} x {height} px; at most {MAX_PIXELS:,} pixels are opened")
                return np.asarray(_over_white(picture))
    except Image.DecompressionBombError as error:
        raise DocumentError(f"{name}: {error}") from None
    except UnidentifiedImageError:
        raise DocumentError(f"{name}: is no picture in a format that is read ({', '.join(formats)})") from None
    except (OSError, ValueError, SyntaxError, struct.error, EOFError) as error:
        raise DocumentError(f"{name}: cannot be decoded: {error or type(error).__name__}") from None


def _over_white(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if "A" in picture.getbands() or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")
    return picture.convert("RGB")
