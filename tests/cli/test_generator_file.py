"""Generators in a file of the user's own: `generator=dots.py:Dots` where a name may stand, and who may run the file."""

from __future__ import annotations

import hashlib
import json
import pickle
import py_compile
from collections.abc import Callable
from pathlib import Path

import pytest

import synthink
from synthink.build.manifest_checks import check_identity
from synthink.core.code_helpers import digests_of, helpers_of
from synthink.core.registry import load_generator
from synthink.errors import SynthinkError
from tests.cli.support import assert_refused, manifest_of
from tests.support import Result, python
from tests.test_readme import BLOCKS

Command = Callable[..., Result]
DOTS = next(text for kind, text in BLOCKS if kind == "python" and "class Dots" in text)
FEW = ("splits.train=6", "splits.validation=0", "splits.test=0", "picture_px=64")
TASK = """
from __future__ import annotations
from dataclasses import field
import numpy as np
from synthink import DrawContext, Generator, Sample
from synthink.settings import Settings
from {helper} import LETTERS

class {cls}Style(Settings):
    grey: int = 200

class {cls}(Generator):
    columns = {{"grey": int}}
    style: {cls}Style = {cls}Style()

    def draw(self, ctx: DrawContext) -> Sample:
        grey = ctx.stream("grey").integers(0, self.style.grey)
        return Sample(np.full((8, 8, 3), grey, np.uint8), "Which?", LETTERS[grey % 2], {{"grey": grey}})
"""


def write_task(folder: Path, cls: str) -> str:
    """A file with a generator, nested settings and a helper beside it; returns what a user types."""
    (folder / f"{cls.lower()}_helper.py").write_text("LETTERS = 'ab'\n")
    (folder / f"{cls.lower()}.py").write_text(TASK.format(cls=cls, helper=f"{cls.lower()}_helper"))
    return f"{cls.lower()}.py:{cls}"


@pytest.mark.heavy
@pytest.mark.whole
def test_the_readmes_generator_is_verified_and_previewed_in_new_processes(synthink: Command, tmp_path: Path) -> None:
    (tmp_path / "dots.py").write_text(DOTS)
    script = python("dots.py", cwd=tmp_path)
    assert script.returncode == 0, script.stderr
    assert manifest_of(tmp_path / "data/dots")["code"]["dots"]["file"] == "dots.py"
    assert_refused(synthink("verify", "dataset=data/dots"), "code=allow runs it")
    assert_refused(synthink("verify", "dataset=data/dots", "sources=allow"), "code=allow runs it")
    verified = synthink("verify", "dataset=data/dots", "code=allow", "remake=5")
    assert verified.returncode == 3, "there is no oracle" + verified.stdout + verified.stderr
    previewed = synthink("preview", "dataset=data/dots", "code=allow", "rows=2")
    assert (previewed.returncode, previewed.stderr) == (0, "")


def test_loading_a_script_ends_where_its_own_work_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dots.py").write_text(DOTS.replace('if __name__ == "__main__"', "if True"))
    assert load_generator("dots.py:Dots").name == "dots"
    assert not (tmp_path / "data").exists()


@pytest.mark.whole
def test_a_file_is_a_generator_of_every_verb(command: Command, tmp_path: Path) -> None:
    typed = f"generator={write_task(tmp_path, 'Everywhere')}"
    result = command("generate", typed, "style.grey=100", *FEW[:3], "output=out", "shard_size=2", "executor.workers=2")
    assert result.returncode == 0, result.stderr
    assert "synthink verify dataset=out code=allow" in result.stdout
    manifest = manifest_of(tmp_path / "out")
    assert (manifest["generator"], manifest["fields"]) == ("everywhere", {"style": {"grey": 100}})
    assert str(tmp_path) not in json.dumps(manifest)
    assert "everywhere.py with the SHA-256" in (tmp_path / "out" / "README.md").read_text()
    assert command("verify", "dataset=out", "code=allow").returncode in (1, 3)
    assert command("generate", "from=out", "code=allow", "output=again").stdout.count("the same bytes") == 1
    assert "style.grey=200" in command("generate", typed, "--help").stdout
    swept = command("generate", "-m", typed, "style.grey=10,20", *FEW[:3], "output=sweep")
    assert swept.returncode == 0, swept.stderr
    assert sorted(path.name for path in (tmp_path / "sweep").glob("*=*")) == [
        "000-generator=everywhere-style.grey=10",
        "001-generator=everywhere-style.grey=20",
    ]
    rows, generator = synthink.load(tmp_path / "out")  # its class is here already
    assert len(rows["train"]) == 6 and type(generator).__name__ == "Everywhere"
    assert synthink.dataset("everywhere.py:Everywhere", size=3)[0]["task"] == "everywhere"


