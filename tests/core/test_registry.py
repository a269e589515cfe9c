"""Generators by name: ours, a stranger's package, a script's own, and packages that are broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from synthink import ConfigError, Generator, plugins
from synthink.core.registry import find_generator, find_oracle, generator_names, installed
from tests.plugin import BROKEN, GOOD, importable, unpacked, wheel
from tests.support import Result, python

TINY = ("splits.train=5", "splits.validation=0", "splits.test=2")


def test_ours_come_by_the_same_door() -> None:
    assert {"circled_letters", "circled_letters_grid", "mixture"} <= set(generator_names())
    entries = {entry.name: entry for entry in installed()}
    assert entries["circled_letters"].package.startswith("synthink ")
    assert entries["circled_letters"].summary == find_generator("circled_letters").summary()
    assert find_oracle("no_such_generator") is None


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean circled_letters"):
        find_generator("circled_leters")


def test_a_class_of_this_process_is_found_until_a_later_one_takes_its_name() -> None:
    class LocalThing(Generator):
        """One."""

    assert LocalThing.name == "local_thing"
    assert find_generator("local_thing") is LocalThing
    assert "local_thing" in generator_names()


@pytest.mark.parametrize(
    ("cls", "name"), [("HTMLPage", "html_page"), ("Dots", "dots"), ("Words2Ink", "words2_ink"), ("ABC", "abc")]
)
def test_names_come_from_classes(cls: str, name: str) -> None:
    assert type(cls, (Generator,), {"__module__": "synthink.test"}).name == name


@pytest.mark.parametrize("field", ["seed", "split", "splits", "size", "output", "rows", "score", "draw", "check"])
def test_reserved_fields_are_refused(field: str) -> None:
    with pytest.raises(TypeError, match="reserved"):
        type("Bad", (Generator,), {"__annotations__": {field: int}, field: 1, "__module__": "synthink.test"})


@pytest.mark.parametrize("column", ["id", "task", "image", "prefix", "suffix", "other_columns"])
def test_reserved_columns_are_refused(column: str) -> None:
    with pytest.raises(TypeError, match="a column of synthink's own"):
        type("Bad", (Generator,), {"columns": {column: str}, "__module__": "synthink.test"})


# --- other people's packages ------------------------------------------------------------------------------------------


@pytest.fixture
def dots(tmp_path: Path) -> dict[str, str]:
    unpacked(tmp_path / "site", "dots", "synthink_dots", GOOD, "Dots")
    return {"PYTHONPATH": str(tmp_path / "site")}


@pytest.mark.whole
def test_an_installed_package_is_listed_drawn_and_made_again(
    synthink: Callable[..., Result], dots: dict[str, str], tmp_path: Path
) -> None:
    listing = synthink("list", env=dots)
    assert "synthink-dots 1.2.3" in listing.stdout
    assert "Count the dots." in listing.stdout
    made = synthink("generate", "generator=dots", "most=3", *TINY, "output=d", "executor.workers=2", env=dots)
    assert made.returncode == 0, made.stderr
    fields = json.loads((tmp_path / "d" / "synthink.json").read_text())
    assert (fields["generator"], fields["fields"]) == ("dots", {"most": 3, "side_px": 24})
    again = synthink("generate", "from=d/synthink.json", "output=again", env=dots)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again" / "synthink.json").read_bytes() == (tmp_path / "d" / "synthink.json").read_bytes()


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("generator=dotts", "did you mean dots"),
        ("mst=3", "did you mean most"),
        ("most=12", "most=12: must be between 1 and 9"),
        ("generator.mots=3", "did you mean most"),
    ],
)
def test_a_strangers_keys_are_checked_like_ours(
    command: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argument: str, message: str
) -> None:
    unpacked(tmp_path / "site", "dots", "synthink_dots", GOOD, "Dots")
    importable(tmp_path / "site", monkeypatch)
    answer = command("generate", "generator=dots", *TINY, "output=d", argument)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert not (tmp_path / "d").exists()


@pytest.mark.slow
def test_a_dataset_of_a_missing_package_says_so(
    synthink: Callable[..., Result], dots: dict[str, str], tmp_path: Path
) -> None:
    assert synthink("generate", "generator=dots", *TINY, "output=d", env=dots).returncode == 0
    answer = synthink("generate", "from=d", "output=again")
    assert answer.returncode == 2
    assert "dots" in answer.stderr
    assert not (tmp_path / "again").exists()


@pytest.mark.slow
def test_broken_packages_break_nothing_else(
    synthink: Callable[..., Result], dots: dict[str, str], tmp_path: Path
) -> None:
    for name, (module, text, attribute) in BROKEN.items():
        unpacked(tmp_path / "site", name, module, text, attribute)
    listing = synthink("list", env=dots)
    assert listing.returncode == 0, listing.stderr
    lines = {line.split()[0]: line for line in listing.stdout.splitlines()}
    assert set(BROKEN) | {"dots", "circled_letters"} <= set(lines)
    assert all("unusable" in lines[name] and "synthink-broken" in lines[name] for name in BROKEN)
    assert synthink("generate", "generator=dots", *TINY, "output=d", env=dots).returncode == 0
    chosen = synthink("generate", "generator=broken_import", *TINY, "output=e", env=dots)
    assert chosen.returncode == 2
    assert "synthink-broken-import 1.2.3" in chosen.stderr
    assert len(chosen.stderr.splitlines()) == 1


@pytest.mark.heavy
@pytest.mark.slow
def test_pip_install_is_enough(synthink: Callable[..., Result], tmp_path: Path) -> None:
    site = tmp_path / "site"
    options = ["--no-deps", "--no-index", "--disable-pip-version-check", "-q", "--target"]
    answer = python("-m", "pip", "install", *options, str(site), str(wheel(tmp_path)))
    assert answer.returncode == 0, answer.stderr
    env = {"PYTHONPATH": str(site)}
    assert "synthink-dots 1.2.3" in synthink("list", env=env).stdout
    assert synthink("generate", "generator=dots", *TINY, "output=d", env=env).returncode == 0


def test_every_generator_of_ours_is_imported_by_its_class() -> None:
    import synthink.generators

    classes = {cls.__name__: cls for cls in map(find_generator, plugins.names(plugins.GENERATORS)) if is_ours(cls)}
    assert dir(synthink.generators) == sorted(classes)
    for name, cls in classes.items():
        assert getattr(synthink.generators, name) is cls
    with pytest.raises(AttributeError, match="no attribute 'CircledLetter'"):
        _ = synthink.generators.CircledLetter


def is_ours(cls: type[Generator]) -> bool:
    return cls.__module__.startswith("synthink.")


def test_a_generators_fields_are_its_arguments() -> None:
    code = """
import sys
from synthink.generators import CircledLetters
import synthink
assert "synthink.generators.gestures" not in sys.modules
rows = synthink.dataset(CircledLetters(picture_px=96, camera="photo"), size=3)
assert rows[1]["image"].size == (96, 96)
"""
    python("-c", code)
