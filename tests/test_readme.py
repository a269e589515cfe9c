"""The README's Python and shell blocks run as they stand (`.ci/run` runs the two that install)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
INK = (ROOT / "synthink" / "ink" / "README.md").read_text(encoding="utf-8")
CODE = re.compile(r"```(python|sh)\n(.*?)```", re.DOTALL)
BLOCKS = CODE.findall(README)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)\)")
SKIPPED = {".venv", ".git", "outputs", "multirun"}
LONG_PAGES = {"train": 75}
"""The page of the trainer holds a whole configuration for big_vision's own trainer."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generator that the page writes; blocks run in any order, and in several processes."""
    folder = tmp_path_factory.mktemp("readme")
    [generator] = [text for _, text in BLOCKS if "this is dots.py" in text]
    (folder / "dots.py").write_text(generator, encoding="utf-8")
    return folder


RUNNING = [block for block in (*BLOCKS, *CODE.findall(INK)) if "pip install -e" not in block[1]]


@pytest.mark.heavy
@pytest.mark.parametrize(("kind", "text"), RUNNING)
@pytest.mark.whole
def test_block_runs(kind: str, text: str, folder: Path) -> None:
    bin_folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    if kind == "python":
        (folder / "block.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "block.py"] if kind == "python" else ["bash", "-euc", text]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_both_kinds_of_blocks_are_there() -> None:
    kinds = [kind for kind, _ in BLOCKS]
    assert kinds.count("python") >= 2
    assert kinds.count("sh") >= 3
    assert BLOCKS[0][1].startswith("pip install -e . && synthink generate")
    assert BLOCKS[1][1].startswith("pip install -e '.[test]' && pytest")


def test_links_of_every_page_lead_somewhere() -> None:
    pages = [page for page in ROOT.rglob("*.md") if SKIPPED.isdisjoint(page.relative_to(ROOT).parts)]
    links = [(page, link) for page in pages for link in LINK.findall(page.read_text(encoding="utf-8"))]
    broken = [f"{page.relative_to(ROOT)}: {link}" for page, link in links if not (page.parent / link).exists()]
    assert len(links) > 20
    assert broken == []


def test_the_first_page_is_a_poster_and_each_folder_has_a_short_page() -> None:
    assert len(README.splitlines()) <= 150
    folders = [path for path in (ROOT / "synthink").iterdir() if (path / "__init__.py").is_file()]
    for folder in (folder for folder in folders if not folder.is_symlink()):
        lines = (folder / "README.md").read_text(encoding="utf-8").splitlines()
        assert len(lines) <= LONG_PAGES.get(folder.name, 45), folder
