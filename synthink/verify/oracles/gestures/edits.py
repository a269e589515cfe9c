"""The text after an edit: worked out once more from the text before, the words aimed at and what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthink.verify.oracle import Finding
from synthink.verify.oracles.gestures.families import ClassFacts
from synthink.verify.oracles.gestures.targets import PAIRS

OTHER_EDIT = "page_text_after is not the page's text after this edit"
OTHER_PARAGRAPH = "the answer is no paragraph that the edit changed"
NO_PARAGRAPH = "the words aimed at are not in the page's text"

REWORDING = ("insert", "delete", "swap", "replace", "punctuate", "capitalise")
"""The edits that change a paragraph's words, by name; `highlight`, `crop` and `none` change none."""
Paragraphs = list[list[str]]


def check_edit(row: Mapping[str, Any], facts: ClassFacts | None, lower_case: bool) -> Finding | None:
    """Check page_text_after, and the answer of `edited_text`, against page_text, target_words and text.

    An edit whose name is not known here is not checked.
    """
    if any(row.get(key) is None for key in ("page_text", "target_words")) or "page_text_after" not in row:
        return None
    before, after, words = row["page_text"], row["page_text_after"], row["target_words"]
    paragraphs = split(before)
    if not _are_on_page(paragraphs, words, adjacent=facts is None or facts.target_kind not in PAIRS):
        return Finding("wrong", NO_PARAGRAPH)
    edit = facts.edit if facts else "" if row.get("gesture") else "none"
    if edit not in REWORDING:
        return Finding("wrong", OTHER_EDIT) if after is not None and edit else None
    if after is None or not _is_edit(paragraphs, split(after), row, edit):
        return Finding("wrong", OTHER_EDIT)
    if row.get("task") == "edited_text" and "suffix" in row:
        old_lines = before.split("\n")  # an edited paragraph is never emptied here, so that they stand side by side
        fresh = [line for line, old in zip(after.split("\n"), old_lines, strict=False) if line != old]
        if row["suffix"] not in [line.lower() if lower_case else line for line in fresh]:
            return Finding("wrong", OTHER_PARAGRAPH)
    return None


def split(text: str) -> Paragraphs:
    """The words of each paragraph."""
    return [line.split(" ") for line in text.split("\n") if line]


def _are_on_page(paragraphs: Paragraphs, words: Sequence[str], adjacent: bool) -> bool:
    """Whether the words are on the page, side by side where they must be."""
    if not adjacent:
        every = {word for paragraph in paragraphs for word in paragraph}
        return all(word in every for word in words)
    return not words or bool(places(paragraphs, words))


def places(paragraphs: Paragraphs, words: Sequence[str]) -> list[tuple[int, int]]:
    """The number of the paragraph and the place in it of all the runs of these words."""
    first, count = words[0], len(words)
    return [
        (number, at)
        for number, paragraph in enumerate(paragraphs)
        for at, word in enumerate(paragraph)
        if word == first and paragraph[at : at + count] == list(words)
    ]


def _is_edit(before: Paragraphs, after: Paragraphs, row: Mapping[str, Any], edit: str) -> bool:
    words = list(row["target_words"])
    if edit == "swap":
        return _is_swap(before, after, words)
    for number, at in places(before, words):
        for result in _results(before[number], at, words, row, edit):
            if before[:number] + ([result] if result else []) + before[number + 1 :] == after:
                return True
    return False


def _results(paragraph: list[str], at: int, words: list[str], row: Mapping[str, Any], edit: str) -> list[list[str]]:
    """What a paragraph may be after the edit at one place in it."""
    if edit == "delete":
        return [paragraph[:at] + paragraph[at + len(words) :]]
    written = (row.get("text") or "").split()
    if edit == "replace":
        return [paragraph[:at] + written + paragraph[at + len(words) :]] if written else []
    if edit == "capitalise":
        first = words[0][0].upper()
        return [[*paragraph[:at], first + words[0][1:], *paragraph[at + 1 :]]] if first != words[0][0] else []
    if edit == "punctuate":
        signs = bool(written) and not any(char.isalnum() for char in written[0])
        return [[*paragraph[:at], words[0] + written[0], *paragraph[at + 1 :]]] if signs else []
    cuts = [at + 1] if len(words) == 2 else _sides(row, at)
    return [paragraph[:cut] + written + paragraph[cut:] for cut in cuts]


def _sides(row: Mapping[str, Any], at: int) -> list[int]:
    """Where new words beside one word go: before or after it, as the target's box lies."""
    box, words, boxes = row.get("target_box"), row.get("words"), row.get("word_boxes")
    for word, own in zip(words or (), boxes or (), strict=False):
        if box is not None and word == row["target_words"][0] and own[1] < box[3] and own[3] > box[1]:
            if abs(own[0] - box[2]) < 0.1:
                return [at]
            if abs(own[2] - box[0]) < 0.1:
                return [at + 1]
    return [at, at + 1]


def _is_swap(before: Paragraphs, after: Paragraphs, words: list[str]) -> bool:
    if len(words) != 2 or list(map(len, before)) != list(map(len, after)):
        return False
    pairs = zip((w for p in before for w in p), (w for p in after for w in p), strict=True)
    changed = [pair for pair in pairs if pair[0] != pair[1]]
    return sorted(changed) == sorted([(words[0], words[1]), (words[1], words[0])])
