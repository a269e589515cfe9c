"""Names of ours in somebody's folder: whatever lies under them, nothing outside is read, written or removed.

Only what a plan or a manifest names is ever removed, and only a folder that has one of them, and a valid one, is ours.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synthink.build import journal, manifest
from synthink.build.formats import format_names
from synthink.build.own_files import own_files
from synthink.errors import SynthinkError
from synthink.files import write_atomically
from synthink.verify import verify
from tests.build.faults.harness import tree
from tests.build.folders import make, unfinished

pytestmark = pytest.mark.heavy

NAMES = [
    ".synthink",
    ".synthink/lock",
    ".synthink/journal",
    ".synthink/plan.json",
    ".synthink/plan.json.new",
    ".synthink/tmp",
    "synthink.json",
    "README.md",
    "preview.png",
    "data",
    "data/train-00003-of-00005.parquet",
]


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing, one with an unfinished dataset, and one with a finished one."""
    folder = tmp_path_factory.mktemp("states")
    (folder / "new").mkdir()
    unfinished(folder / "begun")
    make(folder / "finished")
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Somebody's files, with names that ours have, too."""
    folder = tmp_path / "outside"
    (folder / "tmp").mkdir(parents=True)
    for name in ("thesis.tex", "lock", "journal", "plan.json", "tmp/photo", "train-00000-of-00005.parquet"):
        (folder / name).write_text("years of work")
    return folder


def snapshot(folder: Path) -> dict[str, str]:
    """What lies in a folder, links as they are."""
    return {
        path.relative_to(folder).as_posix(): str(path.readlink())
        if path.is_symlink()
        else (path.read_bytes().hex() if path.is_file() else "/")
        for path in sorted(folder.rglob("*"))
    }


def refused(output: Path, **options: Any) -> str:
    """The one line with which making a dataset there is refused."""
    with pytest.raises(SynthinkError) as caught:
        make(output, **options)
    message = str(caught.value)
    assert "\n" not in message and message.startswith(str(output.parent)), message
    return message


PLANTED: dict[str, Callable[[Path, Path], object]] = {
    "link to a file": lambda place, outside: place.symlink_to(outside / "thesis.tex"),
    "link to a folder": lambda place, outside: place.symlink_to(outside),
    "link to nowhere": lambda place, outside: place.symlink_to(outside / "nothing"),
    "link to itself": lambda place, outside: place.symlink_to(place.name),
    "link within": lambda place, outside: place.symlink_to("../notes"),
    "pipe": lambda place, outside: os.mkfifo(place),
}


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_or_folder_is_refused(
    tmp_path: Path, states: Path, outside: Path, name: str, planted: str
) -> None:
    """In every state of the folder, with and without `overwrite`."""
    before = snapshot(outside)
    for state in ("new", "begun", "finished"):
        output = tmp_path / state
        shutil.copytree(states / state, output)
        (output / ".synthink").mkdir(exist_ok=True)
        place = output / name
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        place.parent.mkdir(exist_ok=True)
        PLANTED[planted](place, outside)
        here = snapshot(output)
        for options in ({}, {"overwrite": True}):
            message = refused(output, **options)
            assert f"{name}: is a " in message, message
        assert snapshot(output) == here
    assert snapshot(outside) == before


@pytest.mark.parametrize("form", ["jsonl", "arrow"])
def test_links_at_the_names_of_other_formats_are_refused(tmp_path: Path, outside: Path, form: str) -> None:
    make(tmp_path / "clean", format=form)
    before = snapshot(outside)
    names = [path.relative_to(tmp_path / "clean").as_posix() for path in (tmp_path / "clean").rglob("*")]
    for number, name in enumerate(name for name in names if not name.endswith(".png") and "rows" not in name):
        output = tmp_path / str(number)
        (output / name).parent.mkdir(parents=True)
        (output / name).symlink_to(outside)
        assert f"{name.split('/')[0]}" in refused(output, format=form)
    assert snapshot(outside) == before


