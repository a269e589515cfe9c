"""The pages that lie on the desk: one after the other, each with the history of its edits."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from synthink.canvas.edits import Edits
from synthink.canvas.requests import BadRequest
from synthink.documents import Gesture, Page, apply, printed_anew
from synthink.errors import ConfigError

KEPT_PAGES, KEPT_EDITS = 50, 50
"""The most pages whose history is kept, and the most edits of each."""
LONGEST_SHOWN = 20_000


@dataclass
class History:
    """A page and its edits: what it was before each, and what it became."""

    states: list[Page]
    """The page as it was printed at first, and after each edit; those after `now` were taken back."""
    notes: list[str] = field(default_factory=lambda: [""])
    """The edit that each state came of."""
    now: int = 0

    @property
    def page(self) -> Page:
        """The page as it stands."""
        return self.states[self.now]

    def add(self, page: Page, note: str) -> None:
        """Make an edited page the one that stands; what was taken back is gone."""
        self.states, self.notes = [*self.states[: self.now + 1], page], [*self.notes[: self.now + 1], note]
        if len(self.states) > KEPT_EDITS + 1:  # the first one stays: it is what a reset returns to
            del self.states[1], self.notes[1]
        self.now = len(self.states) - 1


class Desk:
    """One page at a time, of the documents in their order. `revision` counts all changes of what lies there.

    Whoever changes something says at which revision; so a tab that shows an older page changes nothing by mistake.
    Whoever reads or changes several things holds `lock`: requests come in several threads.
    """

    def __init__(self, pages: Iterator[Page], edits: Edits | None = None) -> None:
        """edits: where edits are kept for the next start; None for nowhere."""
        self._coming, self._edits, self.lock = pages, edits, threading.RLock()
        self._histories: OrderedDict[int, History] = OrderedDict()
        self._originals: list[Page] = []
        self.number, self.revision = 0, 1
        self._open(0)

    @property
    def history(self) -> History:
        return self._histories[self.number]

    @property
    def page(self) -> Page:
        """The page that lies on the desk."""
        return self.history.page

    def check(self, revision: int) -> None:
        """Raise `BadRequest` where the page has changed since somebody looked."""
        if revision != self.revision:
            raise BadRequest("the page has changed meanwhile, in another tab perhaps; it is shown anew", 409)

    def edit(self, page: Page, gesture: Gesture) -> None:
        """The page after the edit that a gesture asks for, as if it had been printed so."""
        if self._edits is not None:
            self._edits.accept(self._originals[self.number], gesture)
        self.history.add(printed_anew(page), gesture.kind)
        self.revision += 1

    def walk(self, steps: int) -> None:
        """Take edits back (steps below 0), or make them again."""
        history = self.history
        now = min(max(history.now + steps, 0), len(history.states) - 1)
        if self._edits is not None and now != history.now:
            self._edits.walk(self._originals[self.number], now)
        history.now = now
        self.revision += 1

    def turn_to(self, number: int) -> None:
        """Lay the page of that number on the desk, counted from 1 as `about` counts them, unless it lies there."""
        if number != self.number + 1:
            self.turn(number - 1 - self.number)

    def turn(self, steps: int) -> None:
        """Lay another page on the desk; behind the last one nothing comes."""
        wanted = max(0, self.number + steps)
        self.number = self._open(wanted)
        self.revision += 1

    def lay(self, pages: Iterator[Page]) -> None:
        """Lay other documents on the desk in the place of those before, from their first page on."""
        self._coming, self._originals = pages, []
        self._histories.clear()
        self.number = self._open(0)
        self.revision += 1

    def _open(self, wanted: int) -> int:
        """Have a page ready with its history; returns its number, which is lower where there are fewer pages."""
        while len(self._originals) <= wanted:
            page = next(self._coming, None)
            if page is None:
                wanted = len(self._originals) - 1
                break
            self._originals.append(page)
        if wanted not in self._histories:
            self._histories[wanted] = self._edited(self._originals[wanted])
        self._histories.move_to_end(wanted)
        if len(self._histories) > KEPT_PAGES:
            self._histories.popitem(last=False)
        return wanted

    def _edited(self, page: Page) -> History:
        """The history of a page, with the edits that were kept."""
        history = History([page])
        if self._edits is not None:
            edits = self._edits.of(page)
            for gesture in edits.gestures:
                try:
                    history.add(printed_anew(apply(history.page, gesture)), gesture.kind)
                except ConfigError:  # its class is not installed any more
                    history.add(history.page, gesture.kind)
            history.now = min(edits.now, len(history.states) - 1)
        return history

    def about(self) -> dict[str, Any]:
        """The facts of the page that the browser is told."""
        page, history = self.page, self.history
        return {
            "revision": self.revision,
            "number": self.number + 1,
            "name": page.name,
            "size": list(page.size_px),
            "text": page.text[:LONGEST_SHOWN],
            "edits": history.notes[1 : history.now + 1],
            "undone": len(history.states) - 1 - history.now,
        }


def png(pixels: Any) -> bytes:
    """Pixels (H, W, 3) as a PNG file, made quickly rather than small."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()
