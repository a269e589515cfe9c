"""The README's Python and shell blocks run as they stand (`.ci/run` runs the two that install)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|sh)\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


@pytest.mark.parametrize(("kind", "text"), [block for block in BLOCKS if "pip install -e" not in block[1]])
def test_block_runs(kind: str, text: str, folder: Path) -> None:
    bin_folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-c", text] if kind == "python" else ["bash", "-euc", text]
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


def test_the_picture_is_there() -> None:
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (Path(__file__).parent.parent / picture).is_file()
