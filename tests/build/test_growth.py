"""A finished dataset that gets more rows: the bytes of one that was made at once, and old shards that stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import synthink
from synthink.errors import OutputError
from synthink.verify.verify import verify
from tests.build.faults.harness import tree
from tests.build.folders import make

FEW = {"train": 12, "test": 3}
MORE = {"train": 23, "validation": 7, "test": 3}


def stamps(folder: Path) -> list[int]:
    """When the files of the first shard of the split train were written."""
    first = next(path for path in sorted(folder.rglob("*00000-of-*")) if "train" in str(path.relative_to(folder)))
    files = sorted(first.iterdir()) if first.is_dir() else [first]
    return [file.stat().st_mtime_ns for file in files]


@pytest.mark.parametrize("form", ["parquet", "arrow", "webdataset", "jsonl", "imagefolder"])
def test_a_grown_dataset_is_one_that_was_made_at_once(tmp_path: Path, form: str) -> None:
    make(tmp_path / "grown", FEW, format=form)
    before = stamps(tmp_path / "grown")
    outcome = make(tmp_path / "grown", MORE, format=form)
    make(tmp_path / "clean", MORE, format=form)
    assert tree(tmp_path / "grown") == tree(tmp_path / "clean")
    assert (outcome.rows, outcome.reused) == (33, 13), "two whole shards of five rows, and the split test"
    assert stamps(tmp_path / "grown") == before, "the shard is not the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean", "grown"]
    assert all(path.stat().st_nlink == 1 for path in (tmp_path / "grown").rglob("*") if path.is_file())


def test_a_damaged_shard_is_made_again(tmp_path: Path) -> None:
    make(tmp_path / "grown", FEW)
    next((tmp_path / "grown" / "data").glob("train-00000*")).write_bytes(b"torn")
    make(tmp_path / "grown", MORE)
    make(tmp_path / "clean", MORE)
    assert tree(tmp_path / "grown") == tree(tmp_path / "clean")


def test_what_somebody_has_written_into_the_card_stays(tmp_path: Path) -> None:
    make(tmp_path / "grown", FEW)
    card = tmp_path / "grown" / "README.md"
    card.write_text(card.read_text().replace("---\n\n# ", "language: en\n---\n\nRead me first.\n\n# ", 1))
    croissant = tmp_path / "grown" / "croissant.json"
    croissant.write_text(json.dumps({"url": "https://example.org/specks", **json.loads(croissant.read_text())}))
    make(tmp_path / "grown", MORE)
    text, described = card.read_text(), json.loads(croissant.read_text())
    assert described["url"] == "https://example.org/specks" and len(described["distribution"][0]["includes"]) == 3
    assert "Read me first." in text and "language: en" in text and "num_examples: 23" in text
    assert "\n| train | 23 |\n" in text
    files = next(check for check in verify(tmp_path / "grown").checks if check.name == "files")
    assert files.passed, files.faults


@pytest.mark.parametrize(
    ("splits", "fields", "reason"),
    [
        ({"train": 11, "test": 3}, {}, "splits.train: 12 -> 11"),
        ({"train": 20}, {}, "splits.test: 3 -> None"),
        (MORE, {"grey": 3}, "fields.grey: 0 -> 3"),
    ],
)
def test_whatever_is_no_growth_is_refused(
    tmp_path: Path, splits: dict[str, int], fields: dict[str, int], reason: str
) -> None:
    make(tmp_path / "data", FEW)
    before = tree(tmp_path)
    with pytest.raises(OutputError) as error:
        make(tmp_path / "data", splits, fields=fields)
    assert reason in str(error.value)
    assert tree(tmp_path) == before


def test_a_strangers_file_is_not_lost(tmp_path: Path) -> None:
    make(tmp_path / "data", FEW)
    (tmp_path / "data" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"holds 'notes.txt'"):
        make(tmp_path / "data", MORE)
    assert (tmp_path / "data" / "notes.txt").read_text() == "mine"


def test_a_stage_that_was_left_is_gone_on_with(tmp_path: Path) -> None:
    make(tmp_path / "data", FEW, fields={"fail_at": 17})
    with pytest.raises(synthink.DrawError):
        make(tmp_path / "data", MORE, fields={"fail_at": 17})
    assert len(list((tmp_path / ".data.synthink-new" / "data").glob("*.parquet"))) >= 3
    assert len(synthink.load(tmp_path / "data")[0]["train"]) == 12, "the old one is whole"
