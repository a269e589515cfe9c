"""Which jobs a sweep has and what is said of each: those that were interrupted, were there before, or cannot be."""

from __future__ import annotations

import csv
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.build.build import Build
from synthink.cli.commas import parted
from synthink.cli.jobs import job_name
from synthink.owned_folder import locked
from tests.cli.support import SMALL, assert_refused, files_in, manifest_of
from tests.support import Result

pytestmark = pytest.mark.heavy

Command = Callable[..., Result]
ROWS = ("splits.train=2", "splits.validation=0", "splits.test=0", *SMALL[3:])


def table(folder: Path) -> list[dict[str, str]]:
    """The rows of a sweep's table."""
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("interrupted", [pytest.param(0, marks=pytest.mark.whole), 1])
def test_an_interrupted_sweep_says_how_far_it_came(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interrupted: int
) -> None:
    begun = []
    run = Build.run

    def run_until_interrupted(build: Build, *arguments: object, **named: object) -> object:
        begun.append(build)
        if len(begun) > interrupted:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        return run(build, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Build, "run", run_until_interrupted)
    monkeypatch.setattr("synthink.cli.main._stopped_at", -10.0)
    result = command("generate", "-m", *ROWS, "seed=1,2,3", "output=sweep")
    assert result.returncode == 130, result.stderr
    states = ["done"] * interrupted + ["interrupted"] + ["not started"] * (2 - interrupted)
    assert [row["result"] for row in table(tmp_path / "sweep")] == states
    assert ("synthink preview" in result.stdout) == bool(interrupted)
    assert not (tmp_path / "sweep" / ".synthink-sweep").exists()


@pytest.mark.whole
def test_words_that_change_no_row_make_no_other_job(command: Command, tmp_path: Path) -> None:
    assert command("generate", "-m", *ROWS, "seed=1,2", "output=sweep").returncode == 0
    names = sorted(path.name for path in (tmp_path / "sweep").glob("0*"))
    words = ("overwrite=true", "sources=refuse", "executor.workers=1", "hydra/launcher=basic", "hydra.verbose=false")
    result = command("generate", "-m", *words, "splits.train=3", *ROWS[1:], "seed=1,2", "output=sweep")
    assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in (tmp_path / "sweep").glob("0*")) == names
    assert [row["rows"] for row in table(tmp_path / "sweep")] == ["3", "3"]


def test_a_job_is_known_by_what_changes_its_rows() -> None:
    assert job_name(0, ["overwrite=true", "executor=local", "executor.workers=1", "seed=0"]) == "000-seed=0"
    assert job_name(0, ["hydra/launcher=joblib", "dry_run=false", "code=allow", "shard_size=9"]) == "000-shard_size=9"


@pytest.mark.parametrize("output", ["p1", pytest.param("p1/${seed}", marks=pytest.mark.whole)])
def test_a_dataset_is_no_folder_for_jobs(command: Command, tmp_path: Path, output: str) -> None:
    assert command("generate", *ROWS, "output=p1").returncode == 0
    before = files_in(tmp_path)
    result = command("generate", "-m", *ROWS, "seed=1,2", f"output={output}", "overwrite=true")
    assert_refused(result, "p1: is a dataset; a sweep makes a folder a job: choose another output")
    assert files_in(tmp_path) == before
    (tmp_path / "p1" / ".synthink").mkdir()
    (tmp_path / "p1" / "synthink.json").rename(tmp_path / "p1" / ".synthink" / "plan.json")
    result = command("generate", "-m", *ROWS, "seed=1,2", f"output={output}")
    assert_refused(result, "p1: is a dataset")


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("text_size_px=range(60,20)", "text_size_px='range(60,20)': gives no values"),
        ("camera=glob(*zzz)", "camera='glob(*zzz)': gives no values; a pattern is one of options, of which camera has"),
        ("generator=glob(*zzz)", "generator='glob(*zzz)': gives no values; known: "),
    ],
)
def test_a_sweep_over_nothing_is_refused(command: Command, tmp_path: Path, word: str, message: str) -> None:
    assert_refused(command("generate", "-m", *SMALL, word, "output=out"), message, tmp_path)


def test_a_job_whose_folder_another_run_writes_to_fails(command: Command, tmp_path: Path) -> None:
    other = tmp_path / "sweep" / ".synthink-sweep" / "process 1 on another-host" / "0.json"
    other.parent.mkdir(parents=True)
    other.write_text("{")
    with locked(tmp_path / "sweep" / "000-picture_px=64-words.source=random-seed=1"):
        result = command("generate", "-m", *ROWS, "seed=1,2", "output=sweep")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "another run is writing here" in result.stderr and "1 of 2 jobs failed" in result.stderr
    assert [row["result"].partition(":")[0] for row in table(tmp_path / "sweep")] == ["failed", "done"]
    assert other.read_text() == "{", "the records of another sweep that runs stay"


@pytest.mark.whole
@pytest.mark.parametrize(
    ("typed", "prompts"),
    [
        ("What's it?,Which letter?", ["What's it?", "Which letter?"]),
        ("Größe,Müde", ["Größe", "Müde"]),
        ("Größe (hoch, breit),'Wie, bitte?'", ["Größe (hoch, breit)", "Wie, bitte?"]),
    ],
)
def test_commas_part_texts_that_the_grammar_does_not_read(
    command: Command, tmp_path: Path, typed: str, prompts: list[str]
) -> None:
    result = command("generate", "-m", *ROWS, f"prompts={typed}", "output=sweep")
    assert result.returncode == 0, result.stderr
    jobs = [manifest_of(path.parent) for path in sorted((tmp_path / "sweep").glob("*/synthink.json"))]
    assert [job["fields"]["prompts"] for job in jobs] == [[prompt] for prompt in prompts]


@pytest.mark.parametrize(
    "word",
    ["prompts=Größe (hoch,Müde", "prompts=Größe,,Müde", "words='it's.txt','b.txt'", "words=[a,b.txt"],
)
def test_texts_that_cannot_be_parted_are_refused(command: Command, tmp_path: Path, word: str) -> None:
    result = command("generate", "-m", *ROWS[:-1], word, "output=out")
    assert_refused(result, "put each value in quotes", tmp_path)


def test_a_comma_in_brackets_or_quotes_parts_nothing() -> None:
    assert parted("a (b, c), it's,'d, e', [f,g]") == ["a (b, c)", "it's", "'d, e'", "[f,g]"]
    assert parted("1) Größe, 2) Müde") == ["1) Größe", "2) Müde"]
    assert parted("Größe (hoch, breit)") == ["Größe (hoch, breit)"]
    assert parted("'a,b") == parted("a,(b") == parted("a,,b") == []
