"""Other questions than about ink: where words stand on the page, and anything about any picture."""

from __future__ import annotations

import base64
import re
from typing import Any

from synthink.canvas.models import Model
from synthink.canvas.requests import BadRequest
from synthink.documents import Page
from synthink.documents.page.picture import Square
from synthink.draw.geometry import Box
from synthink.draw.picture_file import FORMATS_OF_OTHERS, picture_size
from synthink.draw.shown import PictureError
from synthink.errors import quoted
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.rows import Dataset
from synthink.gestures import PictureSettings, ask_about_ink, ask_for_words
from synthink.ink import Ink
from synthink.labels import parse_box, parse_label

MARGIN_PX = 4.0
MOST_BOXES = 100
_BETWEEN = re.compile(r"\s*;\s*|\n")


def find_words(model: Model, settings: PictureSettings, page: Page, text: str, ink: Ink | None) -> dict[str, Any]:
    """Where a model sees words on a page: within the square around the ink where there is any, else on all of it."""
    if not text:
        raise BadRequest("text: type the words to look for")
    if ink is None:
        square = Square.around(Box(0.0, 0.0, *map(float, page.size_px)), MARGIN_PX)
    else:
        square = ask_about_ink(settings, page, ink).square
    question = ask_for_words(settings, page, square, text)
    answer = model.ask(question)
    box = question.box(answer)
    return {
        "model": model.name,
        "prompt": question.prefix,
        "answer": answer,
        "crop": f"data:image/png;base64,{base64.b64encode(question.picture.encode()[0]).decode('ascii')}",
        "square": list(square.box),
        "box": None if box is None else list(box),
    }


def ask_about_picture(model: Model, label_format: str, image: bytes, prompt: str) -> dict[str, Any]:
    """A model's answer to any prompt about any picture, and the boxes in it, in pixels of the picture."""
    if not prompt:
        raise BadRequest("prompt: type a question")
    try:
        size = picture_size(image, FORMATS_OF_OTHERS)
    except PictureError as error:
        raise BadRequest(f"image: the picture {error}") from None
    answer = model.ask(Example(image, prompt, "", "the picture"))
    return {"model": model.name, "answer": answer, "boxes": boxes_in(answer, size, label_format), "size": list(size)}


def row_of(dataset: Dataset, split: str, number: int, label_format: str) -> dict[str, Any]:
    """A row of a dataset: its picture, its question, the right answer and the boxes in it."""
    if split not in dataset.splits:
        raise BadRequest(f"split: {quoted(split)}: choose one of {', '.join(dataset.splits)}")
    rows = dataset.rows(split)
    if number >= len(rows):
        raise BadRequest(f"number: {number:,}: the split {split} has the rows 0 to {len(rows) - 1:,}")
    picture, prompt, answer, _ = rows.example(number)
    return {
        "number": number,
        "picture": base64.b64encode(picture).decode("ascii"),
        "prompt": prompt,
        "answer": answer,
        "boxes": boxes_in(answer, picture_size(picture, FORMATS_OF_OTHERS), label_format),
    }


def boxes_in(answer: str, size_px: tuple[int, int], label_format: str) -> list[dict[str, Any]]:
    """The boxes in an answer: those of detections between semicolons or line breaks, each with its text."""
    boxes: list[dict[str, Any]] = []
    for part in _BETWEEN.split(answer)[:MOST_BOXES]:
        label = parse_label(part, size_px, label_format)
        box = None if label else parse_box(part, size_px, label_format)
        if label is None and (detection := _DETECTION.fullmatch(part)):
            box = parse_box(detection[1], size_px, label_format)
        if label is not None:
            boxes.append({"box": list(label.places), "text": f"{label.gesture} {label.text}".strip()})
        elif box is not None:
            boxes.append({"box": list(box), "text": _DETECTION.sub(r"\2", part)})
    return boxes


_DETECTION = re.compile(r"((?:<loc\d{4}>){4}) ?(.*)", re.DOTALL)
"""PaliGemma writes boxes it was not fine-tuned on the other way round: the places, then the words."""
