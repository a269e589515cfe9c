"""A third party's package: its source, and two ways to put it on a machine."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from synthink import plugins

GOOD = '''
"""Dots, by somebody else."""

import numpy as np
from typing import Annotated

from synthink import Between, DrawContext, Generator, Sample


class Dots(Generator):
    """Count the dots."""

    columns = {"count": int}

    most: Annotated[int, Between(1, 9)] = 5
    side_px: int = 24

    def draw(self, ctx: DrawContext) -> Sample:
        count = ctx.stream("count").integers(1, self.most + 1)
        picture = np.full((self.side_px, self.side_px, 3), 255, np.uint8)
        places = ctx.stream("places").shuffled(range(self.side_px * self.side_px // 4))[:count]
        for place in places if ctx.signal else ():
            y, x = divmod(place, self.side_px // 2)
            picture[2 * y : 2 * y + 1, 2 * x : 2 * x + 1] = 0
        return Sample(picture, "How many dots?", str(count), {"count": count})
'''

THREADS = '''
"""An executor by somebody else: a pool of threads."""

from concurrent.futures import ThreadPoolExecutor

from synthink.build.executors import Executor


class ThreadsExecutor(Executor):
    """Threads of this process."""

    name = "threads"

    threads: int = 2
    """The number of threads."""

    def map(self, task, shards):
        with ThreadPoolExecutor(self.threads) as pool:
            yield from pool.map(task, shards)
'''

WHEEL = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: 1.2.3\n"

BROKEN = {
    "broken_import": ("synthink_broken_import", "import no_such_module_anywhere", "Thing"),
    "broken_line": ("synthink_broken_line", "def half(:", "Thing"),
    "broken_name": ("synthink_broken_name", "x = 1", "Thing"),
    "broken_class": ("synthink_broken_class", "class Thing: pass", "Thing"),
    "broken_exit": ("synthink_broken_exit", "raise RuntimeError('two\\nlines')", "Thing"),
}


def wheel(folder: Path) -> Path:
    """The package as an index serves it (binary distribution format, PEP 427)."""
    files = {
        "synthink_dots.py": GOOD,
        "synthink_dots-1.2.3.dist-info/METADATA": METADATA.format("synthink-dots"),
        "synthink_dots-1.2.3.dist-info/WHEEL": WHEEL,
        "synthink_dots-1.2.3.dist-info/entry_points.txt": "[synthink.generators]\ndots = synthink_dots:Dots\n",
    }
    record = "synthink_dots-1.2.3.dist-info/RECORD"
    path = folder / "synthink_dots-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, record: "".join(f"{name},,\n" for name in [*files, record])}.items():
            archive.writestr(name, text)
    return path


def unpacked(
    folder: Path, name: str, module: str, text: str, attribute: str, group: str = "synthink.generators"
) -> None:
    """The package as an installer leaves it: the module and its metadata."""
    folder.mkdir(exist_ok=True)
    (folder / f"{module}.py").write_text(text)
    info = folder / f"{module}-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA.format(module.replace("_", "-")))
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}:{attribute}\n")


def importable(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let this process find the packages of a folder, until `patch` is undone."""
    patch.syspath_prepend(str(folder))
    patch.setattr(plugins, "_entries", plugins._entries.__wrapped__)  # which remembers what was installed before
