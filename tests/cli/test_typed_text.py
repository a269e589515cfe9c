"""Paths and free text are taken as they were typed; numbers, lists and sweeps are Hydra's. A key's type decides.

`pytest -m slow tests/cli/test_typed_text.py` makes datasets of such names in every format.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from synthink.cli.compose import chosen_generators, prepared
from synthink.cli.main import run_command
from synthink.cli.verbs import VERBS
from synthink.cli.words import read_words
from synthink.errors import ConfigError, SynthinkError
from tests.cli.support import SMALL, manifest_of
from tests.support import Result

NAMES = [
    *(
        "übung",
        "data/Müller",
        "漢字",
        "😀",
        "a\u202eb",
        "\ufeffx",
        "a\u00a0b",
        "e f",
        " before",
        "after ",
        "a\tb",
        "a\nb",
    ),
    *("it's", 'say "x"', "a'b\"c", "'a' and 'b'", "'", '"x', "`x`", "\\", "a\\b", "a\\'b", "x\\"),
    *("a{b}", "{a}", "{a: b}", "{}", "a[b]", "[a]", "[a,b]", "[a]b", "[1", "[]", "(x)", "f(1,2)", "c,d", "a, b", "1,2"),
    *("range(1,3)", "choice(a,b)", "glob(*)", "shuffle(1,2)", "sort(b,a)", "interval(0,1)", "int(3)", "tag(a,b)"),
    *(
        "g=h",
        "=g",
        "#x",
        "a #b",
        "a;b",
        "a:b",
        "a: b",
        "-x",
        "--x",
        "~/x",
        "~x",
        "+x",
        "@x",
        "a@b",
        "^",
        "&",
        "|",
        "<x>",
        "!",
    ),
    *(
        "$HOME",
        "a$b",
        "a${b",
        "a${",
        "*",
        "?",
        "%20",
        ".",
        "..",
        "...",
        "a/b/",
        "7",
        "007",
        "1e3",
        "0x10",
        "1_000",
        "-1",
    ),
    *("true", "yes", "nan", "inf", "a\udcffb", "\udcfc"),
]
"""What a file may be called. The last two are bytes that are no UTF-8."""


def taken(verb: str, key: str, *texts: str, sweeps: bool = False) -> Any:
    """The value that Hydra is given for a key."""
    words = read_words(texts)
    overrides = prepared(VERBS[verb], words, chosen_generators(VERBS[verb], words), sweeps=sweeps)
    parsed = OverridesParser.create().parse_overrides(overrides)
    (override,) = [override for override in parsed if override.key_or_group == key]
    if override.is_sweep_override():
        return list(override.sweep_string_iterator())
    return OmegaConf.to_container(OmegaConf.create({"x": override.value()}), resolve=True)["x"]  # type: ignore[index,call-overload]


KEYS = [
    ("generate", "output", "output"),
    ("generate", "from", "from"),
    ("generate", "words", "generator.words.source"),
    ("generate", "generator.fonts.source", "generator.fonts.source"),
    ("train", "dataset", "dataset"),
    ("train", "model.tokenizer", "model.tokenizer"),
    ("evaluate", "checkpoint", "checkpoint"),
]


@pytest.mark.parametrize(("verb", "typed", "key"), KEYS, ids=lambda value: str(value))
def test_names_are_taken_as_typed(verb: str, typed: str, key: str) -> None:
    is_list = key.endswith("source") or key == "dataset"  # which a text in brackets is, there
    names = [name for name in NAMES if not (is_list and name.startswith(("[", "{")))]
    assert {name: taken(verb, key, f"{typed}={name}") for name in names} == {name: name for name in names}


def test_where_a_list_may_stand_brackets_are_one() -> None:
    assert taken("generate", "generator.words.source", "words=[étui,a b]") == ["étui", "a b"]
    assert taken("train", "dataset", "dataset=[data/a,data/ü]") == ["data/a", "data/ü"]
    assert taken("train", "dataset", "dataset={data/a: 1, old c: 2}") == [
        {"path": "data/a", "weight": 1},
        {"path": "old c", "weight": 2},
    ]
    assert taken("generate", "generator.words.source", "words=[a") == "[a"


def test_a_name_that_is_there_is_no_list_and_keeps_its_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("[a]", "{a: 1}", "'q'", '"x, y"'):
        (tmp_path / name).mkdir()
        for verb, typed, key in KEYS:
            if typed in ("dataset", "words", "from", "output"):
                assert taken(verb, key, f"{typed}={name}") == name
        assert taken("evaluate", "dataset", f"dataset={name}") == name


def test_quotes_around_all_of_it_are_taken_off() -> None:
    """They part what belongs together from the commas of a sweep."""
    assert taken("generate", "licence", "licence='a, b'") == "a, b"
    assert taken("generate", "generator.words.source", 'words="a,b.txt","c.txt"', sweeps=True) == [
        '"a,b.txt"',
        '"c.txt"',
    ]
    assert taken("generate", "generator.words.source", 'words="a,b.txt"', sweeps=True) == "a,b.txt"


def test_references_stay_references() -> None:
    assert taken("generate", "output", "output=data/${generator.name}-a${b") == "data/${generator.name}-a${b"
    words = read_words(["output=data/${generator.name}"])
    assert prepared(VERBS["generate"], words, chosen_generators(VERBS["generate"], words)) == [
        "output='data/${generator.name}'"
    ]


def test_numbers_ranges_and_sweeps_are_hydras() -> None:
    assert taken("generate", "seed", "seed=7") == 7
    assert taken("generate", "generator.mark_scale", "mark_scale=[1.5, 2]") == [1.5, 2]
    assert taken("generate", "seed", "seed=1,2", sweeps=True) == ["1", "2"]
    assert taken("generate", "generator.words.source", "words=nltk,builtin", sweeps=True) == ["nltk", "builtin"]
    assert taken("generate", "generator.words.source", "words=wört.txt,b.txt", sweeps=True) == [
        "'wört.txt'",
        "'b.txt'",
    ]
    assert taken("generate", "from", "from=null") is None


@pytest.mark.parametrize("text", ["mark_scale=[1.5", "seed=[1", "camera={a: [1", "hydra.x=[a", "splits={train: [1"])
def test_what_begins_like_a_list_and_is_none_is_refused(text: str) -> None:
    with pytest.raises(SynthinkError, match="cannot be read") as caught:
        taken("generate", "seed", text)
    assert str(caught.value).startswith(text) and "\n" not in str(caught.value)


def test_a_sweep_of_a_number_without_the_flag_is_refused(command: Callable[..., Result], tmp_path: Path) -> None:
    result = command("generate", *SMALL, "seed=1,2", "output=out")
    assert result.returncode == 2 and "multirun" in result.stderr
    assert not (tmp_path / "out").exists()
    with pytest.raises(ConfigError, match="output"):
        VERBS["generate"].from_values({"output": None})


ROWS = (*SMALL, "words.share_across_splits=true")


@pytest.mark.heavy
@pytest.mark.parametrize(
    "form",
    [
        pytest.param("parquet", marks=pytest.mark.whole),
        *(pytest.param(form, marks=pytest.mark.slow) for form in ("arrow", "jsonl", "webdataset")),
    ],
)
def test_datasets_lie_where_they_were_asked_for(command: Callable[..., Result], tmp_path: Path, form: str) -> None:
    (tmp_path / "wört, liste;1.txt").write_text("alpha\nbeta\ngamma\n")
    names = ["a\udcffb", "c,d [1] {x} #'ü\""] if form == "parquet" else ["a\udcffb, ü"]
    for name in names:
        result = command("generate", *ROWS, f"format={form}", "words=wört, liste;1.txt", f"output=out/{name}")
        assert result.returncode == 0, result.stderr
        assert manifest_of(tmp_path / "out" / name)["fields"]["words"]["source"] == "wört, liste;1.txt"
        again = command("generate", f"from=out/{name}/synthink.json", "sources=allow", f"output=again {name}")
        assert again.returncode == 0, again.stderr
        assert command("verify", f"dataset=out/{name}", "sources=allow").returncode in (0, 3)  # 3: of 7 rows too few


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["~nobody-of-that-name", "loop"])
def test_a_name_that_leads_nowhere_is_refused_in_a_line(
    command: Callable[..., Result], tmp_path: Path, name: str
) -> None:
    """A home that there is not, and a link to itself: the system's own errors say little, or are none of ours."""
    (tmp_path / "loop").symlink_to("loop")
    for words in (
        *(("generate", *ROWS, "output=out", f"{key}={name}") for key in ("words", "fonts")),
        ("generate", "generator=gestures", "output=out", f"documents={name}"),
        ("generate", f"from={name}", "output=out"),
        *((verb, f"dataset={name}") for verb in ("verify", "preview", "train")),
        ("evaluate", "dataset=x", f"checkpoint={name}"),
    ):
        result = command(*words)
        assert result.returncode == 2, (words, result.stderr)
        assert result.stderr.count("\n") == 1 and "fault of synthink" not in result.stderr, result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]
    if name.startswith("~"):
        assert command("generate", *ROWS, f"output={name}").returncode == 0
        assert (tmp_path / name / "synthink.json").exists()


