"""Texts from outside: the lines of a file, the sentences of a corpus."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

from synthink.assets.words.nltk_corpora import nltk_corpus
from synthink.assets.words.sources import MOST_BYTES, Fault, text_lines
from synthink.core.clean_text import LOST, clean_text
from synthink.core.left_out import LEAVES_OUT, LeftOut
from synthink.errors import AssetError, ConfigError, quoted

_BLANKS = re.compile("[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_END = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(]?[A-Z])")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]")


def file_lines(path: Path, left_out: LeftOut | None = None) -> dict[str, int]:
    """The texts of a file in UTF-8, one a line, each with the number of its line; blank lines are skipped.

    left_out: counts what cannot be written; without it that is an error that names `strict`. Raises `AssetError` naming
    the file and the line.
    """
    try:
        if not path.is_file():
            raise AssetError(f"{path}: is no file; texts are a text file with one text a line")
        if path.stat().st_size > MOST_BYTES:
            raise AssetError(f"{path}: has more than {MOST_BYTES:,} bytes")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        raise AssetError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    texts: dict[str, int] = {}
    for number, line in text_lines(data, str(path), "text", left_out):
        if text := plain(line):
            wrong = fault(text)
            if wrong and left_out is None:
                raise AssetError(f"{path}:{number}: {quoted(text)} {wrong.text}{LEAVES_OUT}")
            _take(text, number, f"line {number} ", wrong, texts, left_out)
    if not texts and not left_out:
        raise AssetError(f"{path}: holds no text")
    return texts


def listed_texts(lines: Sequence[str], field: str, left_out: LeftOut | None = None) -> dict[str, int]:
    """Texts given outright in a field, each with its number from 0, as they can be written.

    left_out: counts what cannot be written; without it that raises a `ConfigError` naming the item, and `strict`.
    """
    texts: dict[str, int] = {}
    for number, line in enumerate(lines):
        text = plain(line)
        wrong = fault(text)
        if wrong and left_out is None:
            raise ConfigError(f"{field}[{number}]", line, wrong.text + LEAVES_OUT)
        _take(text, number, "", wrong, texts, left_out)
    return texts


def _take(
    text: str, number: int, place: str, wrong: Fault | None, texts: dict[str, int], left_out: LeftOut | None
) -> None:
    """Add a text to those that there are, or count it among those that are left out."""
    reason = wrong.reason if wrong else "texts given twice" if text in texts else ""
    if not reason:
        texts[text] = number
    elif left_out is not None:
        left_out.note(reason, f"{place}{quoted(text, 40)}")


def corpus_sentences(corpus: str) -> list[str]:
    """The sentences of an NLTK corpus of plain text, split at full stops before capitals."""
    sentences = []
    for name, data in nltk_corpus(corpus):
        text = data.decode("utf-8", "replace") if b"\xc3" in data else data.decode("latin-1")
        for paragraph in re.split(r"\n\s*\n", text):
            for sentence in _END.split(" ".join(paragraph.split())):
                plain = sentence.translate(_PLAIN).strip()
                # A letter that the corpus holds damaged cannot be a label.
                if plain.isprintable() and LOST not in plain and plain:
                    sentences.append(checked(plain, name))
    return sentences


_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"})


def checked(text: str, place: str) -> str:
    """The text in NFC with single spaces. `AssetError` for control characters and for writing from right to left."""
    line = plain(text)
    if wrong := fault(line):
        raise AssetError(f"{place}: {quoted(line)} {wrong.text}")
    return line


def plain(text: str) -> str:
    """The text cleaned up, with single spaces for blanks of any width."""
    return _BLANKS.sub(" ", clean_text(text)).strip(" ")


def fault(line: str) -> Fault | None:
    """Why a text cannot be written by hand, or None. Which characters a hand has is another question."""
    if not line:
        return Fault("texts without a letter", "is empty")
    odd = next((char for char in line if not char.isprintable()), None)
    if odd is not None:
        return Fault("texts with a control character", f"holds a control character (U+{ord(odd):04X})")
    if LOST in line:
        return Fault(
            "texts with letters that are lost (U+FFFD)", "holds U+FFFD, which stands for a letter that is lost"
        )
    if _RIGHT_TO_LEFT.search(line):
        return Fault("texts written from right to left", "is written from right to left, which no hand here can")
    return None


def wrapped(text: str, most: int) -> list[str]:
    """The text in lines of at most `most` characters, broken between words; a longer word is broken, too."""
    return textwrap.wrap(text, most, break_on_hyphens=False) or [text]
