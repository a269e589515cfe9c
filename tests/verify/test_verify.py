"""`synthink verify` passes a sound dataset and names each fault that is put into one."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import synthink
from synthink.build.manifest import MANIFEST
from synthink.files import digest, digest_inside
from synthink.verify import verify
from synthink.verify.oracle import Finding
from synthink.verify.report import NOT_PROVED, Check, Report
from tests.verify.folders import edit_rows

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("in_one_process")]

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "letters"
    splits = {"train": 60, "validation": 10, "test": 20}
    synthink.generate("circled_letters", splits=splits, output=folder, shard_size=20, picture_px=256)
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "letters"))


def edit(folder: Path, shard: str, change: Callable[[Rows], Rows | None]) -> None:
    """Change a shard's rows, and its checksum in the manifest: a fault that no checksum shows."""
    path = next((folder / "data").glob(f"{shard}*.parquet"))
    table = pq.read_table(path)
    rows = table.to_pylist()
    changed = change(rows)
    pq.write_table(pa.Table.from_pylist(rows if changed is None else changed, schema=table.schema), path)
    manifest = json.loads((folder / MANIFEST).read_text())
    for record in manifest["shards"]:
        if folder / record["file"] == path:
            record["sha256"], record["bytes"] = digest(path)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def found(report: Report, name: str) -> str:
    """The text of a check that must have failed."""
    check = next(check for check in report.checks if check.name == name)
    assert not check.passed, str(report)
    return " ".join(check.faults)


def not_proved(report: Report, name: str) -> str:
    """The text of a check that must have found nothing, and proved nothing."""
    check = next(check for check in report.checks if check.name == name)
    assert (check.verdict, check.faults) == (NOT_PROVED, []), str(report)
    assert not report.passed
    return " ".join(check.unproved)


def passed(report: Report, name: str) -> Check:
    check = next(check for check in report.checks if check.name == name)
    assert check.passed, str(report)
    return check


