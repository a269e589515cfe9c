"""generators/README.md shows what the code says and draws now; `python .github/gallery.py` writes it anew."""

from __future__ import annotations

import importlib.util
import shlex
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

import synthink
from synthink.cli.main import run_command
from synthink.core.registry import find_generator, installed
from tests.support import ROOT

pytestmark = pytest.mark.heavy


def load_script(path: Path) -> ModuleType:
    """A script that lies in no package, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


gallery = load_script(ROOT / ".github" / "gallery.py")
AGAIN = "is out of date: run python .github/gallery.py"


def test_the_page_is_what_the_fields_say() -> None:
    assert gallery.PAGE.read_text(encoding="utf-8") == gallery.page(), f"generators/README.md {AGAIN}"


def test_every_installed_generator_is_in_the_gallery() -> None:
    ours = {entry.name for entry in installed() if entry.package.startswith("synthink ")}
    assert ours == set(gallery.GENERATORS)


@pytest.mark.parametrize("name", gallery.GENERATORS)
def test_a_command_makes_what_its_sheet_shows(name: str, tmp_path: Path) -> None:
    command, fields = gallery.GENERATORS[name]
    split = "test" if "blindtest" in command else "train"
    sizes = [f"splits.{other}={2 if other == split else 0}" for other in ("train", "validation", "test")]
    words = [word for word in shlex.split(command)[1:] if not word.startswith("output=")]
    assert run_command([*words, *sizes, f"output={tmp_path}", "executor.workers=1"]) == 0
    generator = synthink.load(tmp_path)[1]
    assert generator == find_generator(name).build(fields)


@pytest.mark.parametrize("name", gallery.GENERATORS)
def test_a_sheet_shows_the_rows_of_today(name: str) -> None:
    with Image.open(gallery.PICTURES / f"{name}.png") as sheet:
        digest = sheet.info["rows"]
    assert digest == gallery.digest(gallery.drawn_rows(gallery.dataset_of(name))), f"{name}.png {AGAIN}"