def test_a_link_in_a_shard_that_is_a_folder_is_refused(tmp_path: Path, outside: Path) -> None:
    make(tmp_path / "data", format="jsonl")
    picture = sorted((tmp_path / "data").glob("data/*/*.png"))[0]
    picture.unlink()
    picture.symlink_to(outside / "thesis.tex")
    before = snapshot(tmp_path)
    assert f"{picture.name}: is a link" in refused(tmp_path / "data", format="jsonl")
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("name", ["lock", "journal"])
def test_nothing_is_written_into_a_file_that_has_a_second_name(
    tmp_path: Path, states: Path, outside: Path, name: str
) -> None:
    shutil.copytree(states / "begun", tmp_path / "begun")
    (tmp_path / "begun" / ".synthink" / name).unlink()
    (tmp_path / "begun" / ".synthink" / name).hardlink_to(outside / "thesis.tex")
    before = snapshot(tmp_path)
    assert f"{name}: has a second name" in refused(tmp_path / "begun")
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("name", ["synthink.json", "README.md", "data/train-00003-of-00005.parquet"])
def test_a_file_with_a_second_name_is_replaced_and_not_written_into(
    tmp_path: Path, states: Path, outside: Path, name: str
) -> None:
    shutil.copytree(states / "finished", tmp_path / "data")
    (tmp_path / "data" / name).unlink()
    outside.joinpath("copy").write_bytes((states / "finished" / name).read_bytes())
    (tmp_path / "data" / name).hardlink_to(outside / "copy")
    before = snapshot(outside)
    make(tmp_path / "data", seed=1, overwrite=True)
    assert snapshot(outside) == before


@pytest.mark.parametrize("inside", [[], ["lock"], ["journal"], ["tmp/photo"], ["thesis.tex"], ["plan.json"]], ids=str)
def test_a_work_folder_makes_nothing_ours(tmp_path: Path, states: Path, inside: list[str]) -> None:
    output = tmp_path / "theirs"
    (output / "data").mkdir(parents=True)
    (output / "data" / "train-00000-of-00005.parquet").write_text("theirs")
    for name in inside:
        (output / ".synthink" / name).parent.mkdir(parents=True, exist_ok=True)
        (output / ".synthink" / name).write_text("{}")
    (output / ".synthink").mkdir(exist_ok=True)
    before = snapshot(tmp_path)
    for options in ({}, {"overwrite": True}):
        message = refused(output, **options)
        assert "not empty, and not a dataset of synthink" in message or "plan.json: damaged" in message
    assert snapshot(tmp_path) == before
    shutil.rmtree(output / "data")
    if inside in ([], ["lock"]):  # a run that was killed at its beginning leaves that, too
        make(output)
        assert tree(output) == tree(states / "finished")
    else:
        refused(output)


def identity(folder: Path) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((folder / ".synthink" / "plan.json").read_bytes())
    return plan


@pytest.mark.parametrize(
    "change",
    [
        {"format_version": 1},
        {"splits": {"../../outside": 5}},
        {"splits": {"train": 10**12}},
        {"splits": {"train": -1}},
        {"splits": {"train": 5.0}},
        {"splits": [5]},
        {"splits": None},
        {"shard_size": 0},
        {"shard_size": True},
        {"shard_size": "5"},
        {"format": "../../outside"},
        {"format": None},
    ],
    ids=str,
)
def test_a_plan_that_is_none_of_ours_is_refused(tmp_path: Path, states: Path, change: dict[str, Any]) -> None:
    output = tmp_path / "begun"
    shutil.copytree(states / "begun", output)
    (output / ".synthink" / "plan.json").write_text(json.dumps({**identity(output), **change}))
    before = snapshot(tmp_path)
    for options in ({}, {"overwrite": True}):
        with pytest.raises(SynthinkError) as caught:
            make(output, **options)
        assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
    assert snapshot(tmp_path) == before


def journal_line(record: Any) -> bytes:
    content = json.dumps(record).encode()
    return b"\n%08x %s" % (zlib.crc32(content), content)


RECORD = {"split": "train", "rows": 5, "bytes": 13, "sha256": "0" * 64, "pixels": "0" * 64, "refused": {}, "counts": ""}


SHARD = "data/train-00003-of-00005.parquet"
NOT_OURS: list[Any] = [
    {**RECORD, "file": "../outside/thesis.tex"},
    {**RECORD, "file": "/etc/passwd"},
    {**RECORD, "file": "C:\\Windows\\x"},
    {**RECORD, "file": "thesis.tex"},
    {**RECORD, "file": [SHARD]},
    {**RECORD, "file": SHARD, "bytes": "13"},
    {**RECORD, "file": SHARD, "refused": {"x": "y"}},
    {**RECORD, "file": SHARD, "more": 1},
    {**RECORD, "file": SHARD, "split": "test"},
    {**RECORD, "file": "data/train-00003-of-00009.parquet"},
    RECORD,
    [],
    None,
]


