"""The errors that synthink raises on purpose: one line each, naming the place and the value."""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

LONGEST_VALUE = 200
"""The most characters of one value that a message shows."""


class SynthinkError(Exception):
    """Base of all errors that a user can mend; the command prints it as one line and exits with 2.

    Whatever it says of names and values from outside can be seen, and does nothing to a terminal.
    """

    def __str__(self) -> str:
        return displayable(super().__str__())


class ConfigError(SynthinkError):
    """A field has a value that cannot be used.

    `field` is the dotted path from the object that was built (`words.length`), `value` what was given.
    """

    def __init__(self, field: str, value: Any, reason: str) -> None:
        super().__init__(f"{field}={quoted(value)}: {reason}")
        self.field, self.value, self.reason = field, value, reason

    def under(self, parent: str) -> ConfigError:
        """The error as seen from the object that holds this one in its field `parent`: the field's name becomes
        `parent.field`."""
        return type(self)(f"{parent}.{self.field}", self.value, self.reason)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.field, self.value, self.reason)


class ArgumentError(ConfigError):
    """A function of the toolkit cannot use an argument. In a generator's `draw` that is a fault of the row, and of no
    field."""


def check_kind(name: str, value: Any, kind: Any, what: str) -> None:
    """Raise `ArgumentError` for an argument that is no instance of a class, or of one of several. what: the end of
    "must be"."""
    if not isinstance(value, kind):
        raise ArgumentError(name, value, f"must be {what}")


class AssetError(SynthinkError):
    """A file from outside (a font, a word list) cannot be used; names the file and the place in it."""


class SourceNotOpened(AssetError):
    """A manifest that came from somewhere names a file or an address, and nobody said that it may be opened."""


class OutputError(SynthinkError):
    """The dataset folder cannot be written, is locked, or holds something else."""


class BusyError(OutputError):
    """Another run is writing to the folder."""


class MissingColumn(SynthinkError):
    """A row lacks a column that is needed to score an answer to it."""


class ModelError(SynthinkError):
    """A model cannot be trained or asked: a missing package, weights that do not fit, rows that it cannot take, an
    endpoint that refuses."""


class HubError(SynthinkError):
    """The hub, or storage at an address, cannot be reached, refuses, or holds something else than the dataset that goes
    there."""


class DrawError(SynthinkError):
    """A generator raised while it drew a row, or returned something that is not a row."""


def with_notes(error: BaseException) -> str:
    """The error's message and its notes (PEP 678) in one line."""
    return "; ".join([str(error), *getattr(error, "__notes__", ())])


def unexpected(error: BaseException) -> str:
    """The traceback of the fault in somebody's code that an error of ours tells of; empty where there is none."""
    import traceback

    cause = error.__cause__
    is_reason = isinstance(cause, SynthinkError) and not isinstance(cause, ArgumentError)
    return "" if cause is None or is_reason else "".join(traceback.format_exception(cause))


class WorkerError(Exception):
    """Stands for an error that was raised in another process: its message is the traceback there."""


def portable(error: Exception) -> tuple[Exception, str]:
    """An error of the same meaning that any process can unpickle, and the traceback of the fault behind it (empty
    where there is none: the error says it all)."""
    import traceback

    if isinstance(error, OSError) and error.errno is not None:
        return OSError(error.errno, os.strerror(error.errno), error.filename), ""
    if isinstance(error, SynthinkError):
        kinds: list[type[SynthinkError]] = [DrawError, AssetError, OutputError, ModelError]
        kind = next((kind for kind in kinds if isinstance(error, kind)), SynthinkError)
        return kind(with_notes(error)), unexpected(error)
    return RuntimeError(f"{type(error).__name__}: {with_notes(error)}"), "".join(traceback.format_exception(error))


_WITHOUT_BLANK = re.compile(rf"\S{{{LONGEST_VALUE + 1},}}")


def displayable(text: str, limit: int = 2000) -> str:
    """Text from anywhere for a message: characters that cannot be seen as escapes (control characters, marks that turn
    the direction of writing), and where it is longer than `limit` characters without its middle. So is what stands in
    it without a blank and is longer than any value that is worth reading."""
    text = _WITHOUT_BLANK.sub(lambda run: shortened(run[0]), text)
    if len(text) > limit:
        text = f"{text[: limit * 3 // 4]} … {text[-limit // 4 :]}"
    if text.isprintable():
        return text
    return "".join(char if _can_be_seen(char) else char.encode("unicode_escape").decode() for char in text)


def _can_be_seen(char: str) -> bool:
    return char.isprintable() or char == "\n" or unicodedata.category(char) == "Zs"


def quoted(value: Any, limit: int = 80) -> str:
    """`value` for a message: its repr in one line, cut to `limit` characters."""
    text = re.sub(r"\n\s*", " ", repr(value))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def shortened(text: str, limit: int = LONGEST_VALUE) -> str:
    """A name or a text for a message as it stands, where it is longer than `limit` characters without its middle."""
    return text if len(text) <= limit else f"{text[: limit * 2 // 3]}…{text[1 - limit + limit * 2 // 3 :]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known names, or the list of them when none is near."""
    names = sorted(set(known))
    near = difflib.get_close_matches(word[:LONGEST_VALUE], names, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(names)}" if names else "there is none"
