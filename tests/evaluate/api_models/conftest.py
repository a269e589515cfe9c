"""What every test of models behind an API has: a key in the environment, and a server of our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.evaluate.api_models.api_server import KEY, ApiServer, serving


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GEMINI_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, KEY)


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving() as running:
        yield running
