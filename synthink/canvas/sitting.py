"""A sitting: what one writer was asked for, and every stroke that came of it, kept as soon as it is drawn.

Finished pieces become InkML files beside its journal, again whenever that is opened, so that a kill between the two
loses none.

    OUTPUT/.sittings/0003.jsonl      the journal; hidden, so that nobody takes it for ink
    OUTPUT/gestures/0003-0007.inkml  piece 7 of sitting 3; `texts/` and `letters/` likewise

Names are numbers of ours: nothing that a browser sent is part of one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from synthink.canvas.journal import Journal, Line, disk_errors
from synthink.canvas.sorts import FOLDERS
from synthink.errors import BusyError, OutputError
from synthink.ink import Ink, write_ink

JOURNALS = ".sittings"
MOST_SITTINGS = 9_999


@dataclass
class Piece:
    """One piece of ink: what was asked for, and the strokes so far.

    ask: its `label`, its `sort`, and whatever else is kept with the ink. strokes: lists of points
    [x, y, milliseconds by the writer's clock, pressure or None].
    """

    ask: Line
    strokes: list[list[list[float | None]]] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)
    """The kind of pointer of each stroke, and how its points came: `pen, coalesced`."""
    fate: str = "open"
    """`open`, `done` or `skipped`."""

    def ink(self, about: Line, source: str) -> Ink:
        """The piece as ink, with all that is known of it."""
        arrays = [
            np.array([[np.nan if value is None else value for value in point] for point in stroke])
            for stroke in self.strokes
        ]
        begin = float(arrays[0][0, 2])
        metadata = {
            **{name: value for name, value in about.items() if name != "writer"},
            **{name: value for name, value in self.ask.items() if name not in ("label", "sort")},
            "pointers": sorted(set(self.pointers)),
        }
        return Ink(
            [array - (0.0, 0.0, begin, 0.0) for array in arrays],
            label=str(self.ask["label"]),
            writer=str(about["writer"]),
            source=source,
            units="px",
            metadata=metadata,
        )


class Sitting:
    """One sitting, open for writing; `close` when nobody writes into it any more."""

    def __init__(self, folder: Path, number: int, new: bool = False) -> None:
        """Open its journal, and write what pieces it finished. Raises what `Journal` raises."""
        self.folder, self.number = folder, number
        self.about: Line = {}
        self.pieces: list[Piece] = []
        self.is_over = False
        self._journal = Journal(folder / JOURNALS / f"{number:04}.jsonl", self._take, new)
        for index, piece in enumerate(self.pieces):
            if piece.fate == "done":
                self._export(index)

    @classmethod
    def begin(cls, folder: Path, about: Line) -> Sitting:
        """A new sitting. about: the writer's name, consent and device, in texts."""
        with disk_errors(folder / JOURNALS):
            for number in range(len(_numbers(folder)) + 1, MOST_SITTINGS + 1):
                try:
                    sitting = cls(folder, number, new=True)
                except FileExistsError:
                    continue
                sitting.write({"sitting": {**about}})
                return sitting
        raise OutputError(f"{folder / JOURNALS}: holds {MOST_SITTINGS:,} sittings; choose another output")

    @classmethod
    def latest_unfinished(cls, folder: Path) -> Sitting | None:
        """The last sitting that was not ended and that nobody else has open; the finished pieces of all are written."""
        latest = None
        for number in _numbers(folder):
            try:
                with disk_errors(folder / JOURNALS):
                    sitting = cls(folder, number)
            except BusyError:
                continue
            done_with = sitting if sitting.is_over or not sitting.about else latest
            latest = latest if done_with is sitting else sitting
            if done_with is not None:
                done_with.close()
        return latest

    @property
    def piece(self) -> Piece | None:
        """The piece that is being written; None before the first one and between two."""
        return self.pieces[-1] if self.pieces and self.pieces[-1].fate == "open" else None

    @property
    def done(self) -> int:
        """The number of pieces that are finished; those that were passed over are not."""
        return sum(piece.fate == "done" for piece in self.pieces)

    def write(self, line: Line) -> None:
        """Put one event on the disk, then let it count: `ask`, `stroke`, `drop`, `done`, `skip`, `end`."""
        self._journal.write(line)
        if "done" in line:
            self._export(len(self.pieces) - 1)

    def close(self) -> None:
        """Let others open the sitting."""
        self._journal.close()

    def _take(self, line: Line) -> None:
        """Let an event count."""
        match line:
            case {"sitting": about}:
                self.about = about
            case {"ask": ask}:
                self.pieces.append(Piece(ask))
            case {"stroke": stroke, "pointer": pointer}:
                self.pieces[-1].strokes.append(stroke)
                self.pieces[-1].pointers.append(pointer)
            case {"drop": number}:
                del self.pieces[-1].strokes[number], self.pieces[-1].pointers[number]
            case {"done": True}:
                self.pieces[-1].fate = "done"
            case {"skip": True}:
                self.pieces[-1].fate = "skipped"
            case {"end": True}:
                self.is_over = True
            case _:
                raise ValueError(f"{line} is no event")

    def _export(self, number: int) -> None:
        """Write a finished piece, unless it is there."""
        piece = self.pieces[number]
        name = f"{self.number:04}-{number:04}.inkml"
        file = self.folder / FOLDERS[piece.ask["sort"]] / name
        if not file.exists():
            write_ink(file, piece.ink(self.about, name))


def _numbers(folder: Path) -> list[int]:
    """The numbers of the sittings in a folder, in order."""
    journals = folder / JOURNALS
    names = [path.stem for path in journals.glob("*.jsonl")] if journals.is_dir() else []
    return sorted(int(name) for name in names if name.isascii() and name.isdecimal())
