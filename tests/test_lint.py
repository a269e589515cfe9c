"""What the code must keep to: generators draw from streams alone, and the tree stays one that can be read."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from importlib.machinery import PathFinder
from itertools import pairwise
from pathlib import Path

import pytest

import synthink.generators
from tests.support import ROOT

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


@pytest.mark.heavy
def test_the_core_imports_no_generator() -> None:
    core = Path(str(synthink.__file__)).parent
    for path in core.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.startswith("synthink.generators") for name in names), path


# --- the tree ---------------------------------------------------------------------------------------------------------

PACKAGES = {
    "synthink": ROOT / "synthink",
    "synthink.generators": ROOT / "generators",
    "synthink.conf": ROOT / "conf",
    "synthink.fonts": ROOT / "fonts",
}
"""Where the parts of the installed package lie."""
MOST_ROOT_MODULES = 16
MOST_LINES = 400
LONG_FILES = {
    "tests/build/test_faults.py": "every kind of kill shares the runs that it interrupts",
    "tests/golden/test_golden.py": "rows, shards and the command are tested on the same records",
}
"""Files of more than `MOST_LINES` lines, each with its reason."""


def folders() -> dict[str, Path]:
    """Every folder of the package that holds modules or configuration, by its dotted name."""
    names = {}
    for package, root in PACKAGES.items():
        for path in (root, *sorted(root.rglob("*/"))):
            if path.name != "__pycache__" and [*path.glob("*.py"), *path.glob("*.yaml")]:
                names[".".join([package, *path.relative_to(root).parts])] = path
    return names


def test_the_wheel_has_every_folder_and_no_other() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert sorted(settings["packages"]) == sorted(folders())
    for package, patterns in settings["package-data"].items():
        for pattern in patterns:
            assert list(folders()[package].glob(pattern)), f"{package} has no {pattern}"
    for package, folder in folders().items():
        if list(folder.glob("*.yaml")):
            assert "*.yaml" in settings["package-data"][package], f"the wheel lacks the YAML files of {package}"


def test_all_parts_are_found_without_an_import_hook() -> None:
    """Editors and type checkers follow files and links, and no hook."""
    for package, folder in PACKAGES.items():
        parent, _, _ = package.rpartition(".")
        spec = PathFinder.find_spec(package, [str(ROOT / "synthink")] if parent else [str(ROOT)])
        assert spec is not None and spec.origin is not None, package
        assert Path(spec.origin).resolve() == folder / "__init__.py"


EDITED = """
import synthink
from synthink.generators import CircledLetters, Meters
from synthink.generators.gestures import Gestures

reveal_type(CircledLetters(camera=synthink.Camera(preset="photo")).look_alikes)
reveal_type(Meters().stepping)
reveal_type(synthink.dataset(Gestures(), size=3).with_format("torch"))
CircledLetters(pictures_px=224)
"""


@pytest.mark.whole
def test_an_editor_knows_the_types_of_an_editable_install(tmp_path: Path) -> None:
    (tmp_path / "task.py").write_text(EDITED, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "task.py"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    lines = [line.partition(": ")[2] for line in result.stdout.splitlines()[:-1]]
    assert lines == [
        "note: Revealed type is \"Literal['exclude'] | Literal['mark']\"",
        'note: Revealed type is "float"',
        'note: Revealed type is "synthink.core.row_dataset.RowDataset"',
        'error: Unexpected keyword argument "pictures_px" for "CircledLetters"; did you mean "picture_px"?  [call-arg]',
    ], result.stdout


def test_the_root_holds_only_what_everything_stands_on() -> None:
    names = sorted(path.stem for path in (ROOT / "synthink").glob("*.py"))
    assert len(names) <= MOST_ROOT_MODULES, names


def test_no_file_is_too_long_to_read() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("synthink", "generators", "benchmarks", "tests")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert len(lengths) > 300
    assert {name for name, lines in lengths.items() if lines > MOST_LINES} == set(LONG_FILES)


def test_every_exception_from_the_limits_of_functions_has_its_reason() -> None:
    bare = []
    for folder in ("synthink", "generators", "benchmarks", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                _, marker, rest = line.partition("# noqa: ")
                if marker and ("C901" in rest or "PLR0913" in rest) and " - " not in rest:
                    bare.append(f"{path}:{number}")
    assert bare == []


VAGUE_NAMES = {
    *("found", "told", "asked", "said", "seen", "shown", "made", "given", "kept", "gone"),
    *("each", "whole", "beside", "aside"),
    *("luck", "strangers", "crew", "bury", "employ", "dismiss", "shelf"),
}
"""Words that say what happened to a thing, or that only their author connects with it: a reader looks for the noun."""


def vague_names(source: str) -> list[str]:
    """Those of `VAGUE_NAMES` that a module gives to locals, parameters, fields, functions and classes, with their
    line numbers."""
    names: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append((node.lineno, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.append((node.lineno, node.attr))
        elif isinstance(node, ast.arg):
            names.append((node.lineno, node.arg))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append((node.lineno, node.name))
    return [f"{line}: {name}" for line, name in names if name.strip("_").casefold() in VAGUE_NAMES]


def test_names_say_what_a_thing_is() -> None:
    vague = {
        path.relative_to(ROOT).as_posix(): names
        for folder in ("synthink", "generators")
        for path in (ROOT / folder).rglob("*.py")
        if (names := vague_names(path.read_text(encoding="utf-8")))
    }
    assert vague == {}


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "for each in rows: pass",
        "def _told(part): pass",
        "def read(seen): pass",
        "self.kept = 0",
        "class Crew: pass",
        "made: int",
        "if (whole := rows): pass",
    ],
)
def test_the_lint_finds_vague_names(source: str) -> None:
    assert vague_names(source)
    assert not vague_names("manifest = 1\nprint(found)")


def whole_values(source: str) -> list[str]:
    """Values that a module's texts show by `!r`, whatever their length, with their line numbers."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FormattedValue))
    return [f"{node.lineno}: {ast.unparse(node.value)}" for node in nodes if node.conversion == ord("r")]


def test_messages_show_values_through_quoted() -> None:
    whole = {
        path.relative_to(ROOT).as_posix(): values
        for folder in ("synthink", "generators")
        for path in (ROOT / folder).rglob("*.py")
        if (values := whole_values(path.read_text(encoding="utf-8")))
    }
    assert whole == {}
    assert whole_values('f"{name}: {value[:9]!r} is {quoted(value)}"') == ["1: value[:9]"]


FRAGMENTS = ("Of ", "The same", "As ", "On ", "For ", "In ", "Around ", "Between ", "Without ", "That ", "What ")
"""Beginnings of docstrings that want something before them: `--help` and editors show them alone."""


def docstrings(source: str) -> list[tuple[str, str]]:
    """Name and docstring of a module's public classes and functions, and of the fields of its classes."""
    texts: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            texts.append((node.name, ast.get_docstring(node) or ""))
        for field, text in pairwise(node.body) if isinstance(node, ast.ClassDef) else ():
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(content))):
                    texts.append((name, content))
    return texts


def test_docstrings_can_be_read_alone() -> None:
    fragments = [
        f"{path.relative_to(ROOT)}: {name}: {text}"
        for folder in ("synthink", "generators")
        for path in (ROOT / folder).rglob("*.py")
        for name, text in docstrings(path.read_text(encoding="utf-8"))
        if text.startswith(FRAGMENTS)
    ]
    assert fragments == []
    source = 'class A:\n    """A class."""\n\n    x: int\n    """Of the font file."""\n'
    assert docstrings(source) == [("A", "A class."), ("x", "Of the font file.")]