@pytest.mark.heavy
def test_a_list_of_words_whose_name_is_no_utf8(command: Callable[..., Result], tmp_path: Path) -> None:
    name = "a\udcffb.txt"
    (tmp_path / name).write_text("alpha\nbeta\ngamma\n")
    assert command("generate", *ROWS, f"words={name}", "output=out").returncode == 0
    assert manifest_of(tmp_path / "out")["fields"]["words"]["source"] == name
    assert "a\\udcffb.txt" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert command("generate", *ROWS, f"words={name}", "output=out").returncode == 0
    assert command("preview", "dataset=out").returncode == 0


@pytest.mark.heavy
@pytest.mark.whole
def test_paths_of_a_sweep_start_where_it_was_typed(command: Callable[..., Result], tmp_path: Path) -> None:
    """Also where Hydra changes the folder for its jobs."""
    (tmp_path / "wört.txt").write_text("alpha\nbeta\ngamma\n")
    sweep = ("words=wört.txt", "seed=1,2", "output=rel/it's, x", "hydra.job.chdir=true")
    result = command("generate", "-m", *ROWS, *sweep)
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "rel" / "it's, x"
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        assert [row["seed"] for row in csv.DictReader(file)] == ["1", "2"]
    assert len(list(tmp_path.rglob("synthink.json"))) == len(list(folder.glob("*/synthink.json"))) == 2
    assert "also in rel/it's, x/summary.csv" in result.stdout


