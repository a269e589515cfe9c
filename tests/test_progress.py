"""Progress is shown on a terminal and nowhere else, and names its stage."""

from __future__ import annotations

import io
import sys

import pytest

from synthink.progress import bar, coloured, shows_colour, stages


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    with stages("rows") as advance:
        for stage, total in (("reading", 3), ("drawing", 5)):
            for _ in range(total):
                advance(stage, 1, total)
    with bar(7, "rows asked") as count:
        count(7)
    return stream.getvalue()


def test_a_terminal_is_shown_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TQDM_MININTERVAL", "0")
    shown = run(monkeypatch, Terminal())
    assert all(text in shown for text in ("reading", "/3", "drawing", "/5", "/7", "rows asked")), shown


def test_nothing_else_is_shown_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, io.StringIO()) == ""


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert shows_colour(Terminal()) and not shows_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not shows_colour(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not shows_colour(Terminal())
    assert coloured("ok", "green") == "\x1b[32mok\x1b[0m" and coloured("ok", "green", False) == "ok"
