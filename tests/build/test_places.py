"""A manifest, which is published, knows the user's files by name and digest; they are found again where they are
near."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import matplotlib
import pytest

import synthink
from synthink.build.dataset_folder import Outcome
from synthink.build.manifest import load
from synthink.build.places import matches, place_digest, public_names, with_names
from synthink.build.received import code_path
from synthink.errors import AssetError, SourceNotOpened
from synthink.verify.verify import verify

pytestmark = pytest.mark.heavy
TEXT = "\n".join(f"{a}{b}{c}word" for a in "bcdfg" for b in "aeiou" for c in "lmnpr")
TASK = """
import numpy as np, synthink

class Grey(synthink.Generator):
    def draw(self, ctx):
        return synthink.Sample(np.full((8, 8, 3), ctx.index, np.uint8), "which?", str(ctx.index))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's folder with words and fonts, and a folder beside it to work in."""
    home = tmp_path / "home" / "ada"
    (home / "fonts").mkdir(parents=True)
    (home / "words.txt").write_text(TEXT, encoding="utf-8")
    shutil.copy(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf", home / "fonts")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return home


def make(home: Path, output: str = "data") -> Outcome:
    fonts = {"source": str(home / "fonts"), "share_across_splits": True}
    splits = {"train": 3, "test": 2}
    return synthink.generate(
        "circled_letters", words=str(home / "words.txt"), fonts=fonts, splits=splits, output=output, workers=1
    )


def again(folder: str = "data", **options: Any) -> bool:
    """Whether the dataset in a folder comes out the same once more."""
    shutil.rmtree("again", ignore_errors=True)
    synthink.generate(source=folder, output="again", sources="allow", workers=1, **options)
    names = ("synthink.json", "README.md", "data/train-00000-of-00001.parquet")
    return all((Path("again") / name).read_bytes() == (Path(folder) / name).read_bytes() for name in names)


def test_what_is_published_names_no_folder_of_the_user(home: Path) -> None:
    make(home)
    for path in Path("data").rglob("*"):
        assert path.is_dir() or str(home).encode() not in path.read_bytes(), path
    identity = load(Path("data")).identity
    assert (identity["fields"]["words"]["source"], identity["fields"]["fonts"]["source"]) == ("words.txt", "fonts")
    assert identity["assets"]["words"]["files"].keys() == {"words.txt"}
    assert identity["assets"]["fonts"]["files"].keys() == {"fonts"}
    assert "words.source=words.txt, fonts.source=fonts" in Path("data/README.md").read_text("utf-8")
    assert make(home).drawn == 0, "the same command finds its dataset finished"


@pytest.mark.parametrize("place", [".", "sets", "sets/data"])
def test_a_file_is_found_where_the_command_runs_and_near_the_dataset(home: Path, place: str) -> None:
    make(home, "sets/data")
    shutil.copy(home / "words.txt", place)
    shutil.copytree(home / "fonts", Path(place) / "fonts")
    assert again("sets/data")
    if place != "sets/data":  # where verify asks for nothing but the dataset's own files
        assert verify(Path("sets/data"), sources="allow").exit_status == 0


def test_of_two_files_of_the_name_the_one_with_the_digest_is_taken(home: Path) -> None:
    make(home)
    shutil.copytree(home / "fonts", "fonts")
    Path("words.txt").write_text("another\nlist\n")
    with pytest.raises(AssetError, match=r"^words\.txt: is not what data/synthink\.json means: its digest is "):
        again()
    shutil.copy(home / "words.txt", "data")
    assert again()
    shutil.copy("words.txt", "fonts/more.ttf")
    with pytest.raises(AssetError, match=r"^fonts: is not what data/synthink\.json means"):
        again()


def test_a_file_that_is_nowhere_near_is_named_with_its_digest(home: Path) -> None:
    make(home)
    digest = load(Path("data")).identity["assets"]["words"]["files"]["words.txt"]
    with pytest.raises(AssetError, match=rf"^words\.txt: .*that of the dataset.*words\.txt has the digest {digest}"):
        again()
    with pytest.raises(SourceNotOpened, match=r"names 'words\.txt' as words; sources=allow"):
        synthink.generate(source="data", output="again")
    assert not Path("again").exists()


def test_texts_are_the_same_wherever_their_file_lies(home: Path) -> None:
    (home / "texts.txt").write_text("\n".join(f"this is sentence number {i}" for i in range(99)))
    synthink.generate("ink_strokes", texts=str(home / "texts.txt"), splits={"train": 2}, output="data", workers=1)
    shutil.copy(home / "texts.txt", "texts.txt")
    assert again()


def test_code_is_named_by_its_file_and_never_taken_from_the_dataset(home: Path) -> None:
    (home / "grey.py").write_text(TASK)
    synthink.generate(f"{home}/grey.py:Grey", splits={"train": 2}, output="data", workers=1)
    assert str(home) not in Path("data/synthink.json").read_text()
    assert json.loads(Path("data/synthink.json").read_text())["code"]["grey"]["file"] == "grey.py"
    assert again(code="allow")
    Path("data/work").mkdir()
    code = next(iter(load(Path("data")).code.values()))
    assert code_path(code, load(Path("data")).file) == Path("grey.py")
    shutil.copy(home / "grey.py", "data")
    assert code_path(code, load(Path("data")).file) == Path("grey.py"), "not the one in the dataset's folder"


def test_a_digest_is_that_of_all_files_of_a_folder_and_of_no_pattern(home: Path) -> None:
    before = place_digest(str(home))
    assert (len(before), place_digest(str(home / "*.txt")), place_digest("https://a.example/b")) == (64, "", "")
    assert matches(str(home / "*.txt")) == [str(home / "words.txt")]
    (home / "fonts" / "more.ttf").write_bytes(b"a")
    assert place_digest(str(home)) != before


def test_names_tell_paths_apart_that_end_alike(tmp_path: Path) -> None:
    places = [str(tmp_path / name / "w.txt") for name in "ab"]
    for place in places:
        Path(place).parent.mkdir()
        Path(place).write_text("a")
    names = public_names([*places, "relative/w.txt", "https://a.example/w.txt", str(tmp_path / "not there")])
    assert names == {places[0]: "w.txt", places[1]: "b/w.txt"}
    assert public_names(places[:1], {"w.txt"}) == {places[0]: "a/w.txt"}, "for it would be taken for that text"
    record = {"source": places, "left out": {f"{places[1]}/inside": "why"}, "other": [f"{places[0]}x", 7, None]}
    expected = {
        "source": ["w.txt", "b/w.txt"],
        "left out": {"b/w.txt/inside": "why"},
        "other": [f"{places[0]}x", 7, None],
    }
    assert with_names(record, names) == expected
