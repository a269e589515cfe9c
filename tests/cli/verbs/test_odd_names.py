"""Runs and reports whose folders have names that are no UTF-8, or that mean something elsewhere, end like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.verbs.test_train import SHORT
from tests.support import Result
from tests.train.numpy_learner import installed
from tests.train.patches import make

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("name", ["r\udcfc, #1", "<b>&'x' ü\n"])
@pytest.mark.slow
def test_a_run_and_its_report(
    command: Callable[..., Result],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    installed(tmp_path_factory.mktemp("package"), monkeypatch)
    make(tmp_path / "data", 12, 6, 6)
    trained = command("train", "dataset=data", *SHORT, "trainer.steps=2", f"output={name}")
    assert trained.returncode == 0 and (tmp_path / name / "finished.json").exists(), trained.stderr
    for output in ((), (f"output=report {name}",)):
        asked = command("evaluate", "dataset=data", f"checkpoint={name}", *output)
        assert asked.returncode == 0, asked.stderr
    assert (tmp_path / f"report {name}" / "report.html").exists()
    assert list((tmp_path / name).rglob("report.md"))
