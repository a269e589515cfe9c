"""Texts from outside: the lines of a file, the sentences of a corpus."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from synthink.assets.words.letter_case import normal
from synthink.assets.words.nltk_corpora import nltk_corpus
from synthink.assets.words.sources import MOST_BYTES, MOST_LINES
from synthink.errors import AssetError, quoted

_END = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(]?[A-Z])")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]")


def file_lines(path: Path) -> list[str]:
    """The lines of a text file in UTF-8 that are not blank. Raises `AssetError` naming the file and the line."""
    try:
        if not path.is_file():
            raise AssetError(f"{path}: is no file; texts are a text file with one text a line")
        if path.stat().st_size > MOST_BYTES:
            raise AssetError(f"{path}: has more than {MOST_BYTES:,} bytes")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AssetError(f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        raise AssetError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MOST_LINES:
        raise AssetError(f"{path}: has {len(lines):,} lines; at most {MOST_LINES:,} are read")
    texts = [checked(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not texts:
        raise AssetError(f"{path}: holds no text")
    return texts


def corpus_sentences(corpus: str) -> list[str]:
    """The sentences of an NLTK corpus of plain text, split at full stops before capitals."""
    sentences = []
    for name, data in nltk_corpus(corpus):
        text = data.decode("utf-8", "replace") if b"\xc3" in data else data.decode("latin-1")
        for paragraph in re.split(r"\n\s*\n", text):
            for sentence in _END.split(" ".join(paragraph.split())):
                plain = sentence.translate(_PLAIN).strip()
                # A letter that the corpus holds damaged cannot be a label.
                if plain.isprintable() and "\ufffd" not in plain and plain:
                    sentences.append(checked(plain, name))
    return sentences


_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"})


def checked(text: str, place: str) -> str:
    """The text in NFC with single spaces. `AssetError` for control characters and for writing from right to left."""
    line = " ".join(normal(text.replace("\t", " ")).split(" ")).strip()
    line = re.sub(" +", " ", line)
    odd = next((char for char in line if not char.isprintable()), None)
    if odd is not None:
        raise AssetError(f"{place}: {quoted(line)} holds a control character (U+{ord(odd):04X})")
    if _RIGHT_TO_LEFT.search(line):
        raise AssetError(f"{place}: {quoted(line)} is written from right to left, which no hand here can")
    return line


def wrapped(text: str, most: int) -> list[str]:
    """The text in lines of at most `most` characters, broken between words; a longer word is broken, too."""
    return textwrap.wrap(text, most, break_on_hyphens=False) or [text]
