"""Where words come from: the built-in list, a text file, a list given outright, NLTK's corpus.

Every reader gives the words in NFC, as they stand in the source: nothing is filtered here, and what is no word at
all (control characters, nothing but spaces, 10,000 letters) is an error that names its place.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from functools import cache
from importlib import resources
from pathlib import Path

from synthink.assets.words.letter_case import normal
from synthink.errors import AssetError, ConfigError, quoted

MOST_LETTERS = 64  # longer words do not fit any picture at a size that can be read
MOST_BYTES = 64 << 20
MOST_LINES = 5_000_000


@cache
def builtin_words() -> tuple[str, ...]:
    """The list that comes with synthink, read once a process; its first lines say how it was made."""
    data = resources.files("synthink.assets.words").joinpath("builtin_words.txt").read_bytes()
    return tuple(parse(data, "builtin_words.txt"))


def listed_words(words: tuple[str, ...], field: str = "source") -> list[str]:
    """Words given outright in a field. Raises `ConfigError` naming the item."""
    if not words:
        raise ConfigError(field, words, "the list holds no words")
    checked = []
    for index, word in enumerate(words):
        text = normal(word.strip())
        reason = fault(text) if text else "is empty"
        if reason:
            raise ConfigError(f"{field}[{index}]", word, reason)
        checked.append(text)
    return checked


def file_words(path: Path) -> list[str]:
    """Words of a text file in UTF-8, one a line; blank lines and lines that start with `#` are skipped.

    Raises `AssetError` naming the file and, where there is one, the line.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise AssetError(f"{path}: is {kind}; a word list is a text file with one word a line")
        if status.st_size > MOST_BYTES:
            raise AssetError(f"{path}: is {status.st_size:,} bytes long; a word list has at most {MOST_BYTES:,}")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        reason = getattr(error, "strerror", None) or str(error)
        raise AssetError(f"{path}: the word list cannot be read: {reason}") from error
    words = parse(data, str(path))
    if not words:
        raise AssetError(f"{path}: holds no words")
    return words


def parse(data: bytes, name: str) -> list[str]:
    """The words of a text in UTF-8; `name` is what error lines call it."""
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    try:
        text = data[mark:].decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + mark
        place = f"{name}:{_lines_before(data[:at])}"
        raise AssetError(
            f"{place}: is not UTF-8 at byte {at} of the file (0x{data[at]:02X}); save it as UTF-8"
        ) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MOST_LINES:
        raise AssetError(f"{name}: has {len(lines):,} lines; a word list has at most {MOST_LINES:,}")
    words = []
    for number, line in enumerate(lines, start=1):
        word = normal(line.strip(" \t\u00a0"))
        if word and word[0] != "#":
            if reason := fault(word):
                raise AssetError(f"{name}:{number}: {quoted(word, 40)} {reason}")
            words.append(word)
    return words


def fault(word: str) -> str | None:
    """The reason why a text can't be a word, or None. Characters that are merely unusual are the alphabet filter's
    business."""
    for character in () if word.isprintable() else word:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            return f"holds the control character U+{ord(character):04X}"
    if len(word) > MOST_LETTERS:
        return f"has {len(word):,} letters; at most {MOST_LETTERS}"
    return None


def _lines_before(data: bytes) -> int:
    """The number, from 1, of the line that follows these bytes; ends of line are LF, CR LF or CR."""
    return 1 + data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def looks_like_a_path(name: str) -> bool:
    """Whether a bare name means a file: it is one, or it is written like one."""
    return any(mark in name for mark in "/\\.~") or os.path.exists(name)  # noqa: PTH110 - Path.exists raises on odd names
