"""Folders of somebody's rows: what must not be given to `datasets` is named, before anything is opened."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import synthink
from synthink.errors import AssetError
from synthink.tables.folder import check_folder, load_folder
from tests.tables.bombs import BOMBS

TABLE = pa.table({"image": [b"p", b"q"], "prefix": ["?", "?"], "suffix": ["A", "B"]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of rows, and something private beside it."""
    (tmp_path / "private.txt").write_text("secret")
    (tmp_path / "data").mkdir()
    pq.write_table(TABLE, tmp_path / "data" / "train.parquet")
    (tmp_path / "data" / "README.md").write_text("---\nlicense: mit\n---\n# Rows\n")
    return tmp_path / "data"


def refused(folder: Path) -> str:
    with pytest.raises(AssetError) as caught:
        check_folder(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)
    return str(caught.value)


def test_a_folder_of_rows_is_loaded(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "x.pkl").write_bytes(b"")  # hidden: `datasets` does not look at it either
    check_folder(folder)
    assert load_folder(folder)["train"].to_dict() == TABLE.to_pydict()


def test_rows_that_changed_are_read_again(folder: Path) -> None:
    """`datasets` alone would not: the card is the same, which names the files."""
    (folder / "README.md").write_text("---\nconfigs:\n- config_name: default\n  data_files: train.parquet\n---\n")
    assert load_folder(folder)["train"]["suffix"][:] == ["A", "B"]
    pq.write_table(TABLE.set_column(2, "suffix", [["A", "C"]]), folder / "train.parquet")
    assert load_folder(folder)["train"]["suffix"][:] == ["A", "C"]
    other = folder.parent / "other" / folder.name
    shutil.copytree(folder, other)
    pq.write_table(TABLE.slice(1), other / "train.parquet")
    assert load_folder(other)["train"]["suffix"][:] == ["B"]


