"""Scans: pages whose text a machine recognised and laid invisibly over the picture. The file does not print it, so that
each word is held against the picture's ink alone; and only plain words are believed at all, since recognition reads
formulas, signs and pictures as letters that look like them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from synthink.documents.page.model import Page
from synthink.documents.proof.proof import proved

MOST_WRONG = 0.3
"""Of a page's plain words: where the picture does not show more of them, the others are right by chance, too."""
LEAST = 0.4
"""Of a page's words: where fewer are plain and shown, it was recognised in the wrong language."""
_AROUND = ".,;:!?()[]\"'“”„‘’-"
_WORD = re.compile(r"(?=.{2})(?:[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+(?:[.,:/-]\d+)*%?)")
_ENDING = re.compile(r"['’][^\W\d_]{1,2}[.,;:!?]*")


def is_ending(text: str) -> bool:
    """Whether a text is the end of a word that recognition tells as two: don ’t, we ’ve."""
    return _ENDING.fullmatch(text) is not None


def is_plain(text: str) -> bool:
    """Whether a text is a word of two letters or more, or a number of two digits, with marks around it: of one script,
    with capitals at its beginning or everywhere, and brackets that are closed."""
    core = text.strip(_AROUND)
    closed = text.count("(") == text.count(")") and text.count("[") == text.count("]")
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in core if char.isalpha()}
    parts = re.split(r"[-'’]", core)
    cases = all(part == part.upper() or part[1:] == part[1:].lower() for part in parts)
    return closed and len(scripts) <= 1 and cases and _WORD.fullmatch(core) is not None


def proved_scan(page: Page, skipped: Counter[str]) -> Page | None:
    """A scan with the words that its picture shows, and None where these are too few. What is left out is counted in
    `skipped`."""
    result = proved(page, skipped, recognised=True)
    number = len(result.words)
    if number >= (1 - MOST_WRONG) * len(page.words) and number >= LEAST * (len(page.words) + len(page.unread)):
        return result
    skipped["page: a scan with text that is often not what it shows"] += 1
    return None