@pytest.mark.heavy
def test_another_process_unpickles_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = synthink.dataset(write_task(tmp_path, "Pickled"), size=3, style={"grey": 7})
    (tmp_path / "rows.pickle").write_bytes(pickle.dumps(rows))
    (tmp_path / "elsewhere").mkdir()
    code = "import pickle; rows = pickle.load(open('../rows.pickle', 'rb')); print(rows[2]['grey'], len(rows))"
    result = python("-c", code, cwd=tmp_path / "elsewhere")
    assert result.stdout.split() == [str(rows[2]["grey"]), "3"], result.stderr


@pytest.mark.whole
def test_a_manifest_runs_no_file_that_it_should_not(synthink: Command, tmp_path: Path) -> None:
    """Neither without permission, nor another file than the one that is meant, nor one that came with the dataset."""
    typed = write_task(tmp_path, "Guarded")
    made = synthink("generate", f"generator={typed}", *FEW[:3], "output=out")
    assert made.returncode == 0, made.stderr
    source = tmp_path / "guarded.py"
    good = source.read_text()
    source.write_text(f"open('ran', 'w')\n{good}")
    assert_refused(synthink("verify", "dataset=out", "code=allow"), "is not the file that is meant")
    source.write_text(good)
    helper = tmp_path / "guarded_helper.py"
    helper.write_text("open('ran', 'w')\nLETTERS = 'ab'\n")
    refusal = "guarded.py: imports 'guarded_helper.py', which is not the file that is meant"
    assert_refused(synthink("verify", "dataset=out", "code=allow"), refusal)
    helper.write_text("LETTERS = 'ab'\n")
    assert synthink("verify", "dataset=out", "code=allow").returncode == 3
    source.unlink()
    assert_refused(synthink("verify", "dataset=out", "code=allow"), "guarded.py: is not in")
    source.write_text(good)
    manifest = manifest_of(tmp_path / "out")
    (tmp_path / "out" / "theirs.py").write_text(good)
    manifest["code"]["guarded"]["file"] = "out/theirs.py"
    (tmp_path / "out" / "synthink.json").write_text(json.dumps(manifest))
    assert_refused(synthink("verify", "dataset=out", "code=allow"), "never runs")
    manifest["code"]["guarded"] |= {"file": "guarded.py", "helpers": {"out/guarded_helper.py": "0" * 64}}
    (tmp_path / "out" / "synthink.json").write_text(json.dumps(manifest))
    assert_refused(synthink("verify", "dataset=out", "code=allow"), "never runs")
    assert not (tmp_path / "ran").exists()