PLAIN = ["yes", "no", "on", "~", "1.50", "007", "1e3", "+1", "1_000", "12:30", "2024-01-01", "0x10", "nan", "None", "x"]
"""Texts of a list that a grammar may read as something else."""


@pytest.mark.parametrize("other", ["alpha", "größe", "true", "null"])
def test_texts_of_a_list_are_taken_as_typed(other: str) -> None:
    for key in ("words", "texts.lines"):
        verb = ["generate", f"generator.{key.replace('words', 'words.source')}"]
        generator = [] if key == "words" else ["generator=ink_strokes"]
        typed = f"{key}=[{', '.join([*PLAIN, other])}]"
        assert taken(*verb, *generator, typed) == [*PLAIN, other]


def test_a_mapping_in_yaml_has_the_texts_that_hydra_has() -> None:
    key = "generator.words"
    assert taken("generate", key, "words={source: [yes, no, größe]}") == {"source": ["yes", "no", "größe"]}
    assert taken("generate", key, "words={source: größe, drop_slurs: false, length: [3, 9]}") == {
        "source": "größe",
        "drop_slurs": False,
        "length": [3, 9],
    }


def test_a_number_where_a_text_is_wanted_is_to_be_quoted(tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(
        "# @package _global_\ngenerator: {words: {source: [yes, no]}}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"words\.source\[0\]=True: must be text in quotes"):
        run_command(["generate", "--config-dir", str(tmp_path), *SMALL[:4], "+experiment=mine", "output=out"])
