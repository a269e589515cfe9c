"""Progress names its stage, as a bar on a terminal and as a line now and then elsewhere."""

from __future__ import annotations

import io
import sys
import time

import pytest

from synthink import progress
from synthink.progress import SENDING, bar, coloured, restart_clock, shows_colour, stages


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    restart_clock()
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


def test_nothing_else_is_shown_anything_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, io.StringIO()) == ""


def test_elsewhere_a_line_is_printed_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stage is named, with what is done, what there is, and the time; also where nobody can count."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "LINE_S", 0.0)
    with stages("steps") as show:
        with show.busy("compiling"):
            time.sleep(1.1)
        for _ in range(3):
            show("training", 1, 1200, 1000, "loss 0.1234")
    with bar(0, "rows", stage="drawing") as count:
        count(7)
    with stages("rows") as show:
        show("reading", 2, 3)
        show(SENDING, 700, 1400)
    compiling, *lines = stream.getvalue().splitlines()
    assert compiling.startswith("compiling: 0:00:0")  # a second or more, as busy as the machine is
    assert lines[0].startswith("training: 1,001 of 1,200 steps, 0:00:0") and ", about 0:00:" in lines[0]
    assert [line.rpartition(", ")[2] for line in lines[:3]] == ["loss 0.1234"] * 3
    others = ["drawing: 0 rows", "drawing: 7 rows", "reading: 2 of 3 rows", "sending: 700 of 1,400 bytes"]
    assert [line.partition(", 0:")[0] for line in lines[3:]] == others


def test_lines_are_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """One every so many seconds, however many bars there are; a command begins anew."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "LINE_S", 0.3)
    restart_clock()
    started = time.monotonic()
    while time.monotonic() - started < 1.0:
        with bar(1, "rows", stage="drawing") as count:
            count(1)
        time.sleep(0.01)
    assert len(stream.getvalue().splitlines()) == 3
    with stages("rows", wanted=False) as show, show.busy("compiling"):
        time.sleep(0.3)
        show("drawing", 1, 2)
    assert len(stream.getvalue().splitlines()) == 3


def test_a_terminal_is_shown_what_nobody_can_count(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with stages("steps") as show:
        with show.busy("compiling"):
            assert "compiling 00:00" in stream.getvalue()
        show("training", 1, 1200, 1000)
        time.sleep(0.15)  # a bar moves ten times a second
        show("training", 1, 1200, 1000, "loss 0.1234")
        shown = stream.getvalue()
        with show.busy("validating"):
            assert "validating 00:00" in stream.getvalue()
        time.sleep(0.15)
        show("training", 10, 1200, 1000)  # the bar takes larger steps when some came fast
    assert "1002/1200" in shown and "loss 0.1234" in shown and "1012/1200" in stream.getvalue()


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
