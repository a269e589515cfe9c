"""Real Chromium on a canvas: drawing with mouse and pen, as a hand does, and what the page then shows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
needs_browser = pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chromium on this machine")

Stroke = Sequence[Sequence[float]]


@contextmanager
def window(browser: Any, **context: Any) -> Iterator[Any]:
    """A page of a fresh window, which fails the test where a script of it fails."""
    faults: list[str] = []
    opened = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **context})
    try:
        page = opened.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
    finally:
        opened.close()
    assert faults == []


def open_canvas(page: Any, address: str) -> None:
    """Open the address that a canvas printed, and wait until the page can be drawn on."""
    page.goto(address)
    page.wait_for_selector("#app[data-ready]")


class Hand:
    """Draws on the ink of an open page, in page pixels."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self._devtools = page.context.new_cdp_session(page)

    def _places(self, stroke: Stroke) -> list[tuple[float, float]]:
        box = self.page.locator("#ink").bounding_box()
        size = self.page.locator("#paper").evaluate("(paper) => [paper.width, paper.height]")
        return [(box["x"] + x * box["width"] / size[0], box["y"] + y * box["height"] / size[1]) for x, y, *_ in stroke]

    def _event(self, kind: str, place: tuple[float, float], pointer: str, force: float) -> None:
        event = {"type": kind, "x": place[0], "y": place[1], "pointerType": pointer, "force": force}
        held = kind != "mouseReleased"
        self._devtools.send(
            "Input.dispatchMouseEvent", {**event, "button": "left", "buttons": int(held), "clickCount": 1}
        )

    def draw(self, stroke: Stroke, pointer: str = "mouse", force: float = 0.5) -> None:
        """One stroke; what the page then has is what was drawn, up to a pixel of the screen."""
        first, *others = self._places(stroke)
        self._event("mousePressed", first, pointer, force)
        for place in others:
            self._event("mouseMoved", place, pointer, force)
        self._event("mouseReleased", others[-1] if others else first, pointer, 0.0)

    def touch(self, stroke: Stroke) -> None:
        """One stroke with a finger."""
        places = self._places(stroke)
        for number, (x, y) in enumerate(places):
            kind = "touchMove" if number else "touchStart"
            self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        self._devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def strokes_of(page: Any) -> list[Any]:
    """The strokes that the page holds as a draft: {points, pointer, ...}."""
    kept = page.evaluate("() => Object.entries(localStorage).filter(([name]) => name.startsWith('ink of'))[0]?.[1]")
    return json.loads(kept) if kept else []