def test_a_journal_names_nothing_but_shards_of_the_plan(tmp_path: Path, states: Path, outside: Path) -> None:
    output = tmp_path / "begun"
    shutil.copytree(states / "begun", output)
    (output / "thesis.tex").write_text("years of work")
    with (output / ".synthink" / "journal").open("ab") as file:
        file.write(b"".join(journal_line(record) for record in NOT_OURS))
    before = snapshot(outside)
    assert [record.file for record in journal.read(output)][2:] == [
        record["file"] for record in NOT_OURS[:4] + NOT_OURS[8:10]
    ]
    assert make(output).reused == 10
    assert tree(output, without=["thesis.tex"]) == tree(states / "finished")
    assert (output / "thesis.tex").exists() and snapshot(outside) == before


def test_a_manifest_that_names_other_files_removes_none_of_them(tmp_path: Path, states: Path) -> None:
    output = tmp_path / "data"
    for name in ("thesis.tex", "data/thesis.tex", "data/sub/thesis.tex", "train/cache.arrow"):
        shutil.copytree(states / "finished", output)
        (output / name).parent.mkdir(exist_ok=True)
        (output / name).write_text("years of work")
        content = json.loads((output / "synthink.json").read_bytes())
        content["shards"][0]["file"] = name
        (output / "synthink.json").write_text(json.dumps(content))
        before = snapshot(tmp_path)
        assert "which is not the dataset's; move it" in refused(output, seed=1, overwrite=True)
        assert snapshot(tmp_path) == before
        shutil.rmtree(output)


def test_what_a_file_manager_leaves_among_the_shards_stops_nobody(tmp_path: Path, states: Path) -> None:
    output = tmp_path / "data"
    shutil.copytree(states / "begun", output)
    (output / "data" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    assert make(output).reused > 0
    assert (output / "data" / ".DS_Store").exists()
    assert any(
        note == "beside the dataset: data/.DS_Store" for note in verify(output, rows=0, remake_rows=0).checks[0].notes
    )


@pytest.mark.parametrize("name", [".data.synthink-new", ".data.synthink-old"])
def test_the_folders_beside_a_dataset_are_ours_only_with_a_plan(
    tmp_path: Path, states: Path, outside: Path, name: str
) -> None:
    output, other = tmp_path / "data", tmp_path / name
    shutil.copytree(states / "finished", output)

    def spared() -> None:
        before = snapshot(tmp_path)
        refused(output, seed=1, overwrite=True)
        assert make(output).drawn == 0
        assert snapshot(tmp_path) == before

    other.symlink_to(outside)
    spared()
    other.unlink()
    shutil.copytree(outside, other)
    spared()
    (other / ".synthink").mkdir()
    spared()
    shutil.rmtree(output)
    before = snapshot(other)
    make(output)
    assert snapshot(other) == before


def test_an_output_that_is_a_link_is_written_where_it_leads(tmp_path: Path, states: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to("disk")
    make(tmp_path / "link")
    assert tree(tmp_path / "disk") == tree(states / "finished")
    (tmp_path / "nowhere").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("nowhere", "loop"):
        assert "is a link that leads nowhere" in refused(tmp_path / name)


def test_a_file_that_is_written_takes_the_place_of_a_link(tmp_path: Path, outside: Path) -> None:
    before = snapshot(outside)
    for name in ("sheet.png", f".sheet.png.{os.getpid()}.tmp"):
        (tmp_path / name).symlink_to(outside / "thesis.tex")
    write_atomically(tmp_path / "sheet.png", b"ours")
    assert (tmp_path / "sheet.png").read_bytes() == b"ours" and not (tmp_path / "sheet.png").is_symlink()
    assert snapshot(outside) == before


def test_the_names_of_a_dataset_are_those_that_it_has(tmp_path: Path) -> None:
    for form in format_names():
        folder = tmp_path / form
        make(folder, format=form)
        shards = manifest.load(folder).shards
        own = own_files(manifest.load(folder).identity, folder)
        assert own.shards == {record.file for record in shards}
        names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        others = {name for name in names if not name.startswith(tuple(own.shards))}
        assert own.others == others - {"synthink.json"}
