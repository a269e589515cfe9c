"""Previews of datasets that somebody else made, or damaged: one line that names the row, or a picture of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import synthink
from synthink.files import digest
from tests.support import Result

pytestmark = pytest.mark.heavy

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("preview") / "d"
    synthink.generate("circled_letters", splits={"train": 3, "test": 0}, output=folder, picture_px=48, words="random")
    return folder


def spoil(folder: Path, **changes: Any) -> None:
    """Change the second row, and have the manifest agree."""
    manifest = json.loads((folder / "synthink.json").read_text())
    shard = folder / manifest["shards"][0]["file"]
    table = pq.read_table(shard)
    rows = table.to_pylist()
    rows[1].update(changes)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), shard)
    manifest["shards"][0]["sha256"], manifest["shards"][0]["bytes"] = digest(shard)
    (folder / "synthink.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": None}, "row 'circled_letters-train-0000001': the picture holds no picture"),
        (
            {"image": {"bytes": None, "path": "/etc/passwd"}},
            "row 'circled_letters-train-0000001': the picture holds no",
        ),
        ({"image": {"bytes": b"GIF89a", "path": "a.gif"}}, "is in no format that is read (PNG, JPEG, WEBP)"),
        ({"suffix": None}, "row 'circled_letters-train-0000001': suffix is empty"),
        ({"prefix": None}, "prefix is empty"),
        ({"id": None}, "row None: id is empty"),
        ({"letter_box": [0.0, float("nan"), 1.0, 1.0]}, "letter_box of another type"),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_shown_is_named(
    command: Command, tmp_path: Path, dataset: Path, changes: dict[str, Any], message: str
) -> None:
    shutil.copytree(dataset, tmp_path / "d")
    spoil(tmp_path / "d", **changes)
    result = command("preview", "dataset=d")
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr and result.stderr.count("\n") == 1
    assert not list(tmp_path.glob("d-preview*"))


def test_a_box_that_lies_far_away_is_drawn_there(command: Command, tmp_path: Path, dataset: Path) -> None:
    shutil.copytree(dataset, tmp_path / "d")
    spoil(tmp_path / "d", letter_box=[-3e38, -3e38, 3e38, 3e38])
    result = command("preview", "dataset=d")
    assert (result.returncode, result.stderr) == (0, "")
