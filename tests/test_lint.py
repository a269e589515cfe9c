"""Rows depend on nothing but streams: no generator reaches for another source of chance, or for the clock."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import synthink.generators

BANNED_MODULES = {"random", "numpy.random", "time", "datetime", "secrets", "uuid", "os", "threading", "multiprocessing"}
BANNED_CALLS = {"hash", "id", "input", "open", "eval", "exec", "globals"}
FILES = sorted(Path(str(synthink.generators.__file__)).parent.glob("*.py"))


def faults(source: str) -> list[str]:
    """What a generator's source must not hold, with line numbers."""
    found = []
    aliases: dict[str, str] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                aliases[name.asname or name.name] = name.name
                found += [f"{node.lineno}: import {name.name}"] * banned(name.name)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for name in node.names:
                found += [f"{node.lineno}: from {node.module}"] * (
                    banned(node.module or "") or banned(f"{node.module}.{name.name}")
                )
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            head, _, rest = text.partition(".")
            found += [f"{node.lineno}: {text}"] * banned(f"{aliases.get(head, head)}.{rest}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_CALLS:
            found.append(f"{node.lineno}: {node.func.id}()")
    return found


def banned(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in BANNED_MODULES)


def test_there_are_generators() -> None:
    assert {"circled_letters.py", "circled_letters_grid.py"} <= {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_generator_draws_from_streams_alone(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from random import choice",
        "import numpy.random",
        "from numpy import random",
        "import numpy as np\nnp.random.default_rng()",
        "import numpy\nnumpy.random.rand()",
        "from numpy.random import default_rng",
        "import time",
        "from time import time",
        "import secrets, uuid",
        "x = hash('a')",
        "x = id(y)",
    ],
)
def test_the_lint_finds_what_is_banned(source: str) -> None:
    assert faults(source)


def test_the_core_imports_no_generator() -> None:
    core = Path(str(synthink.__file__)).parent
    for path in core.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.startswith("synthink.generators") for name in names), path
