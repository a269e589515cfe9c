"""The text after an edit: worked out once more from the text before, the words aimed at and what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthink.verify.oracle import Finding

OTHER_EDIT = "page_text_after is not the page's text after this edit"
OTHER_PARAGRAPH = "the answer is no paragraph that the edit changed"
NO_PARAGRAPH = "the words aimed at are not in the page's text"

EDITING = ("insert", "delete", "point")
Paragraphs = list[list[str]]


def check_edit(row: Mapping[str, Any], lower_case: bool) -> Finding | None:
    """page_text_after, and the answer of `edited_text`, beside page_text, target_words and text."""
    if any(row.get(key) is None for key in ("page_text", "target_words")) or "page_text_after" not in row:
        return None
    before, after, words = row["page_text"], row["page_text_after"], row["target_words"]
    pages = split(before)
    if not _said(pages, words, adjacent=row.get("gesture") != "point"):
        return Finding("wrong", NO_PARAGRAPH)
    if row.get("gesture") not in EDITING:
        return Finding("wrong", OTHER_EDIT) if after is not None else None
    if after is None:
        return Finding("wrong", OTHER_EDIT)
    if not _is_edit(pages, split(after), row):
        return Finding("wrong", OTHER_EDIT)
    if row.get("task") == "edited_text" and "suffix" in row:
        kept = before.split("\n")  # an edited paragraph is never emptied here, so that they stand side by side
        fresh = [line for line, old in zip(after.split("\n"), kept, strict=False) if line != old]
        if row["suffix"] not in [line.lower() if lower_case else line for line in fresh]:
            return Finding("wrong", OTHER_PARAGRAPH)
    return None


def split(text: str) -> Paragraphs:
    """Words of each paragraph."""
    return [line.split(" ") for line in text.split("\n") if line]


def _said(pages: Paragraphs, words: Sequence[str], adjacent: bool) -> bool:
    if not adjacent:
        every = [word for paragraph in pages for word in paragraph]
        return all(word in every for word in words)
    return not words or any(True for _ in places(pages, words))


def places(pages: Paragraphs, words: Sequence[str]) -> list[tuple[int, int]]:
    """Paragraph and place in it of all the runs of these words."""
    first, count = words[0], len(words)
    return [
        (number, at)
        for number, paragraph in enumerate(pages)
        for at, word in enumerate(paragraph)
        if word == first and paragraph[at : at + count] == list(words)
    ]


def _is_edit(before: Paragraphs, after: Paragraphs, row: Mapping[str, Any]) -> bool:
    words, gesture = list(row["target_words"]), row["gesture"]
    if gesture == "point":
        return _is_swap(before, after, words)
    written = (row.get("text") or "").split()
    for number, at in places(before, words):
        paragraph = before[number]
        if gesture == "delete":
            results = [paragraph[:at] + paragraph[at + len(words) :]]
        elif len(words) == 2:
            results = [paragraph[: at + 1] + written + paragraph[at + 1 :]]
        else:
            results = [paragraph[:cut] + written + paragraph[cut:] for cut in _sides(row, at)]
        for result in results:
            if before[:number] + ([result] if result else []) + before[number + 1 :] == after:
                return True
    return False


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
