"""How both writers of XML put one ink into one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from synthink.files import write_whole
from synthink.ink.model import Ink, InkError


def write_one(path: Path, inks: Sequence[Ink], kind: str, lines: Callable[[Ink], Iterator[str]]) -> None:
    """Write the lines of the only ink, whole or not at all; `InkError` for several, and naming the file for others."""
    if len(inks) != 1:
        reason = f"{kind} holds one ink a file, not {len(inks)}; write ndjson or npz, or a file for each"
        raise InkError(reason, path.name)
    try:
        content = "\n".join(lines(inks[0])) + "\n"
    except InkError as error:
        raise InkError(error.reason, path.name, error.element) from None
    write_whole(path, content.encode())
