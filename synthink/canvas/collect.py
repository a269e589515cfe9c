"""The routes of a sitting: who writes, what is asked for, and the strokes as they come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from synthink.canvas.asks import Asker, NoTarget
from synthink.canvas.desk import Desk
from synthink.canvas.requests import MOST_STROKES, BadRequest, ink_of, number_of, text_of
from synthink.canvas.routes import Handler, Reply
from synthink.canvas.sitting import Piece, Sitting
from synthink.errors import quoted

CONSENTS = {
    "private": "for the writer's own use; not to be passed on",
    "research": "for research and training; not to be published",
    "public": "may be published, with the name that was given",
}
"""What a writer agrees to: a word, and what it means."""
LONGEST_NAME = 80
PAGES_TRIED = 20
"""The pages that are turned in search of one on which a gesture can be drawn."""
Change = Callable[[Mapping[str, Any]], None]


class Collector:
    """One sitting at a time, which the routes change; the last one that was not ended goes on after a restart."""

    def __init__(self, folder: Path, asker: Asker, desk: Desk) -> None:
        self._folder, self._asker, self._desk, self._lock = folder, asker, desk, threading.Lock()
        self._sitting = Sitting.latest_unfinished(folder)

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """The routes below `/api/sitting`."""
        changes: dict[str, Change] = {
            "begin": self._begin,
            "stroke": self._stroke,
            "drop": self._drop,
            "close": self._close,
            "end": self._end,
        }
        routes = {("POST", f"/api/sitting/{name}"): partial(self._after, change) for name, change in changes.items()}
        return {("GET", "/api/sitting"): lambda request: self._after(None, request), **routes}

    def check_page_is_free(self) -> None:
        """Raise `BadRequest` where strokes of a piece stand on a page of the desk."""
        piece = self._sitting.piece if self._sitting is not None else None
        if piece is not None and piece.strokes and "page" in piece.ask:
            raise BadRequest("somebody writes on this page; finish or skip that piece first (Collect)", 409)

    def _after(self, change: Change | None, request: Mapping[str, Any]) -> Reply:
        """Make a change, and tell what stands afterwards."""
        with self._lock, self._desk.lock:
            if change is not None:
                change(request)
            return Reply(self._about())

    def _about(self) -> dict[str, Any]:
        sitting = self._sitting
        if sitting is None:
            return {"sitting": None, "consents": CONSENTS}
        piece = self._open_piece(sitting)
        return {
            "sitting": sitting.number,
            "about": sitting.about,
            "piece": len(sitting.pieces) - 1,
            "done": sitting.done,
            "ask": piece.ask,
            "strokes": piece.strokes,
            "folder": str(self._folder),
        }

    def _open_piece(self, sitting: Sitting) -> Piece:
        """The piece that is being written, its page laid on the desk where it has strokes; the next one is asked for
        where none is, or where somebody turned the page of one without strokes."""
        piece, desk = sitting.piece, self._desk
        if piece is not None and "page" in piece.ask and piece.ask["page"] != desk.page.name:
            if piece.strokes:
                desk.turn_to(piece.ask["page_number"])
            if piece.ask["page"] != desk.page.name:  # nobody wrote on that page, or it is no longer among the documents
                sitting.write({"skip": True})
                piece = None
        if piece is None:
            ask = self._next_ask(sitting)
            sitting.write({"ask": ask | ({"page_number": desk.number + 1} if "page" in ask else {})})
        assert sitting.piece is not None, "it was asked for just now"
        return sitting.piece

    def _next_ask(self, sitting: Sitting) -> dict[str, Any]:
        """What is asked for next; pages that offer no target are turned. Raises `ConfigError` where too many do not."""
        for tries in range(PAGES_TRIED):
            try:
                return self._asker.ask(sitting.number, len(sitting.pieces), self._desk.page)
            except NoTarget:
                if tries == PAGES_TRIED - 1:
                    raise
                self._desk.turn(1)
        raise AssertionError("the last try returns or raises")

    def _begin(self, request: Mapping[str, Any]) -> None:
        """A new sitting; one that is going on is ended."""
        writer, device = text_of(request, "writer", LONGEST_NAME), text_of(request, "device", LONGEST_NAME, "")
        consent = text_of(request, "consent", LONGEST_NAME)
        if not writer or not (writer + device).isprintable():
            raise BadRequest("writer: a name is needed, of letters that can be seen; any will do that stays the same")
        if consent not in CONSENTS:
            raise BadRequest(f"consent: {quoted(consent)}: choose one of {', '.join(CONSENTS)}")
        self._end(request)
        about = {"writer": writer, "consent": f"{consent}: {CONSENTS[consent]}", "device": device}
        self._sitting = Sitting.begin(self._folder, about)

    def _stroke(self, request: Mapping[str, Any]) -> None:
        """Keep one stroke, `at` its number in its piece. One that came before, whose receipt was lost, counts once."""
        sitting, piece = self._present(request)
        ink = ink_of(request)
        strokes = request["strokes"]
        if len(ink) != 1:
            raise BadRequest(f"strokes: {len(ink)} strokes; they are kept one by one")
        if any(len(point) < 3 or point[2] is None for point in strokes[0]):
            raise BadRequest("strokes: a point without a time; ink that is kept has the time of each")
        at = number_of(request, "at")
        if at < len(piece.strokes) and piece.strokes[at] == _four(strokes[0]):
            return
        if at != len(piece.strokes):
            raise BadRequest("the piece has other strokes by now, from another tab perhaps; it is shown anew", 409)
        if at >= MOST_STROKES:
            raise BadRequest(f"the piece has {MOST_STROKES:,} strokes, the most that are kept; finish it", 413)
        pointer = text_of(request, "pointer", LONGEST_NAME, "unknown")
        sitting.write({"stroke": _four(strokes[0]), "pointer": pointer})

    def _drop(self, request: Mapping[str, Any]) -> None:
        """Take one stroke away again, `number` of `of`; where one fewer is left already, it came before."""
        sitting, piece = self._present(request)
        number, count = number_of(request, "number"), number_of(request, "of")
        if len(piece.strokes) == count - 1:
            return
        if len(piece.strokes) != count or number >= count:
            raise BadRequest("the piece has other strokes by now, from another tab perhaps; it is shown anew", 409)
        sitting.write({"drop": number})

    def _close(self, request: Mapping[str, Any]) -> None:
        """Finish the piece, or pass it over."""
        sitting, piece = self._present(request)
        fate = text_of(request, "fate")
        if fate not in ("done", "skip"):
            raise BadRequest(f"fate: {quoted(fate)}: must be done or skip")
        if fate == "done" and sum(map(len, piece.strokes)) < 2:
            raise BadRequest("nothing has been written yet")
        sitting.write({fate: True})

    def _end(self, request: Mapping[str, Any]) -> None:
        """End the sitting; a piece that was begun stays in its journal."""
        if self._sitting is not None:
            self._sitting.write({"end": True})
            self._sitting.close()
            self._sitting = None

    def _present(self, request: Mapping[str, Any]) -> tuple[Sitting, Piece]:
        """The sitting and the piece that a request means; `BadRequest` where others lie there by now."""
        sitting = self._sitting
        if sitting is None or sitting.piece is None:
            raise BadRequest("no sitting is going on; begin one", 409)
        meant = number_of(request, "sitting"), number_of(request, "piece")
        if meant != (sitting.number, len(sitting.pieces) - 1):
            raise BadRequest("another piece is being written by now, in another tab perhaps; it is shown anew", 409)
        return sitting, sitting.piece


def _four(stroke: list[list[Any]]) -> list[list[Any]]:
    """Points with their pressure, None where there is none."""
    return [[*point, None][:4] for point in stroke]
