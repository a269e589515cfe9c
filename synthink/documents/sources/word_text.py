"""What a source says a word is, made fit for a label, or the reason why it is not."""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 200

# Zero-width spaces and joiners that print nothing, soft hyphens, marks of direction, byte order marks.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\u200e\u200f\ufeff]")


def cleaned(text: str) -> tuple[str, str]:
    """The word in NFC without what does not print, and no reason; or an empty word and why it cannot be used."""
    word = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).strip()
    if not word:
        return "", "words without text"
    if len(word.split()) > 1 or not word.isprintable():
        return "", "words with blanks or control characters"
    if len(word) > MOST_CHARACTERS:
        return "", f"words of more than {MOST_CHARACTERS} characters"
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in word):
        return "", "words written from right to left"
    return word, ""
