"""What the tests of the command line share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support import Result

SMALL = ("splits.train=5", "splits.validation=0", "splits.test=2", "picture_px=64", "words=random")
"""Overrides that make seven small rows."""


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a dataset."""
    content: dict[str, Any] = json.loads((folder / "synthink.json").read_text(encoding="utf-8"))
    return content


def files_in(folder: Path) -> list[str]:
    """Everything below a folder, as paths relative to it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def assert_refused(result: Result, message: str, folder: Path | None = None) -> None:
    """Exit status 2, one line on stderr with the message, nothing written to `folder/out`.

    Of a sweep Hydra leaves the configuration.
    """
    is_sweep = "-m" in result.args[3:]
    assert result.returncode == 2, result.stdout + result.stderr
    (line,) = result.stderr.splitlines()
    assert line.startswith("synthink: ")
    assert message in line
    assert is_sweep or result.stdout == ""
    if folder is not None:
        left = {path.name for path in (folder / "out").rglob("*")}
        assert left <= ({"multirun.yaml"} if is_sweep else set()), left
