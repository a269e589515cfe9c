"""Reading web pages for tests."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import Any

import pytest

from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.html import reader as html
from synthink.documents.sources.html.files import WebPage
from synthink.documents.sources.html.reader import read_html

needs_browser = pytest.mark.skipif(not any(map(shutil.which, html.BROWSERS)), reason="no Chromium on this machine")


def read(
    *places: WebPage, skipped: Counter[str] | None = None, missing: dict[str, str] | None = None, **options: Any
) -> list[Page]:
    found: list[Page] = []

    def take(pages: list[Page]) -> bool:
        found.extend(pages)
        return True

    def not_loaded(reason: str, name: str) -> None:
        if missing is not None:
            missing[name] = reason

    def refuse(error: DocumentError, name: str) -> None:
        raise error

    given: dict[str, Any] = {"scale": 1.0, "timeout_s": 20, "allow_local_files": False, **options}
    read_html(
        places,
        skipped=Counter() if skipped is None else skipped,
        take=take,
        refuse=refuse,
        not_loaded=not_loaded,
        **given,
    )
    return found
