"""What the process that reads PDF files says: taken for what it is, and for nothing else."""

from __future__ import annotations

import json
import pickle
import sys
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.pdf.messages import PageMessages
from synthink.documents.sources.pdf.page import UnusablePage
from synthink.documents.sources.pdf.reader import PageBegins, PdfLimits
from synthink.documents.sources.pdf.worker import _Pages
from synthink.errors import AssetError
from synthink.processes import Send, Worker, WorkerDied
from tests.documents.sources.pdf.pages import TEXT, lines, one, pdf

MESSAGES = PageMessages(PdfLimits(max_pixels=2_000_000, max_characters=1000))


@pytest.fixture(scope="module")
def page() -> Page:
    return one(pdf(lambda canvas: lines(canvas, [TEXT, TEXT])))


def test_pages_counts_and_errors_come_back_as_they_were(page: Page) -> None:
    kind, again = MESSAGES.decode(MESSAGES.encode("report", page))
    assert kind == "report"
    for field in ("name", "document", "words", "size_px"):
        assert getattr(again, field) == getattr(page, field)
    for field in ("word_boxes", "word_lines", "line_boxes", "line_paragraphs", "baselines", "image_boxes", "unread"):
        assert np.array_equal(getattr(again, field), getattr(page, field)), field
    assert np.array_equal(again.raster.pixels(), page.raster.pixels())
    counts = Counter({"words upside down": 3})
    assert MESSAGES.decode(MESSAGES.encode("result", counts)) == ("result", counts)
    begins = PageBegins(3, 5, counts)
    assert MESSAGES.decode(MESSAGES.encode("report", begins)) == ("report", begins)
    _, unusable = MESSAGES.decode(MESSAGES.encode("report", UnusablePage("a.pdf#2", "damaged")))
    assert (type(unusable), str(unusable)) == (UnusablePage, "a.pdf#2: damaged")
    _, (error, trace) = MESSAGES.decode(MESSAGES.encode("error", (AssetError("a.pdf: damaged"), "")))
    assert (type(error), str(error), trace) == (DocumentError, "a.pdf: damaged", "")
    _, (error, _) = MESSAGES.decode(MESSAGES.encode("error", (RuntimeError("x" * 9999), "trace")))
    assert type(error) is RuntimeError and len(str(error)) == 1000


def changed(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    size = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + size])
    change(head)
    text = json.dumps(head).encode()
    return len(text).to_bytes(4, "little") + text + data[4 + size :]


@pytest.mark.parametrize(
    "change",
    [
        lambda head: head.update(kind="page"),
        lambda head: head.update(name=["a"]),
        lambda head: head.update(name="a" * 5000),
        lambda head: head.update(words="word"),
        lambda head: head.update(words=["w"] * 1001),
        lambda head: head["words"].append("one more"),
        lambda head: head["words"].__setitem__(0, "\x1b[2J"),
        lambda head: head["words"].__setitem__(0, "w" * 10_000),
        lambda head: head.update(rows=None),
        lambda head: head["rows"].update(word_boxes=2**62),
        lambda head: head["rows"].update(word_boxes=-1),
        lambda head: head["rows"].update(word_boxes=True),
        lambda head: head["rows"].update(word_boxes=1.0),
        lambda head: head["rows"].update(baselines=head["rows"]["baselines"] - 1),
        lambda head: head.update(pixels=[2**40, 2**40, 3]),
        lambda head: head.update(pixels=[0, 0]),
        lambda head: head.update(pixels=[head["pixels"][0] * head["pixels"][1], 1, *head["pixels"][2:], 1]),
        lambda head: head.update(pixels=[1, *head["pixels"][1:]]),
    ],
)
def test_a_page_that_is_none_is_refused(page: Page, change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(ValueError, match=r"a page|an array|a text|a message"):
        MESSAGES.decode(changed(MESSAGES.encode("report", page), change))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\xff" * 9,
        b"\x02\0\0\0[]",
        b"\x02\0\0\0{}",
        b"\0\0\1\0" + b"[" * 65536,
        pickle.dumps(("result", 1)),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        MESSAGES.decode(data)


@pytest.mark.parametrize("counts", [None, [1], {"a": -1}, {"a": True}, {"a": 2**60}, {"a": "b"}, {"a" * 9999: 1}])
def test_counts_that_are_none_are_refused(counts: Any) -> None:
    text = json.dumps({"kind": "result", "counts": counts}).encode()
    with pytest.raises(ValueError, match=r"counts|text"):
        MESSAGES.decode(len(text).to_bytes(4, "little") + text)


@pytest.mark.parametrize("pages", [None, [1], [2, 2], [-1, 2], [True, 2], [0, 2**40], ["0", "1"]])
def test_a_page_that_begins_nowhere_is_refused(pages: Any) -> None:
    text = json.dumps({"kind": "begins", "pages": pages, "counts": {}}).encode()
    with pytest.raises(ValueError, match="a page that begins"):
        MESSAGES.decode(len(text).to_bytes(4, "little") + text)


def test_no_more_pages_are_taken_than_were_asked_for(page: Page) -> None:
    for most, kept_mb in ((2, 100.0), (9, 1.5 * page.raster.bytes / 2**20)):
        pages = _Pages(Path("a.pdf"), most, kept_mb)
        pages.add(page)
        pages.add(page)
        with pytest.raises(DocumentError, match="more pages than it was asked for"):
            pages.add(page)


class Trap:
    """What makes a file when it is opened by `pickle`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self.path),)


def taken_over(path: str, report: Send) -> None:
    """Send, past the function's own results, what `pickle` would run."""
    Connection(int(sys.argv[1])).send(("result", Trap(path)))


@pytest.mark.heavy
def test_a_process_that_was_taken_over_runs_nothing_here(tmp_path: Path) -> None:
    worker: Worker[str, None] = Worker(taken_over, "interpreter", messages=MESSAGES)
    try:
        with pytest.raises(WorkerDied):
            worker.call(str(tmp_path / "trap"), timeout_s=20)
    finally:
        worker.stop()
    assert list(tmp_path.iterdir()) == [] and not worker.timed_out
