"""SECURITY.md: its figures are those of the code."""

from __future__ import annotations

import pytest

from synthink.assets.words import sources as words
from synthink.build import manifest_checks, plan
from synthink.documents.page import files as documents
from synthink.documents.sources.html import files as web
from synthink.documents.sources.pdf.reader import PdfLimits
from synthink.draw import picture_file
from synthink.ink.files.base import Limits
from synthink.ink.files.svg import drawing as svg
from synthink.tables import bounds, json_lines
from tests.support import ROOT

MB = 2**20
PDF = PdfLimits()
FIGURES = [
    f"{PDF.seconds:g} s a page, {PDF.file_seconds:g} s a file",
    f"{PDF.memory_mb // 1024} GB of memory, {PDF.max_bytes // MB} MB of file",
    f"{PDF.max_pages:,} pages",
    f"pictures {picture_file.MOST_PIXELS // 10**6} megapixels and {picture_file.MOST_BYTES // MB} MB",
    f"(documents {documents.MAX_PIXELS // 10**6} megapixels)",
    f"a value or member {bounds.LARGEST_VALUE // MB} MB",
    f"a batch of rows {bounds.LARGEST_BATCH // MB} MB",
    f"a line of JSON {json_lines.LARGEST_LINE // MB} MB, {bounds.MOST_COLUMNS:,} columns, {bounds.DEEPEST} levels",
    f"a manifest {manifest_checks.MOST_BYTES // MB} MB, {plan.MOST_ROWS:,} rows of a split",
    f"and {plan.MOST_SHARDS:,} shards",
    f"an ink file {Limits().bytes // MB} MB, {Limits().depth} levels of XML or JSON",
    f"{svg.MOST_POINTS:,} points of an SVG",
    f"a word list {words.MOST_BYTES // MB} MB; web files {web.MAX_BYTES // MB} MB",
]


@pytest.mark.parametrize("figure", FIGURES)
def test_the_figures_are_those_of_the_code(figure: str) -> None:
    assert figure in " ".join((ROOT / "SECURITY.md").read_text("utf-8").split())