def test_modules_beside_a_file_are_found_in_its_text_and_in_theirs(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    files = {
        "beside.py": "import numpy, tools.lines\n",
        "tools/__init__.py": "from . import marks\n",
        "tools/lines.py": "from .marks import LENGTH\nfrom tools.pens import pen\n",
        "tools/marks.py": "LENGTH = 3\ndef late():\n    from .rare import x\n",
        "tools/rare.py": "def broken(:\n",
        "tools/pens.py": "import beside\n",
        "numpy.py": "raise SystemExit\n",
        "unused.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    helpers = helpers_of(tmp_path, b"import beside\nimport os.path\n")
    assert list(helpers) == ["beside", "tools", "tools.lines", "tools.marks", "tools.pens", "tools.rare"]
    assert digests_of(helpers)["tools/__init__.py"] == hashlib.sha256(b"from . import marks\n").hexdigest()
    assert helpers_of(tmp_path, b"this is no Python") == {}


@pytest.mark.heavy
def test_no_compiled_file_takes_the_place_of_a_module_that_was_digested(tmp_path: Path) -> None:
    write_task(tmp_path, "Compiled")
    helper = tmp_path / "compiled_helper.py"
    good = helper.read_text()
    helper.write_text("open('ran', 'w')\nLETTERS = 'ab'\n")
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(helper), invalidation_mode=mode)
    helper.write_text(good)
    script = "import synthink; print(len(synthink.dataset('compiled.py:Compiled', size=3)[:2]))"
    result = python("-c", script, cwd=tmp_path)
    assert (result.stdout, result.stderr) == ("2\n", "")
    assert not (tmp_path / "ran").exists()


def test_two_modules_of_one_name_beside_two_files_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, letters in (("one", "ab"), ("two", "cd")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shared_name.py").write_text(f"LETTERS = '{letters}'\n")
        text = TASK.format(cls=f"Shared{folder.title()}", helper="shared_name")
        (tmp_path / folder / "task.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert load_generator("one/task.py").name == "shared_one"
    with pytest.raises(SynthinkError, match=r"two/shared_name.py: another module called shared_name is loaded"):
        load_generator("two/task.py")


@pytest.mark.whole
def test_the_parts_of_a_mixture_may_stand_in_files(command: Command, tmp_path: Path) -> None:
    part = f"{{generator: {write_task(tmp_path, 'Parted')}, fields: {{style: {{grey: 50}}}}}}"
    words = ("generate", "generator=mixture", f"parts=[{part}]", *FEW[:3])
    made = command(*words, "executor.workers=2", "shard_size=3", "output=out")
    assert made.returncode == 0, made.stderr
    assert "verify dataset=out code=allow" in made.stdout
    manifest = manifest_of(tmp_path / "out")
    assert manifest["fields"]["parts"][0]["generator"] == "parted"
    assert list(manifest["code"]["parted"]["helpers"]) == ["parted_helper.py"]
    assert "parted_helper.py with the SHA-256" in (tmp_path / "out" / "README.md").read_text()
    script = "import sys; from synthink.__main__ import main; main(sys.argv[1:])"
    assert "code=allow runs it" in python("-c", script, "verify", "out", "sources=allow", cwd=tmp_path).stderr
    verified = python("-c", script, "verify", "out", "code=allow", cwd=tmp_path)
    assert verified.returncode == 3 and "6 rows drawn again" in verified.stdout, verified.stderr


@pytest.mark.parametrize(
    ("text", "typed", "message"),
    [
        (None, "nowhere.py:Task", "nowhere.py: cannot be read: No such file"),
        ("def half(:", "file.py:Task", "file.py, line 1: cannot be loaded: SyntaxError"),
        ("\nimport no_such_module", "file.py:Task", "file.py, line 2: cannot be loaded: ModuleNotFoundError"),
        ("raise SystemExit(3)", "file.py:Task", "file.py, line 1: cannot be loaded: SystemExit: 3"),
        ("x = 1", "file.py", "generator='file.py': defines no generator"),
        ("x = 1", "file.py:x", "no such generator in the file"),
        (
            "import synthink\nclass OneOfTwo(synthink.Generator): pass\nclass TwoOfTwo(OneOfTwo): pass",
            "file.py",
            "say which class: file.py:OneOfTwo or file.py:TwoOfTwo",
        ),
        (
            "import synthink\nclass Near(synthink.Generator): pass",
            "file.py:Neer",
            "no such generator in the file; did you mean Near?",
        ),
        (
            "import synthink\nclass Gestures(synthink.Generator): pass",
            "file.py:Gestures",
            "a generator called gestures is installed; give the class another name",
        ),
        ("x" * (5 << 20), "file.py:Task", "the most that are read"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_with_a_file_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, typed: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "file.py").write_text(text)
    with pytest.raises(SynthinkError) as error:
        load_generator(typed)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_the_only_generator_of_a_file_needs_no_class(tmp_path: Path) -> None:
    write_task(tmp_path, "Alone")
    assert load_generator(str(tmp_path / "alone.py")).name == "alone"


def test_two_files_with_generators_of_one_name_are_refused(command: Command, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text("import synthink\nclass SameName(synthink.Generator): pass\n")
    result = command("generate", "-m", "generator=a.py:SameName,b.py:SameName", "output=out")
    assert_refused(result, "another generator here is called same_name: a.py:SameName", tmp_path)


@pytest.mark.parametrize(
    "code",
    [
        *(7, {"x": 7}, {"x": {"file": "x.py", "name": "X"}}, {"x": {"file": "x", "name": "X", "sha256": "0" * 64}}),
        *({"x": {"file": "x.py", "name": "X", "sha256": "0"}}, {str(number): {} for number in range(101)}),
        {"x": {"file": "x.py", "name": "X", "sha256": "0" * 64, "helpers": {"y.py": "0"}}},
        {"x": {"file": "x.py", "name": "X", "sha256": "0" * 64, "helpers": ["y.py"]}},
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_damaged_record_is_refused(code: object) -> None:
    content = {"generator": "x", "generator_version": 1, "fields": {}, "seed": 0, "split_seed": 0, "shares": {}}
    content |= {"splits": {"train": 1}, "format": "parquet", "shard_size": 1, "licence": "mit", "assets": {}}
    check_identity({**content, "versions": {}})
    with pytest.raises(ValueError, match="code"):
        check_identity({**content, "versions": {}, "code": code})


@pytest.mark.heavy
@pytest.mark.slow
def test_code_is_looked_for_around_the_dataset(synthink: Command, tmp_path: Path) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    task = write_task(project, "Around")
    command = ("-m", "synthink", "generate", f"generator={task}", *FEW[:3], "output=data/out")
    assert python(*command, cwd=project).returncode == 0
    verify = ("-m", "synthink", "verify", str(project / "data" / "out"), "code=allow", "rows=1")
    assert "6 rows drawn again" in python(*verify, cwd=elsewhere).stdout
    again = ("generate", f"from={project}/data/out/synthink.json", "output=elsewhere/again", "code=allow")
    assert "the same bytes as" in synthink(*again).stdout
    digest = hashlib.sha256((project / "around.py").read_bytes()).hexdigest()
    (project / "around.py").rename(project / "data" / "out" / "around.py")
    refused = python(*verify, cwd=elsewhere)
    assert refused.returncode == 2, refused.stdout
    assert f"around.py: is not in {elsewhere}, {project}/data, {project}, {tmp_path}" in refused.stderr
    assert digest in refused.stderr, "the digest that is wanted"
    (elsewhere / "around.py").write_text("# another one")
    assert f"not {digest}" in python(*verify, cwd=elsewhere).stderr
