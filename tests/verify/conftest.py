"""What the tests of `verify` share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards are checked in this process: fonts are opened once, and not by every worker of every run."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
