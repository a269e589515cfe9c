"""Whether the boxes of a row lie around their ink, and which strokes write which word and character."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthink.verify.oracle import Finding
from synthink.verify.oracles.boxes import union
from synthink.verify.oracles.ink_strokes.pieces import Part, Pieces, characters_of, inside, rims, words_of
from synthink.verify.oracles.ink_strokes.row import Floats, Strokes, boxes_of

OTHER_INK_BOX = "ink_box is not around the ink"
OTHER_WORD_BOXES = "word_boxes are not around the words' ink"
OTHER_CHARACTER_BOXES = "character_boxes are not around the characters' ink"
OUTSIDE_WORD = "a character's box lies outside its word's"
OTHER_COUNT = "words, characters and their boxes differ in number"
OTHER_WORDS, OTHER_CHARACTERS = "words are not those of the text", "characters are not those of the words"

SLACK = 0.03  # pixels: all geometry lies on a grid of 1/64


def check_texts(row: Mapping[str, Any]) -> Finding | None:
    """Text, words, characters and boxes agree in number and order.

    Real ink (`hand` is empty) is labelled by others: its words may be told in part, and written otherwise.
    """
    text, words, characters = row.get("text"), row.get("words"), row.get("characters")
    synthetic = row.get("hand") != ""
    if synthetic and words and text is not None and " ".join(words) != " ".join(str(text).split()):
        return Finding("wrong", OTHER_WORDS)
    if synthetic and words and characters and "".join(characters) != "".join(words):
        return Finding("wrong", OTHER_CHARACTERS)
    for labels, boxes in ((words, row.get("word_boxes")), (characters, row.get("character_boxes"))):
        if labels is not None and boxes is not None and len(labels) != len(boxes):
            return Finding("wrong", OTHER_COUNT)
    return None


def check_nesting(words: Sequence[str], word_boxes: Floats, character_boxes: Floats, slack: float) -> Finding | None:
    """Every character's box lies within its word's, and together they fill it."""
    at = 0
    for word, box in zip(words, word_boxes, strict=True):
        own = character_boxes[at : at + len(word)]
        at += len(word)
        if len(own) and not inside(own, box[np.newaxis], slack).all():
            return Finding("wrong", OUTSIDE_WORD)
        if len(own) and (np.abs(union(own) - box) > slack).any():
            return Finding("wrong", OTHER_CHARACTER_BOXES)
    return None


@dataclass(frozen=True, eq=False)
class WordInk:
    """A word's strokes, and the boxes of its characters."""

    rim: Floats
    strokes: Sequence[Part]
    boxes: Floats

    def pieces(self, other: int = -1) -> tuple[list[Pieces], int] | None:
        """The pieces that write each character; see `characters_of`."""
        return characters_of(self.rim, self.strokes, self.boxes, SLACK, other)


def check_boxes(
    row: Mapping[str, Any], strokes: Strokes, size_px: tuple[int, int], in_order: bool
) -> tuple[Finding | None, list[WordInk]]:
    """Whether boxes lie around their ink in a picture that no camera took, and the ink of each word.

    in_order: whether every word is written after the one before, as handwriting of a hand is; real ink need not be.
    """
    rim = np.clip(rims(strokes.points, strokes.widths), 0.0, (*size_px, *size_px))
    ink_box = row.get("ink_box")
    if ink_box is not None and (np.abs(union(rim) - ink_box) > SLACK).any():
        return Finding("wrong", OTHER_INK_BOX), []
    words, word_boxes = row.get("words") or [], boxes_of(row.get("word_boxes"))
    character_boxes = boxes_of(row.get("character_boxes"))
    if in_order and len(character_boxes) and len(word_boxes):
        finding = check_nesting(words, word_boxes, character_boxes, SLACK)
        if finding is not None:
            return finding, []
    for boxes, reason in ((word_boxes, OTHER_WORD_BOXES), (character_boxes, OTHER_CHARACTER_BOXES)):
        if len(boxes) and not _around(rim, boxes, in_order):
            return Finding("wrong", reason), []
    if not in_order or not len(word_boxes):
        return None, []
    groups = words_of(rim, strokes.parts, word_boxes, SLACK)
    if groups is None:
        return Finding("wrong", OTHER_WORD_BOXES), []
    return None, _word_inks(rim, words, groups, character_boxes)


def _word_inks(
    rim: Floats, words: Sequence[str], groups: Sequence[Sequence[Part]], character_boxes: Floats
) -> list[WordInk]:
    """The ink of each word whose characters have boxes."""
    inks, at = [], 0
    for word, group in zip(words, groups, strict=True):
        boxes = character_boxes[at : at + len(word)]
        at += len(word)
        if len(boxes):
            inks.append(WordInk(rim, group, boxes))
    return inks


def check_warped(row: Mapping[str, Any], strokes: Strokes) -> Finding | None:
    """Check what still holds after a camera, which leaves the pen's width there unknown: boxes of parts lie in that of
    the whole, and all ink lies in it."""
    ink_box = row.get("ink_box")
    words, word_boxes = row.get("words") or [], boxes_of(row.get("word_boxes"))
    character_boxes = boxes_of(row.get("character_boxes"))
    if ink_box is not None:
        room = 2.0 + 1.5 * float(strokes.widths.max())
        if not inside(rims(strokes.points, 0 * strokes.widths), np.array([ink_box]), room).all():
            return Finding("wrong", OTHER_INK_BOX)
        if len(word_boxes) and not inside(word_boxes, np.array([ink_box]), 0.1).all():
            return Finding("wrong", OTHER_WORD_BOXES)
    if row.get("hand") and len(word_boxes) and len(character_boxes):
        return check_nesting(words, word_boxes, character_boxes, 0.1)
    return None


def _around(rim: Floats, boxes: Floats, complete: bool) -> bool:
    """Whether each box is touched on all four sides by ink that lies in it, and, where the boxes are `complete`,
    no ink lies outside all of them."""
    within = inside(rim, boxes, SLACK)
    if complete and not within.any(axis=1).all():
        return False
    for number, box in enumerate(boxes):
        own = rim[within[:, number]]
        if not len(own) or (np.abs(union(own) - box) > SLACK).any():
            return False
    return True
