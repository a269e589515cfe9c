"""Exports that are killed, or told of a broken disk, at any file operation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import ROOT, python


@pytest.mark.timeout(930)
@pytest.mark.parametrize(
    ("format", "fault", "step"),
    [
        pytest.param("messages", "kill", 60, marks=pytest.mark.slow),
        *(
            pytest.param(format, fault, 5, marks=pytest.mark.slow)
            for format in ("messages", "coco", "llava")
            for fault in ("kill", "error")
        ),
    ],
)
def test_an_export_survives_a_fault_at_any_file_operation(format: str, fault: str, step: int, tmp_path: Path) -> None:
    result = python("-m", "tests.exports.everypoint", format, fault, str(tmp_path), str(step), cwd=ROOT, timeout=900)
    assert result.returncode == 0, result.stderr[-2000:]
    print(result.stdout)
