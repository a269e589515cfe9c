"""Pages of a PDF that are lost: each costs itself, and is named."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from synthink.core.left_out import left_out_lines
from synthink.documents.asset import Documents
from synthink.documents.page.model import DocumentError
from synthink.documents.sources.pdf.reader import PdfLimits
from synthink.documents.sources.pdf.worker import read_pdfs
from tests.documents.sources.pdf.pages import TEXT, lines, pdf
from tests.documents.sources.pdf.test_words import endless, many

ROOM_MB = 8192
"""Memory in which a page that can never be drawn takes its time, and does not run out of room before."""
NO_TEXT = "page: no text layer"
"""The last page of each file that `pdf` makes here is empty."""


def test_a_page_that_is_left_out_is_named(tmp_path: Path) -> None:

    def draw(canvas: Any) -> None:
        lines(canvas, [TEXT])
        canvas.showPage()
        canvas.setPageSize((14_000, 14_000))

    (tmp_path / "b.pdf").write_bytes(pdf(draw))
    record = Documents(source=str(tmp_path), strict=False).open().record()
    assert record["pages"] == 1 and record["skipped"] == {"page: too large or too small": 1}
    assert left_out_lines({"documents": record}) == [
        f"left out of documents: 1 page: too large or too small ({tmp_path.name}/b.pdf#2)"
    ]


@pytest.mark.slow
def test_a_page_that_hangs_costs_itself_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "hang.pdf").write_bytes(endless(pages=2, behind=1))
    (tmp_path / "good.pdf").write_bytes(pdf(many))
    paths = [tmp_path / name for name in ("good.pdf", "hang.pdf", "missing.pdf", "good.pdf")]
    start = time.monotonic()
    skipped, unusable, names = Counter[str](), dict[str, str](), []
    results = []
    for result in read_pdfs(paths, limits=PdfLimits(seconds=4, memory_mb=ROOM_MB), skipped=skipped, unusable=unusable):
        results.append(result)
        names.append(dict(unusable))
    assert time.monotonic() - start < 60
    assert [path for path, _ in results] == paths
    good, hang, missing, again = (result for _, result in results)
    assert isinstance(good, list) and isinstance(again, list) and isinstance(hang, list)
    assert [page.words for page in again] == [page.words for page in good] == [tuple(TEXT.split())] * 4
    assert [page.name for page in hang] == ["hang.pdf#1", "hang.pdf#2", "hang.pdf#4"]
    reason = "page: took longer than 4 s to read"
    assert skipped == {reason: 1, NO_TEXT: 3} and names == [{}, {"hang.pdf#3": reason}, {}, {}]
    assert isinstance(missing, DocumentError) and "No such file" in str(missing)
    ((_, strict),) = read_pdfs(paths[1:2], limits=PdfLimits(seconds=3, memory_mb=ROOM_MB, strict=True))
    assert str(strict) == (f"{paths[1]}#3: took longer than 3 s to read; documents.strict=false leaves such pages out")


@pytest.mark.slow
def test_the_pages_that_may_hang_are_bounded(tmp_path: Path) -> None:
    path, skipped = tmp_path / "a.pdf", Counter[str]()
    path.write_bytes(endless(pages=1, times=4, behind=2))
    ((_, pages),) = read_pdfs([path], limits=PdfLimits(seconds=3, memory_mb=ROOM_MB, most_lost=1), skipped=skipped)
    assert isinstance(pages, list) and [page.name for page in pages] == ["a.pdf#1"]
    assert skipped == {"page: took longer than 3 s to read": 2, "pages behind 2 that cannot be read": 5}
    ((_, none),) = read_pdfs([path], limits=PdfLimits(file_seconds=0), skipped=skipped)
    assert none == [] and skipped["page: the file takes too long to read"] == 1