def png(picture: Image.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def test_a_sound_dataset_passes(sound: Path) -> None:
    report = verify(sound)
    assert report.passed, str(report)
    labels = passed(report, "labels")
    assert "90 of 90 judged" in labels.summary
    assert " 0 wrong" in labels.summary
    assert "90 rows drawn again" in passed(report, "made again").summary
    assert len(report.checks) == 8 and report.exit_status == 0
    assert str(report).endswith("every check passed")


def test_a_flipped_bit_is_found(folder: Path) -> None:
    path = next((folder / "data").glob("train-00001*"))
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 4
    path.write_bytes(data)
    assert path.name in found(verify(folder, rows=0), "shards")


def test_a_truncated_shard_is_found_and_the_others_are_still_checked(folder: Path) -> None:
    path = next((folder / "data").glob("train-00001*"))
    path.write_bytes(path.read_bytes()[:2000])
    report = verify(folder, rows=0)
    assert "unreadable" in found(report, "shards")
    assert "70 decoded" in passed(report, "pictures").summary


def test_a_missing_shard_is_found(folder: Path) -> None:
    next((folder / "data").glob("validation*")).unlink()
    assert "missing file" in found(verify(folder, rows=0), "shards")


def test_lost_and_doubled_rows_are_found(folder: Path) -> None:
    edit(folder, "train-00000", lambda rows: rows[:-1])
    edit(folder, "test", lambda rows: [*rows[:-1], rows[0]])
    text = found(verify(folder, rows=0), "shards")
    assert "19 rows where the manifest says 20" in text
    assert "should be" in text


def test_wrong_labels_are_found(folder: Path) -> None:
    def wrong(rows: Rows) -> None:
        for row in rows:
            row["suffix"] = "q" if row["suffix"] != "q" else "p"

    edit(folder, "test", wrong)
    report = verify(folder, remake_rows=0)
    check = next(check for check in report.checks if check.name == "labels")
    assert not check.passed
    assert " 20 wrong" in check.summary


def test_boxes_outside_the_picture_are_found(folder: Path) -> None:
    def outside(rows: Rows) -> None:
        rows[3]["mark_box"] = [10.0, 10.0, 300.0, 40.0]
        rows[4]["glyph_boxes"][0] = [50.0, 10.0, 50.0, 40.0]

    edit(folder, "test", outside)
    text = found(verify(folder, rows=0), "boxes")
    assert "test-0000003" in text
    assert "test-0000004" in text


def test_an_undecodable_picture_is_found(folder: Path) -> None:
    edit(folder, "test", lambda rows: rows[5]["image"].update(bytes=b"\x89PNG not really"))
    assert "test-0000005" in found(verify(folder, rows=0), "pictures")


def test_a_picture_of_another_size_is_found_and_not_judged(folder: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (96, 95), "white").save(file, "PNG")
    edit(folder, "test", lambda rows: rows[5]["image"].update(bytes=file.getvalue()))
    report = verify(folder, remake_rows=0)
    assert "picture of another size than picture_px: circled_letters-test-0000005" in found(report, "pictures")
    assert "test-0000005" not in str(next(check for check in report.checks if check.name == "labels"))


def test_a_row_of_train_in_test_is_found(folder: Path) -> None:
    taken: Rows = []
    edit(folder, "train-00000", lambda rows: taken.append(rows[2]))

    def leak(rows: Rows) -> None:
        rows[2] = {**taken[0], "id": rows[2]["id"]}

    edit(folder, "test", leak)
    text = found(verify(folder, rows=0), "splits")
    assert "words in both train and test" in text
    assert "fonts in both train and test" in text
    assert "the same picture" in text


def test_a_picture_that_is_moved_and_recoloured_is_found(folder: Path) -> None:
    taken: Rows = []
    edit(folder, "train-00000", lambda rows: taken.append(rows[2]))

    def leak(rows: Rows) -> None:
        pixels = np.asarray(Image.open(io.BytesIO(taken[0]["image"]["bytes"])).convert("RGB"))
        moved = np.roll(pixels, (2, 1), axis=(0, 1)).astype(int) * 9 // 10 + 10
        rows[2]["image"]["bytes"] = png(Image.fromarray(moved.astype(np.uint8)))

    edit(folder, "test", leak)
    text = found(verify(folder, rows=0), "splits")
    assert "nearly the same picture" in text
    assert "train-0000002" in text


def test_one_answer_for_all_is_found(folder: Path) -> None:
    for shard in ("train-00000", "train-00001", "train-00002", "test", "validation"):
        edit(folder, shard, lambda rows: [row.update(suffix="e") for row in rows] and None)
    assert "'e'" in found(verify(folder, rows=0, remake_rows=0), "balance")


def test_other_pixels_and_labels_than_the_manifest_makes_are_found(folder: Path) -> None:
    def change(rows: Rows) -> None:
        picture = Image.open(io.BytesIO(rows[1]["image"]["bytes"])).convert("RGB")
        picture.putpixel((3, 3), (1, 2, 3))
        rows[1]["image"]["bytes"] = png(picture)
        rows[2]["text_size_px"] += 1

    edit(folder, "test", change)
    text = found(verify(folder, rows=0), "made again")
    assert "picture's bytes differ: circled_letters-test-0000001" in text
    assert "text_size_px differs: circled_letters-test-0000002" in text


@pytest.mark.whole
def test_with_another_codec_pixels_are_compared(folder: Path) -> None:
    def recode(rows: Rows) -> None:
        for row in rows:
            row["image"]["bytes"] = png(Image.open(io.BytesIO(row["image"]["bytes"])).convert("RGB"))

    edit(folder, "test", recode)
    assert "bytes differ" in found(verify(folder, rows=0), "made again")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["versions"]["zlib-ng"] = "0.0.0"
    (folder / MANIFEST).write_text(json.dumps(manifest))
    check = passed(verify(folder, rows=0), "made again")
    assert "zlib-ng 0.0.0" in check.notes[0]
    edit(folder, "test", lambda rows: rows[1]["image"].update(bytes=png(Image.new("RGB", (256, 256), "white"))))
    assert "pixels differ" in found(verify(folder, rows=0), "made again")


def test_another_generator_version_is_named(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["generator_version"] += 1
    (folder / MANIFEST).write_text(json.dumps(manifest))
    text = not_proved(verify(folder), "made again")
    assert f"version {manifest['generator_version']} of circled_letters made it" in text


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(synthink.AssetError, match=r"synthink\.json"):
        verify(tmp_path)


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"format_version": 1}', '{"format_version": 99}', "\x00\xff"])
def test_a_damaged_manifest_is_refused(folder: Path, damage: str) -> None:
    (folder / MANIFEST).write_text(damage)
    with pytest.raises(synthink.AssetError, match=MANIFEST):
        verify(folder)


def test_a_column_that_is_gone_is_found(folder: Path) -> None:
    path = next((folder / "data").glob("test*.parquet"))
    pq.write_table(pq.read_table(path).drop_columns(["letter_box"]), path)
    manifest = json.loads((folder / MANIFEST).read_text())
    for record in manifest["shards"]:
        if folder / record["file"] == path:
            record["sha256"], record["bytes"] = digest(path)
    (folder / MANIFEST).write_text(json.dumps(manifest))
    assert "no column letter_box" in found(verify(folder, rows=0), "shards")


@pytest.mark.whole
def test_the_oracle_judges_an_even_sample_and_says_so(folder: Path) -> None:
    report = verify(folder, rows=5, remake_rows=5)
    assert report.passed, str(report)
    assert "15 of 90 judged" in passed(report, "labels").summary
    edit(folder, "train-00002", lambda rows: rows[14].update(suffix="q" if rows[14]["suffix"] != "q" else "p"))
    assert passed(verify(folder, rows=5, remake_rows=1), "labels").notes == []
    assert "train-0000054" in found(verify(folder, rows=None, remake_rows=1), "labels")
    assert "train-0000054" in found(verify(folder, rows=10, remake_rows=1), "labels"), (
        "row 54 of 60 is one of ten, and none of five"
    )


def test_what_was_not_looked_at_is_not_proved(folder: Path) -> None:
    report = verify(folder, rows=0, remake_rows=0)
    assert not_proved(report, "labels") == "no row was judged"
    assert not_proved(report, "made again") == "no row was drawn again: remake=0"
    assert report.exit_status == 3


def test_an_oracle_that_is_unsure_of_many_rows_proves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unsure:
        def __init__(self, generator: Any) -> None:
            pass

        def check(self, row: Any, control: Any = None) -> Finding:
            return Finding("unsure" if row["id"].endswith("0") else "right", "it is dark")

    monkeypatch.setattr("synthink.verify.judges.find_oracle", lambda name: Unsure)
    assert "unsure of 10.0% of the rows, more than 2.0%" in not_proved(verify(folder, remake_rows=1), "labels")
    assert passed(verify(folder, remake_rows=1, unsure=0.1), "labels").notes[0].startswith("unsure: 9 x it is dark")
    monkeypatch.setattr("synthink.verify.judges.find_oracle", lambda name: None)
    text = not_proved(verify(folder, remake_rows=1, unsure=1), "labels")
    assert text == "no oracle for circled_letters: 90 rows were not judged"


def test_progress_names_each_stage_and_counts_to_its_end(folder: Path) -> None:
    done: Counter[tuple[str, int]] = Counter()
    verify(folder, rows=1, remake_rows=7, progress=lambda stage, count, total: done.update({(stage, total): count}))
    assert done == {("reading and judging", 90): 90, ("comparing splits", 90): 0, ("drawing again", 7): 7}


def _verify_here(pipe: Any, folder: Path) -> None:
    pipe.send(str(verify(folder, rows=2, remake_rows=2)))


def test_in_a_daemonic_process_and_without_another_one_it_runs_in_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_verify_here, args=(theirs, folder), daemon=True)
    process.start()
    assert ours.poll(60) and "every check passed" in ours.recv()
    process.join()

    def no_fork() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", no_fork)
    assert verify(folder, rows=2, remake_rows=2).passed


