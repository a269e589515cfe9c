"""Fixtures that several files of this folder share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.documents.sources.html.files import WebPage


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., WebPage]:
    def store(content: str, name: str = "a.html") -> WebPage:
        (tmp_path / name).write_text(content, encoding="utf-8")
        return WebPage(name, tmp_path / name)

    return store
