"""Whether the boxes of a row lie around their ink, and which strokes write which word and character."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
BENT, BENT_WIDTH = 0.1, 0.12  # pixels, and shares of half a line's width, by which boxes in a photograph are off
USUAL_SCALE = 0.92  # of the page in a photograph


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
    """A word's strokes, the boxes of its characters, and by how many px these may be off."""

    rim: Floats
    strokes: Sequence[Part]
    boxes: Floats
    slack: float

    def pieces(self, other: int = -1) -> tuple[list[Pieces], int] | None:
        """The pieces that write each character; see `characters_of`."""
        return characters_of(self.rim, self.strokes, self.boxes, self.slack, other)


def check_boxes(
    row: Mapping[str, Any], strokes: Strokes, size_px: tuple[int, int], in_order: bool, slack: float = SLACK
) -> tuple[Finding | None, list[WordInk]]:
    """Whether boxes lie around their ink, and the ink of each word.

    in_order: whether every word is written after the one before, as handwriting of a hand is; real ink need not be.
    slack: px by which a box may be off.
    """
    rim = np.clip(rims(strokes.points, strokes.widths), 0.0, (*size_px, *size_px))
    ink_box = row.get("ink_box")
    if ink_box is not None and (np.abs(union(rim) - ink_box) > slack).any():
        return Finding("wrong", OTHER_INK_BOX), []
    words, word_boxes = row.get("words") or [], boxes_of(row.get("word_boxes"))
    character_boxes = boxes_of(row.get("character_boxes"))
    if in_order and len(character_boxes) and len(word_boxes):
        finding = check_nesting(words, word_boxes, character_boxes, slack)
        if finding is not None:
            return finding, []
    for boxes, reason in ((word_boxes, OTHER_WORD_BOXES), (character_boxes, OTHER_CHARACTER_BOXES)):
        if len(boxes) and not _around(rim, boxes, in_order, slack):
            return Finding("wrong", reason), []
    if not in_order or not len(word_boxes):
        return None, []
    groups = words_of(rim, strokes.parts, word_boxes, slack)
    if groups is None:
        return Finding("wrong", OTHER_WORD_BOXES), []
    return None, _word_inks(rim, words, groups, character_boxes, slack)


def _word_inks(
    rim: Floats, words: Sequence[str], groups: Sequence[Sequence[Part]], character_boxes: Floats, slack: float
) -> list[WordInk]:
    """The ink of each word whose characters have boxes."""
    inks, at = [], 0
    for word, group in zip(words, groups, strict=True):
        boxes = character_boxes[at : at + len(word)]
        at += len(word)
        if len(boxes):
            inks.append(WordInk(rim, group, boxes, slack))
    return inks


def as_photographed(strokes: Strokes, ink_box: Sequence[float] | None) -> tuple[Strokes, float]:
    """The strokes with the widths that they have in a photograph, told by how far ink_box lies off their points; and px
    by which a box may be off, as perspective makes some widths greater than others."""
    scale = USUAL_SCALE
    if ink_box is not None:
        points, rim = union(rims(strokes.points, 0 * strokes.widths)), union(rims(strokes.points, strokes.widths))
        scale = float(np.median((np.array(ink_box) - points) / (rim - points)))
        scale = min(max(scale, 0.25), 1.2) if np.isfinite(scale) else USUAL_SCALE
    widths = strokes.widths * scale
    return replace(strokes, widths=widths), BENT + BENT_WIDTH * float(widths.max()) / 2


def _around(rim: Floats, boxes: Floats, complete: bool, slack: float) -> bool:
    """Whether each box is touched on all four sides by ink that lies in it, and, where the boxes are `complete`,
    no ink lies outside all of them."""
    within = inside(rim, boxes, slack)
    if complete and not within.any(axis=1).all():
        return False
    for number, box in enumerate(boxes):
        own = rim[within[:, number]]
        if not len(own) or (np.abs(union(own) - box) > slack).any():
            return False
    return True