Spoil = Callable[[Path], object]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "link out": (lambda folder: (folder / "test.parquet").symlink_to("../private.txt"), "test.parquet: is a link"),
    "link inside": (lambda folder: (folder / "test.parquet").symlink_to("train.parquet"), "test.parquet: is a link"),
    "folder by a link": (lambda folder: (folder / "data").symlink_to("/etc"), "data: is a link"),
    "link to nowhere": (lambda folder: (folder / "a.png").symlink_to("nowhere"), "a.png: is a link"),
    "pipe": (lambda folder: os.mkfifo(folder / "a.png"), "a.png: is a pipe, a socket or a device"),
    "pickle": (lambda folder: (folder / "a.pkl").write_bytes(pickle.dumps(1)), "a.pkl: a file of this kind"),
    "packed": (lambda folder: (folder / "b.jsonl.gz").write_bytes(gzip.compress(b"{}")), "b.jsonl.gz: a file of this"),
    "archive": (lambda folder: (folder / "a.zip").write_bytes(b"PK"), "a.zip: a file of this kind"),
    "script": (lambda folder: (folder / "data.py").write_text("import os"), "data.py: a file of this kind"),
    "capitals": (lambda folder: (folder / "a.PARQUET").write_bytes(b"no"), "a.PARQUET: no Parquet file"),
    "deep JSON": (lambda folder: (folder / "a.json").write_bytes(b"[" * 100_000), "a.json: nested more than 16 deep"),
    "long cell": (
        lambda folder: (folder / "a.csv").write_bytes(b"x" * (17 * 2**20)),
        "line 1 has more than 16,777,216",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_not_given_to_datasets(folder: Path, name: str) -> None:
    spoil, message = SPOILT[name]
    spoil(folder)
    assert message in refused(folder)


def test_files_below_are_checked_too(folder: Path) -> None:
    for suffix, bomb in ((".parquet", "deep columns"), (".arrow", "packed"), (".tar", "sparse"), (".jsonl", "a list")):
        path = folder / "below" / f"a{suffix}"
        path.parent.mkdir(exist_ok=True)
        _, make, message = BOMBS[f"{suffix}: {bomb}"]
        make(path)
        assert message in refused(folder)
        path.unlink()


OUTSIDE = [
    "https://example.org/a.parquet", "hf://datasets/a/b", "s3://a/b", "file:///etc/passwd", "zip://a.csv::b.zip",
    "/etc/passwd", "../private.txt", "data/../../private.txt", "~/private.txt", "C:\\private.txt", "..\\private.txt",
]  # fmt: skip


@pytest.mark.parametrize("place", OUTSIDE)
def test_a_card_that_names_other_places_is_refused(folder: Path, place: str) -> None:
    text = json.dumps(place)
    for card in (
        f"configs:\n- config_name: a\n  data_files: {text}",
        f"configs:\n- config_name: a\n  data_files:\n  - split: train\n    path: [train.parquet, {text}]",
        f"configs:\n- config_name: a\n  data_dir: {text}\n  data_files: train.parquet",
    ):
        (folder / "README.md").write_text(f"---\n{card}\n---\n")
        assert "README.md: names data files outside the folder" in refused(folder)
        (folder / "README.md").write_text("# Rows\n")
        (folder / ".huggingface.yaml").write_text(card)
        assert ".huggingface.yaml: names data files outside the folder" in refused(folder)
        (folder / ".huggingface.yaml").unlink()


OUT = "configs:\n- config_name: a\n  data_files: ../private.txt\n"
FRONTS = {
    "behind an empty one": f"---\n---\n{OUT}---\n",
    "lines of old": "---\n".replace("\n", "\r") + OUT.replace("\n", "\r") + "---\n",
    "one old line": f"---\r{OUT}---\n",
    "behind an odd space": f"\u00a0---\n{OUT}---\n",
    "behind a separator": f"\x1c---\n{OUT}---\n",
    "behind lines": f"\n \n---\n{OUT}---\n",
    "at the end of the file": f"---\n{OUT}---",
}
"""Front matter as the hub's library finds it, though it does not look like it."""


@pytest.mark.parametrize("name", FRONTS)
def test_a_card_is_read_as_datasets_reads_it(folder: Path, name: str) -> None:
    (folder / "README.md").write_bytes(FRONTS[name].encode())
    assert "README.md: names data files outside the folder" in refused(folder)
    opened = datasets.load_dataset(str(folder), cache_dir=str(folder.parent / "cache"))["train"]
    assert opened.to_dict() == {"text": ["secret"]}  # what must not happen


@pytest.mark.parametrize("name", [".x/a.txt", "__x/a.txt", "x/.a.txt"])
def test_a_card_names_no_hidden_files(folder: Path, name: str) -> None:
    """They are not looked through: this one is a link to something private."""
    (folder / name).parent.mkdir()
    (folder / name).symlink_to("../../private.txt")
    for place in (name, f"./{name}", f"{name.rpartition('/')[0]}/{name.rpartition('/')[2][0]}*"):
        (folder / "README.md").write_text(f"---\nconfigs:\n- config_name: a\n  data_files: {json.dumps(place)}\n---\n")
        assert "README.md: names hidden data files" in refused(folder)
        opened = datasets.load_dataset(str(folder), cache_dir=str(folder.parent / "cache"))["train"]
        assert opened.to_dict() == {"text": ["secret"]}  # what must not happen


def test_a_card_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "README.md").write_bytes(b"---\nlicense: \xff\n---\n")
    assert "README.md: is not UTF-8" in refused(folder)


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "its YAML has aliases"),
        ("a: " + "[" * 200, "nested more than 16 deep"),
        ("a: [", "its YAML cannot be read"),
        ("a: !!python/object/apply:os.system [true]", "its YAML cannot be read"),
        ("a: " + "x" * 2**20, "has more than 1,048,576 bytes"),
    ],
    ids=lambda value: value[:20],
)
def test_a_card_that_takes_too_much_is_refused(folder: Path, yaml: str, message: str) -> None:
    (folder / "README.md").write_text(f"---\n{yaml}\n---\n")
    assert message in refused(folder)


@pytest.mark.parametrize(
    "place", ["../train/data-00000-of-00001.arrow", "/etc/passwd", "..", "", 7, "a\\b", "C:x", ".x", "__x"]
)
def test_saved_tables_stay_in_their_folder(tmp_path: Path, place: object) -> None:
    datasets.DatasetDict({"train": datasets.Dataset(TABLE)}).save_to_disk(str(tmp_path))
    check_folder(tmp_path)
    state = json.loads((tmp_path / "train" / "state.json").read_text())
    for name, content in (
        ("train/state.json", {**state, "_data_files": [{"filename": place}]}),
        ("train/state.json", {**state, "_indices_data_files": [{"filename": place}]}),
        ("dataset_dict.json", {"splits": [place]}),
    ):
        before = (tmp_path / name).read_text()
        (tmp_path / name).write_text(json.dumps(content))
        assert "is no name of a file or folder beside it" in refused(tmp_path)
        (tmp_path / name).write_text(before)


def test_pictures_of_a_folder_stay_in_it(tmp_path: Path) -> None:
    """`datasets` makes absolute paths of what its metadata says."""
    from synthink.evaluate.data.rows import Dataset

    Image.new("RGB", (9, 9)).save(tmp_path / "private.png")
    folder = tmp_path / "data"
    folder.mkdir()
    Image.new("RGB", (8, 8)).save(folder / "a.png")
    for name in ("../private.png", str(tmp_path / "private.png"), "b/../../private.png"):
        lines = [{"file_name": place, "prefix": "?", "suffix": "A"} for place in ("a.png", name)]
        (folder / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        try:
            rows = Dataset(folder).rows("train")
            images = [rows.example(index).image for index in range(len(rows))]
        except synthink.SynthinkError:
            continue
        assert images == [(folder / "a.png").read_bytes()], name
