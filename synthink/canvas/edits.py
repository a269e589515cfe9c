"""The edits of pages on the disk, so that they are there again when the canvas is started anew.

`OUTPUT/.edits.jsonl` has a line for each gesture that was accepted, and for each step back or forth. Pages are known by
their content; each is edited anew from its first state when it is laid on the desk.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from synthink.canvas.journal import Journal, Line, disk_errors
from synthink.documents import Gesture, Page
from synthink.draw.geometry import Box
from synthink.errors import BusyError

NAME = ".edits.jsonl"


@dataclass
class PageEdits:
    """The gestures that were accepted on a page; those after `now` were taken back."""

    gestures: list[Gesture] = field(default_factory=list)
    now: int = 0


class Edits:
    """The edits of all pages. Nothing is written before the first one, and nothing while another canvas keeps its own
    in the same folder: `is_kept` says so."""

    def __init__(self, folder: Path) -> None:
        """Raises `OutputError` naming the line of a damaged journal."""
        self._path = folder / NAME
        self._pages: dict[str, PageEdits] = {}
        self._journal: Journal | None = None
        self.is_kept = True
        if self._path.exists():
            self._open(new=False)

    def _open(self, new: bool) -> None:
        try:
            with disk_errors(self._path):
                self._journal = Journal(self._path, self._take, new)
        except BusyError:
            self.is_kept = False

    def close(self) -> None:
        """Let others keep their edits here."""
        if self._journal is not None:
            self._journal.close()

    def of(self, page: Page) -> PageEdits:
        """The edits of a page, which is given as it was at first."""
        return self._pages.get(_digest(page), PageEdits())

    def accept(self, page: Page, gesture: Gesture) -> None:
        """Keep a gesture on a page, which is given as it was at first; those that were taken back are gone."""
        ends = None if gesture.ends is None else [list(end) for end in gesture.ends]
        fields = {"kind": gesture.kind, "box": list(gesture.box), "text": gesture.text, "ends": ends}
        self._write({"page": _digest(page), "gesture": fields})

    def walk(self, page: Page, now: int) -> None:
        """Keep how many gestures on a page count."""
        self._write({"page": _digest(page), "now": now})

    def _write(self, line: Line) -> None:
        if self._journal is None and self.is_kept:
            self._open(new=not self._path.exists())
        if self._journal is not None:
            self._journal.write(line)
        else:
            self._take(line)

    def _take(self, line: Line) -> None:
        edits = self._pages.setdefault(str(line["page"]), PageEdits())
        if "gesture" not in line:
            edits.now = min(max(int(line["now"]), 0), len(edits.gestures))
            return
        fields = line["gesture"]
        ends = fields["ends"]
        places = None if ends is None else (tuple(map(float, ends[0])), tuple(map(float, ends[1])))
        gesture = Gesture(str(fields["kind"]), Box(*map(float, fields["box"])), str(fields["text"]), places)  # type: ignore[arg-type]
        edits.gestures = [*edits.gestures[: edits.now], gesture]
        edits.now += 1


def _digest(page: Page) -> str:
    """A page's content: its name, size, words and where they stand."""
    content = f"{page.name}\n{page.size_px}\n{page.text}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(content + page.boxes.tobytes()).hexdigest()
