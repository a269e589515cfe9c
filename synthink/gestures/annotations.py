"""What a row says about its gesture or its words: the columns, and their values, read off the crop that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from synthink.documents import edited_text
from synthink.documents.page.picture import Frame
from synthink.draw.geometry import Box, InkPoint
from synthink.gestures.composed import Composed
from synthink.gestures.label_ambiguity import gesture_of
from synthink.gestures.page_crop import PageCrop

GESTURE_COLUMNS: Mapping[str, Any] = {
    "gesture": str | None,
    "variant": str | None,
    "text": str | None,
    "note": str | None,
    "target_box": Box,
    "target_ends": list[Box],
    "target_words": list[str],
    "ink_box": Box | None,
    "text_box": Box | None,
    "crop_box": list[float],
    "words": list[str],
    "word_boxes": list[Box],
    "image_boxes": list[Box],
    "strokes": list[list[InkPoint]],
    "ink_colour": str | None,
    "ink_width_px": float | None,
    "writer": str | None,
    "hand": str | None,
    "document": str,
    "page": str,
    "page_text": str,
    "page_text_after": str | None,
}
"""The types of what `crop_annotations` returns: None where a row has no gesture, or its gesture no such thing."""
GESTURE_MEANINGS: Mapping[str, str] = {
    "gesture": "the class of the gesture",
    "variant": "how the gesture is drawn, among the variants of its class",
    "text": "what is written by hand beside the mark",
    "note": "the note that the writing was taken from, which belongs to one split",
    "target_box": "the box around what the gesture, or the question, is about",
    "target_ends": "the two ends, of gestures that lead from one place to another",
    "target_words": "the words that the gesture, or the question, is about",
    "ink_box": "the box around all ink",
    "text_box": "the box around the handwriting",
    "crop_box": "the part of the page that the picture shows: left, top, right, bottom in pixels of the page",
    "words": "the printed words in the picture, in reading order",
    "word_boxes": "the box around each of these words",
    "image_boxes": "the box around each image on the page that the picture shows",
    "strokes": "the points of each stroke: x, y in pixels, time in ms, pressure 0 to 1",
    "ink_colour": "the colour of the ink, a name or #rrggbb",
    "ink_width_px": "the width of the pen's line, in pixels, before the camera",
    "writer": "the writer, who belongs to one split; with an own mark the writer of what stands beside it",
    "hand": "the pen font that the writer's letters come from, where it is not real ink",
    "document": "the document, which belongs to one split",
    "page": "the name of the page",
    "page_text": "the text of the whole page, the same in all rows about it",
    "page_text_after": "the text of the page after the edit that the gesture asks for, where it asks for one",
    "mark_writer": "who drew the own mark",
    "picture_number": "the number of the picture in its split, which rows about the same picture share",
    "answer": "the answer without the sentence around it",
}
"""The meanings of these columns, and of those that some configurations add."""


def crop_annotations(crop: PageCrop, frame: Frame, width: float, colour: str) -> dict[str, Any]:
    """The values of `GESTURE_COLUMNS` for a crop; boxes, strokes and widths are in the picture's pixels.

    frame: from the page to the picture. width: of the writer's pen, in page pixels; colour: of the ink.
    """
    page, target, composed = crop.page, crop.target, crop.composed
    words, images = crop.in_picture(frame) if crop.room else crop.visible
    own = [target.box, *(target.ends or ())]
    if composed is not None:
        own += [composed.inked_box(width), *filter(None, [composed.text_box])]
    # All at once, for it takes one look through the camera.
    boxes = frame.boxes(np.concatenate((own, page.word_boxes[words], page.image_boxes[images])))
    ends = boxes[1 : 1 + len(target.ends or ())]
    annotations: dict[str, Any] = {
        **dict.fromkeys(GESTURE_COLUMNS),
        "target_box": boxes[0],
        "target_ends": ends,
        "target_words": [page.words[word] for word in target.words],
        "crop_box": list(crop.square.box),
        "words": [page.words[word] for word in words],
        "word_boxes": boxes[len(own) : len(own) + len(words)],
        "image_boxes": boxes[len(own) + len(words) :],
        "strokes": [],
        "document": page.document,
        "page": page.name,
        "page_text": page.text,
    }
    if composed is not None:
        annotations |= _ink_annotations(composed, frame, width, colour)
        annotations |= zip(("ink_box", "text_box"), boxes[1 + len(ends) : len(own)], strict=False)
        after = edited_text(page, gesture_of(composed))
        annotations["page_text_after"] = after if after != page.text else None
    return annotations


def _ink_annotations(composed: Composed, frame: Frame, width: float, colour: str) -> dict[str, Any]:
    """The annotations that only rows with ink have, but for boxes and texts of the page."""
    has_writer = composed.own_mark is None or composed.text != ""
    return {
        "gesture": composed.kind.name,
        "variant": composed.variant.name,
        "text": composed.text or None,
        "note": composed.note,
        "strokes": frame.strokes(composed.ink),
        "ink_colour": colour,
        "ink_width_px": (composed.broad or width) * frame.scale,
        "writer": composed.writer.name if has_writer else None,
        "hand": composed.writer.hand if has_writer else None,
    }
