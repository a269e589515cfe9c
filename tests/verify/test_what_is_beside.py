"""What is not as when a dataset was made, and no fault of its rows: fonts that went, caches of `datasets`; and many
thousands of shards that are not there."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import matplotlib
import pytest

import synthink
from synthink.build.manifest import MANIFEST
from synthink.verify import verify
from synthink.verify.report import FAIL, NOT_PROVED, OK, Report

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("in_one_process")]

FONTS = ("DejaVuSans.ttf", "DejaVuSerif.ttf")


def verdicts(report: Report) -> dict[str, str]:
    return {check.name: check.verdict for check in report.checks}


def test_a_font_that_went_makes_no_row_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fonts, folder = tmp_path / "fonts", tmp_path / "rows"
    fonts.mkdir()
    for name in FONTS:
        shutil.copy(Path(matplotlib.get_data_path()) / "fonts/ttf" / name, fonts)
    fields = {"source": str(fonts), "share_across_splits": True}
    synthink.generate("circled_letters", splits={"train": 12}, output=folder, picture_px=128, fonts=fields)
    assert verdicts(verify(folder, sources="allow"))["labels"] == OK
    (fonts / FONTS[0]).unlink()
    report = verify(folder, sources="allow")
    assert verdicts(report)["labels"] == NOT_PROVED and report.exit_status == 3, str(report)
    assert "the font is not known, as far as it shows with other fonts than it had" in str(report)


def test_caches_of_datasets_lie_beside_the_shards_of_arrow_alone(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    for form, inner in (("arrow", "train"), ("parquet", "data")):
        folder = tmp_path / form
        synthink.generate("circled_letters", splits={"train": 3}, output=folder, picture_px=64, format=form)
        if form == "arrow":
            rows = datasets.load_from_disk(folder)["train"]
            rows.map(lambda row: {"length": len(row["word"])}, num_proc=None)
            assert list((folder / inner).glob("cache-*.arrow")), "datasets writes none any more"
        else:
            (folder / inner / "cache-0.arrow").write_bytes(b"x")
        report = verify(folder, rows=0, remake_rows=0)
        assert (verdicts(report)["files"] == OK) == (form == "arrow"), str(report)
        assert "cache-" in str(report)
    other = tmp_path / "arrow" / "train" / "more.arrow"
    other.write_bytes(b"x")
    assert verdicts(verify(tmp_path / "arrow", rows=0, remake_rows=0))["files"] == FAIL


def test_many_thousand_shards_that_are_not_there_take_seconds(tmp_path: Path) -> None:
    synthink.generate("circled_letters", splits={"train": 1}, output=tmp_path / "rows", picture_px=64)
    file = tmp_path / "rows" / MANIFEST
    manifest = json.loads(file.read_text(encoding="utf-8"))
    (shard,) = manifest["shards"]
    count = 20_000
    manifest["splits"], manifest["shard_size"] = {"train": count}, 1
    names = [f"data/train-{number:05d}-of-{count:05d}.parquet" for number in range(count)]
    manifest["shards"] = [{**shard, "file": name} for name in names]
    os.rename(tmp_path / "rows" / shard["file"], tmp_path / "rows" / names[7])  # noqa: PTH104
    file.write_text(json.dumps(manifest), encoding="utf-8")
    started = time.process_time()
    report = verify(tmp_path / "rows")
    assert time.process_time() - started < 8  # measured: 1.5 s of this process; it was 12
    assert "19,999 x missing file: data/train-00000-of-20000.parquet" in str(report)
