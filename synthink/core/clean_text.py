"""One clean-up of text from outside, whether of documents, lists or ink: letters as they are printed, and nothing that
does not print."""

from __future__ import annotations

import re
import unicodedata

# Latin and Armenian ligatures, and the Dutch ij, that Unicode has as signs of their own.
LIGATURES = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0xFB00, 0xFB07), *range(0xFB13, 0xFB18), 0x0132, 0x0133)
}
"""Code point of a ligature's sign -> the letters that it is printed as."""

# Soft hyphens, zero-width spaces and joiners, marks of direction that turn nothing round, byte order marks, choices
# among forms of a letter.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180e\u200b\u200e\u200f\u202a\u202c\u202d\u2060-\u2064\u2066\u2068\u2069\ufe00-\ufe0f\ufeff"
    "\U000e0100-\U000e01ef]"
)
# Marks that join letters or keep them apart: they shape letters of some scripts, not of Latin, Greek and Cyrillic.
_JOINERS = re.compile("[\u200c\u200d]")
_SHAPED_FROM = "\u0590"
# Letters and signs of Hangul and Braille that are blanks in print.
_BLANKS = str.maketrans(dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "))


LOST = "\ufffd"
"""The sign that stands where a reader could not tell the letter: a text with it says something else than its source."""


def clean_text(text: str) -> str:
    """The text in NFC, with letters for ligature signs, blanks for what prints as one, and without what does not print
    at all."""
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", text.translate(LIGATURES).translate(_BLANKS))
    if all(letter < _SHAPED_FROM or letter in "\u200c\u200d" or "\u2010" <= letter <= "\u206f" for letter in text):
        text = _JOINERS.sub("", text)
    return unicodedata.normalize("NFC", text)