def test_a_shard_that_kills_its_process_is_a_fault_of_that_shard(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deadly(*arguments: Any) -> Any:
        if "train-00001" in str(arguments):
            os.kill(os.getpid(), signal.SIGKILL)
        return digest_inside(*arguments)

    monkeypatch.setattr("synthink.verify.shard_check.digest_inside", deadly)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1})
    text = found(verify(folder, rows=2, remake_rows=2), "shards")
    assert "its process died (exit code -9)" in text and "train-00001" in text


PARTS = [
    {"generator": "circled_letters", "fields": {"picture_px": 96}},
    {"generator": "circled_letters", "fields": {"picture_px": 64}},
]


def test_a_part_that_a_mixture_does_not_have_is_a_fault_of_its_row(tmp_path: Path) -> None:
    synthink.generate("mixture", parts=PARTS, splits={"train": 8}, output=tmp_path / "d")
    edit_rows(tmp_path / "d", lambda rows: rows[3].update(part=99))
    edit_rows(tmp_path / "d", lambda rows: rows[5].update(part=-1))
    report = verify(tmp_path / "d")
    assert "part=99: a row of this mixture says 0 to 1" in str(report) and "part=-1" in str(report)
    assert report.exit_status == 1


def test_an_oracle_gets_the_columns_of_its_part(tmp_path: Path) -> None:
    """A part with one ring beside a part with several: to the oracle of the first, the lists are not there."""
    lists = {"generator": "circled_letters", "fields": {"mark_count": [2, 2]}}
    synthink.generate("mixture", parts=[PARTS[0], lists], splits={"train": 8}, output=tmp_path / "d")
    report = verify(tmp_path / "d")
    assert report.exit_status == 0, str(report)
    edit_rows(tmp_path / "d", lambda rows: next(row for row in rows if row["part"] == 0).update(letter_indices=[0]))
    assert "letter_indices filled in, a column of another part of the mixture" in str(verify(tmp_path / "d"))


def test_rows_of_a_mixture_are_proved_as_lines_of_text_too(tmp_path: Path) -> None:
    synthink.generate("mixture", parts=PARTS, splits={"train": 8}, format="jsonl", output=tmp_path / "d")
    report = verify(tmp_path / "d")
    assert report.exit_status == 0 and "0 wrong, 0 unsure" in str(report), report


@pytest.mark.whole
def test_a_reader_that_has_gone_and_closed_streams_change_no_status(sound: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(sound, bad)
    (bad / "data" / "train-zzz.parquet").write_bytes(b"")
    command = f"{sys.executable} -m synthink verify rows=2 remake=2 dataset="
    for ending, folder, status in ((" | true", bad, 1), (" >&-", sound, 0), (" 2>&-", sound, 0)):
        done = subprocess.run(["bash", "-o", "pipefail", "-c", f"{command}{folder}{ending}"], check=False)
        assert done.returncode == status, ending
