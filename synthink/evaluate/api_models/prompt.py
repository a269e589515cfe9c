"""The turns of a conversation: examples with their answers, then a question."""

from __future__ import annotations

import base64
import io
from typing import Any, Literal, NamedTuple

import numpy as np

from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import picture

_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


class Inline(NamedTuple):
    """A picture's file as JSON takes it: its media type, and its bytes in base64."""

    mime_type: str
    data: str


class Turn(NamedTuple):
    """One turn of the conversation; the model's have no picture."""

    role: Literal["user", "model"]
    text: str
    picture: Inline | None = None


def inline(image: Any, name: str) -> Inline:
    """An `Example.image` ready for JSON: PNG and JPEG files as they are, anything else as PNG.

    `ModelError` naming the row when it is no picture.
    """
    if not isinstance(image, np.ndarray):
        for start, kind in _KINDS:
            if bytes(image[: len(start)]) == start:
                return Inline(kind, base64.b64encode(image).decode("ascii"))
    file = io.BytesIO()
    picture(image, name).save(file, "PNG")
    return Inline("image/png", base64.b64encode(file.getvalue()).decode("ascii"))


def shown(example: Example) -> tuple[Turn, Turn]:
    """An example with its answer, as the two turns before a question."""
    return Turn("user", example.prefix, inline(example.image, example.id)), Turn("model", example.suffix)


def asked(example: Example) -> Turn:
    """The question about an example; its suffix stays out."""
    return Turn("user", example.prefix, inline(example.image, example.id))
