"""The dataset folder: the same bytes whatever the circumstances, finished where it was left, refused where not ours."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import synthink
from synthink.build import manifest
from synthink.build.formats import format_names
from synthink.errors import AssetError, ConfigError
from tests.build.faults.harness import stamps, tree
from tests.build.folders import SPLITS, make, unfinished
from tests.support import Result, python

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("form", format_names())
def test_workers_never_reach_the_bytes(tmp_path: Path, form: str) -> None:
    for workers in (1, 2, 5):
        make(tmp_path / str(workers), format=form, workers=workers)
    assert tree(tmp_path / "1") == tree(tmp_path / "2") == tree(tmp_path / "5")


@pytest.mark.parametrize("form", format_names())
def test_circled_letters_repeat_in_every_format(tmp_path: Path, form: str) -> None:
    for workers in (1, 2):
        synthink.generate(
            "circled_letters",
            picture_px=96,
            splits={"train": 30, "test": 5},
            shard_size=10,
            format=form,
            workers=workers,
            output=tmp_path / str(workers),
        )
    assert tree(tmp_path / "1") == tree(tmp_path / "2")


CIRCLES = ("-m", "synthink", "generate", "splits.train=30", "splits.validation=0", "splits.test=5", "shard_size=10")


SURROUNDINGS: list[dict[str, str]] = [
    {"PYTHONHASHSEED": "0", "LANG": "C", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "de_DE.UTF-8", "OMP_NUM_THREADS": "1", "TZ": "America/St_Johns"},
    {
        "PYTHONHASHSEED": "3",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_ICL AVX512_SPR X86_V3 X86_V4",
    },
]


def test_surroundings_never_reach_the_bytes(tmp_path: Path) -> None:
    trees = []
    for number, env in enumerate(SURROUNDINGS):
        cwd = tmp_path / f"place {number} ü"
        cwd.mkdir()
        mask = os.umask(0o077 if number % 2 else 0o002)
        try:
            made = python(*CIRCLES, f"executor.workers={1 + number % 2}", "output=data", cwd=cwd, env=env)
        finally:
            os.umask(mask)
        assert made.returncode == 0, made.stderr
        trees.append(tree(cwd / "data"))
    assert trees[0] and all(each == trees[0] for each in trees)


def test_rows_of_a_split_are_all_there_once_and_in_order(clean: Path) -> None:
    import pyarrow.parquet as pq

    for split, count in SPLITS.items():
        rows = [row for path in sorted(clean.glob(f"data/{split}-*")) for row in pq.read_table(path).to_pylist()]
        assert [row["id"] for row in rows] == [f"specks-{split}-{index:07d}" for index in range(count)]
        assert [row["number"] for row in rows] == list(range(count))


def test_sharding_changes_files_but_no_row(tmp_path: Path, clean: Path) -> None:
    import pyarrow.parquet as pq

    make(tmp_path / "data", shard_size=1000)
    for split in SPLITS:
        one, many = (
            [row for path in sorted(folder.glob(f"data/{split}-*")) for row in pq.read_table(path).to_pylist()]
            for folder in (tmp_path / "data", clean)
        )
        assert one == many


def test_made_again_from_its_manifest(tmp_path: Path, clean: Path) -> None:
    synthink.generate(source=clean / "synthink.json", output=tmp_path / "file", workers=2)
    synthink.generate(source=clean, output=tmp_path / "folder")
    assert tree(tmp_path / "file") == tree(tmp_path / "folder") == tree(clean)


def test_command_makes_again_from_a_manifest(tmp_path: Path, synthink: Callable[..., Result]) -> None:
    assert synthink("generate", *CIRCLES[3:], "output=one").returncode == 0
    assert synthink("generate", "from=one/synthink.json", "output=two").returncode == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    refused = synthink("generate", "from=one/synthink.json", "output=three", "seed=3")
    assert refused.returncode == 2
    assert refused.stderr.startswith("synthink: seed=3: the manifest one/synthink.json says everything")
    assert not (tmp_path / "three").exists()


def test_a_manifest_leaves_no_room_for_fields(tmp_path: Path, clean: Path) -> None:
    with pytest.raises(ConfigError, match="source="):
        synthink.generate(source=clean, grey=3, output=tmp_path / "data")


def test_again_does_nothing(finished: Path) -> None:
    before, made = stamps(finished, list(tree(finished))), make(finished)
    assert (made.drawn, made.reused) == (0, 35)
    files = [name for name in before if (finished / name).is_file()]
    assert stamps(finished, files) == {name: before[name] for name in files}


@pytest.mark.parametrize("form", format_names())
def test_goes_on_after_an_interruption(tmp_path: Path, form: str) -> None:
    make(tmp_path / "clean", format=form)
    kept = unfinished(tmp_path / "data", format=form)
    assert len(kept) == 2
    before = stamps(tmp_path / "data", kept)
    made = make(tmp_path / "data", format=form)
    assert (made.drawn, made.reused) == (25, 10)
    assert stamps(tmp_path / "data", kept) == before
    assert tree(tmp_path / "data") == tree(tmp_path / "clean")


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flip(data: bytes) -> bytes:
    return data[:700] + bytes([data[700] ^ 1]) + data[701:]


@pytest.mark.parametrize("harm", [_cut, _flip, lambda data: b"", None], ids=["cut", "flip", "empty", "gone"])
@pytest.mark.parametrize("form", ["parquet", "webdataset"])
@pytest.mark.parametrize("state", ["finished", "unfinished"])
def test_only_the_torn_shard_is_made_again(
    tmp_path: Path, harm: Callable[[bytes], bytes] | None, form: str, state: str
) -> None:
    folder = tmp_path / "data"
    make(tmp_path / "clean", format=form)
    if state == "finished":
        make(folder, format=form)
        names = [path.relative_to(folder).as_posix() for path in sorted(folder.glob("data/*"))]
    else:
        names = unfinished(folder, format=form)
    torn = names.pop(1)
    whole = names
    if harm is None:
        (folder / torn).unlink()
    else:
        (folder / torn).write_bytes(harm((folder / torn).read_bytes()))
    before = stamps(folder, whole)
    made = make(folder, format=form)
    assert made.drawn == (5 if state == "finished" else 30)
    assert stamps(folder, whole) == before
    assert tree(folder) == tree(tmp_path / "clean")


def test_a_torn_folder_shard_is_made_again(tmp_path: Path) -> None:
    make(tmp_path / "clean", format="jsonl")
    make(tmp_path / "data", format="jsonl")
    picture = sorted((tmp_path / "data").glob("data/*/*.png"))[3]
    picture.write_bytes(picture.read_bytes()[:-1])
    (tmp_path / "data" / "data" / "test-00000-of-00001" / "stranger").touch()
    assert make(tmp_path / "data", format="jsonl").drawn == 5 + 3
    assert tree(tmp_path / "data") == tree(tmp_path / "clean")


@pytest.mark.parametrize("form", format_names())
def test_lost_files_beside_the_shards_come_back(tmp_path: Path, form: str) -> None:
    make(tmp_path / "clean", format=form)
    make(tmp_path / "data", format=form)
    shards = {record.file for record in manifest.load(tmp_path / "data").shards}
    for path in list((tmp_path / "data").rglob("*")):
        name = path.relative_to(tmp_path / "data").as_posix()
        if path.is_file() and name != "synthink.json" and not any(name.startswith(shard) for shard in shards):
            path.unlink()
    assert make(tmp_path / "data", format=form).drawn == 0
    assert tree(tmp_path / "data") == tree(tmp_path / "clean")


def test_a_card_that_was_edited_stays(finished: Path) -> None:
    (finished / "README.md").write_text("mine")
    sorted(finished.glob("data/*"))[0].write_bytes(b"torn")
    make(finished)
    assert (finished / "README.md").read_text() == "mine"


@pytest.mark.parametrize(
    "harm",
    [
        lambda lines: lines[:-20],
        lambda lines: lines.replace(b'"rows": 5', b'"rows": 4'),
        lambda lines: lines + lines,
        lambda lines: b"\xff\x00 {}\nnull\n[]\n" + lines,
        lambda lines: b"",
    ],
    ids=["cut", "other", "doubled", "garbled", "empty"],
)
def test_a_harmed_journal_is_never_believed(tmp_path: Path, clean: Path, harm: Callable[[bytes], bytes]) -> None:
    unfinished(tmp_path / "data")
    file = tmp_path / "data" / ".synthink" / "journal"
    file.write_bytes(harm(file.read_bytes()))
    make(tmp_path / "data")
    assert tree(tmp_path / "data") == tree(clean)


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[1]",
        lambda text: text.replace('"format_version": 2', '"format_version": 99'),
        lambda text: text.replace('"shards"', '"shard"'),
        lambda text: text.replace('"seed": 0', '"seed": "0"', 1),
        lambda text: text.replace('"rows": 5', '"rows": "5"', 1),
        lambda text: text.replace('"train": 25', '"train": "25"', 1),
        lambda text: text.replace('"data/', '"../data/', 1),
        lambda text: "[" * 100_000,
    ],
    ids=["cut", "empty", "list", "version", "key", "type", "rows", "splits", "outside", "deep"],
)
def test_a_harmed_manifest_is_refused_by_name(finished: Path, tmp_path: Path, harm: Callable[[str], str]) -> None:
    file = finished / "synthink.json"
    file.write_text(harm(file.read_text()))
    before = tree(finished)
    for options in ({}, {"overwrite": True}):
        with pytest.raises(AssetError, match=r"synthink\.json: ") as caught:
            make(finished, **options)
        assert "\n" not in str(caught.value)
    assert tree(finished) == before
    with pytest.raises(AssetError, match=r"synthink\.json: "):
        synthink.generate(source=finished, output=tmp_path / "again")


def test_a_row_count_in_the_manifest_is_checked(finished: Path, clean: Path) -> None:
    file = finished / "synthink.json"
    file.write_text(file.read_text().replace('"rows": 5', '"rows": 4', 1))
    make(finished)
    assert tree(finished) == tree(clean)
