"""The proofs of the README, on two cores with real big_vision: minutes each, so they run with `pytest -m slow`."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pytest

from tests.support import python
from tests.train.big_vision.tiny import needs_big_vision

needs_big_vision()

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]


def validated(folder: Path, *arguments: str) -> tuple[dict[str, Any], float]:
    """`result.json` of a validation, and the seconds of processors it took, which other work does not make longer."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = python("-m", "synthink", "validate", *arguments, f"output={folder}", timeout=2300)
    assert done.returncode == 0, done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    run, control = (json.loads((folder / name / "finished.json").read_text()) for name in ("run", "control"))
    assert run["steps"] == control["steps"]
    return result, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_circled_letters_in_one_face(tmp_path: Path) -> None:
    """In five minutes on two cores that have nothing else to do, of which a tenth is waiting."""
    result, took = validated(tmp_path / "v", "experiment=tiny_letters")
    assert result["verdict"] == "learned"
    assert result["score"] >= 0.98
    assert abs(result["control"] - result["chance"]) <= 0.08
    assert took < 300 * 1.8


def test_circled_letters_in_faces_never_seen(tmp_path: Path) -> None:
    result, took = validated(tmp_path / "v", "experiment=tiny_fonts")
    assert result["verdict"] == "learned"
    assert took < 900 * 1.8


def test_gestures_on_small_squares(tmp_path: Path) -> None:
    result, _ = validated(tmp_path / "v", "experiment=tiny_gestures")
    assert result["score"] >= 0.9
    assert result["verdict"] == "learned"
    assert abs(result["control"] - result["chance"]) <= 0.08


def test_counters_of_four_wheels(tmp_path: Path) -> None:
    result, took = validated(tmp_path / "v", "experiment=tiny_meters")
    assert result["verdict"] == "learned"
    assert result["score"] >= 0.95
    assert result["control"] <= 0.01
    assert took < 900 * 1.8
