"""What is typed wrongly is refused in our words: the key, what was typed, what is allowed, and how it is written.

Hydra's and OmegaConf's own words show in none of them, and no value is shown at more length than it is read.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.cli.compose import call_of
from synthink.cli.main import run_command
from synthink.cli.verb import shell_word
from synthink.cli.verbs import VERBS
from synthink.errors import LONGEST_VALUE, AssetError, SynthinkError
from synthink.tables.folder import load_folder
from tests.support import Result

Command = Callable[..., Result]

THEIRS = re.compile(
    r"(?i)hydra'|omegaconf|ListConfig|DictConfig|\w+Config\b|full_key|struct|viable|token|merging|override '"
)

BAD: list[tuple[str, str]] = [
    ("generate mark_opacity=[0.5,x]", "mark_opacity[1]='x': must be a number"),
    ("generate distractor_chance=abc", "distractor_chance='abc': must be a number"),
    ("generate mark_slimness=[1,2]", "mark_slimness=[1, 2]: must be a number"),
    ("generate camera.tilt_deg=abc", "camera.tilt_deg='abc': must be a number"),
    ("generate camera=[a", "camera=[a: cannot be read: close what you open"),
    ("generate words={source: nltk, lenth: 3}", "words.lenth=3: no such key; did you mean length?"),
    ("generate generator.words={a: b}", "words.a='b': no such key; known: alphabet"),
    ("generate words.source.x=3", "words.source.x=3: no such key; there is none"),
    ("generate picture_px.x=3", "picture_px.x=3: no such key"),
    ("generate splits={tran: 3}", "splits.tran=3: no such key; did you mean train?"),
    ("generate seed=1,2", "seed='1,2': is several values; -m (--multirun) sweeps over them"),
    ("generate seed=range(1,3)", "seed='range(1,3)': is several values"),
    ("generate generator=circled_letters,gestures", "generator='circled_letters,gestures': is several values"),
    ("generate generator=null", "generator=None: name one of "),
    ("generate ~seed", "~seed=None: a key cannot be taken away"),
    ("generate ~words", "~words=None: a key cannot be taken away"),
    ("generate ~generator", "~generator=None: cannot be taken away; known: "),
    ("generate ~executor", "~executor=None: cannot be taken away; known: local"),
    ("generate ~executor.workers", "~executor.workers=None: a key cannot be taken away"),
    ("generate executor.workers=abc", "executor.workers='abc': must be a whole number"),
    ("generate seed=${nope}", "seed: there is no key 'nope' for ${nope}; in a name ${ is written \\${"),
    ("generate output=a${x}b", "output: there is no key 'x' for ${x}; in a name ${ is written \\${"),
    ("generate output=${oc.env:HOME}", "output: ${oc.env:...} is not filled in"),
    ("generate hydra/launcher=foo", "hydra/launcher='foo': no such option; known: basic"),
    ("generate ü=c", "ü=c: cannot be read: a key has letters from A to Z, digits, _ and dots"),
    ("generate ", "an empty word: write KEY=VALUE"),
    ("train trainer.learning_rate=abc", "trainer.learning_rate='abc': must be a number"),
    ("train trainer.batch_size=1.5", "trainer.batch_size=1.5: must be a whole number"),
    ("evaluate predictor=openai", "predictor.model=None: must be given"),
    ("evaluate predictor=openai predictor.model=m predictor.timeout_s=x dataset=d", "predictor.timeout_s='x': must be"),
]


@pytest.mark.parametrize(("typed", "message"), BAD, ids=lambda value: str(value)[:40])
def test_errors_are_in_our_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    name, _, words = typed.partition(" ")
    arguments = [words] if "{" in words else words.split(" ")
    (tmp_path / "d").mkdir()
    with pytest.raises(SynthinkError) as caught:
        run_command([name, *arguments])
    assert str(caught.value).startswith(message) and not THEIRS.search(str(caught.value)), str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


RECIPES = [
    ("generator: {words: {lenth: 3}}", "lenth"),
    ("generator: {words: 3}", "'3' stands where the fields of Words are wanted"),
    ("generator: {pictur_px: 3}", "pictur_px"),
    ("seed: abc", "seed='abc': must be a whole number"),
    ("seed: ${nope}", "there is no key 'nope'"),
    ("defaults: [override /format: nope]", "format='nope': no such option; known: arrow"),
    ("a: [b", "a.yaml"),
]


@pytest.mark.parametrize(("text", "message"), RECIPES)
def test_so_are_those_of_a_users_own_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my, conf" / "experiment").mkdir(parents=True)
    (tmp_path / "my, conf" / "experiment" / "a.yaml").write_text(f"# @package _global_\n{text}\n", encoding="utf-8")
    with pytest.raises(SynthinkError) as caught:
        run_command(["generate", "--config-dir", "my, conf", "+experiment=a", "output=out"])
    line = " ".join(str(caught.value).split())
    assert message in line and not THEIRS.search(line) and not (tmp_path / "out" / "synthink.json").exists(), line


DASHED = [
    ("generate --output x", "--output: keys have no dashes and are written KEY=VALUE; write output=x"),
    ("generate '--output=x y'", "--output=x y: keys have no dashes and are written KEY=VALUE; write 'output=x y'"),
    ("generate --outptu x", "--outptu: keys have no dashes and are written KEY=VALUE; did you mean output?"),
    ("generate --shard-size 5", "--shard-size: keys have no dashes and are written KEY=VALUE; write shard_size=5"),
    ("verify --dataset o", "--dataset: keys have no dashes and are written KEY=VALUE; write dataset=o"),
    ("preview --rows", "--rows: keys have no dashes and are written KEY=VALUE; write rows=VALUE"),
    ("generate --cfg", "--cfg/-c: expected one argument; options of synthink are written KEY=VALUE"),
    ("generate --config-dir nowhere", "--config-dir nowhere: no such folder"),
    (
        "preview -m generator=a,b",
        "-m: synthink preview takes no flags of Hydra's; synthink preview FOLDER takes the folder",
    ),
    (
        "verify sweep --multirun",
        "--multirun: synthink verify takes no flags of Hydra's; synthink verify FOLDER takes the",
    ),
    ("preview generator=gestures", "generator='gestures': is no key of synthink preview, which takes a dataset that"),
    ("generate -x", "unrecognized arguments: -x; options of synthink are written KEY=VALUE"),
]


@pytest.mark.parametrize(("typed", "message"), DASHED)
def test_options_with_dashes_say_how_they_are_written(typed: str, message: str) -> None:
    with pytest.raises(SynthinkError, match=re.escape(message)):
        run_command(shlex.split(typed))


LONG = [
    *("x" * 5000, "[" + "ab," * 2000, "{a: " * 500, "é" * 5000, "1," * 3000 + "1", "'" * 999),
    *("[" + "b," * 2000 + "c]", "a b " * 1500),
]


def longest_common(message: str, value: str) -> int:
    """The length of the longest piece of the value that stands in the message."""
    length = 0
    for start in range(len(message)):
        while start + length < len(message) and message[start : start + length + 1] in value:
            length += 1
    return length


KEYS = {
    "generate": "seed splits.train words fonts camera executor.workers licence mark_colours nokey words.nokey from",
    "evaluate": "dataset checkpoint predictor model score",
    "train": "dataset trainer.learning_rate",
    "verify": "dataset rows sources nokey",
    "list": "what nokey",
}


@pytest.mark.heavy
@pytest.mark.parametrize("verb", KEYS)
@pytest.mark.slow
def test_no_message_shows_more_than_some_of_a_value(command: Command, tmp_path: Path, verb: str) -> None:
    for number, key in enumerate([*KEYS[verb].split(), "y" * 5000]):
        value = LONG[number % len(LONG)]
        result = command(verb, f"{key}={value}")
        assert result.returncode == 2 and result.stderr.count("\n") == 1 and len(result.stderr) < 1200, result.stderr
        assert max(longest_common(result.stderr, text) for text in (value, "y" * 5000)) <= LONGEST_VALUE, result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", ["a", "it's", "a b", "ü [1] #", "$HOME", "a\udcffb", "a\nb", "-x", "`x`", "a\\b"])
def test_commands_that_are_proposed_run_as_they_stand(value: str) -> None:
    script = f"printf %s {shell_word('dataset', value)}"
    done = subprocess.run(["bash", "-c", script.encode("utf-8", "surrogateescape")], capture_output=True, check=True)
    assert done.stdout.decode("utf-8", "surrogateescape") == f"dataset={value}"


@pytest.mark.parametrize("name", ["a[b]", "a*", "a?", "a::b", "a$HOME", "a\udcffb"])
def test_a_name_that_datasets_cannot_take_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "train.jsonl").write_text('{"a": 1}\n', encoding="utf-8")
    with pytest.raises(AssetError, match="rename it to read its rows"):
        load_folder(tmp_path / name)


def test_a_verb_is_composed_from_words_as_they_are_typed() -> None:
    keys, _ = call_of(VERBS["generate"], ["words=[straße,größe,façade]", "output=it's #b"])
    assert keys.output == "it's #b"  # type: ignore[attr-defined]
