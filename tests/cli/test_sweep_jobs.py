"""Which jobs a sweep has and what is said of each: those that were interrupted, were there before, or cannot be."""

from __future__ import annotations

import csv
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest

from synthink.build.build import Build
from synthink.cli.commas import parted
from synthink.cli.jobs import job_name, job_values
from synthink.cli.sweep_table import RECORDS, remove_old_records
from synthink.cli.verbs.preview import _free_name
from synthink.cli.words import read_words
from synthink.core.dataset import make_generator
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
@pytest.mark.whole
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


@pytest.mark.slow
def test_words_that_change_no_row_make_no_other_job(command: Command, tmp_path: Path) -> None:
    assert command("generate", "-m", *ROWS, "seed=1,2", "output=sweep").returncode == 0
    names = sorted(path.name for path in (tmp_path / "sweep").glob("0*"))
    words = ("overwrite=true", "sources=refuse", "executor.workers=1", "hydra/launcher=basic", "hydra.verbose=false")
    result = command("generate", "-m", *words, "splits.train=3", *ROWS[1:], "seed=1,2", "output=sweep")
    assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in (tmp_path / "sweep").glob("0*")) == names
    assert [row["rows"] for row in table(tmp_path / "sweep")] == ["3", "3"]


def name(*overrides: str, swept: tuple[str, ...] = ()) -> str:
    """The name of a job with these overrides, of a generator with its default fields but for those named."""
    fields = {word.key.removeprefix("generator."): word.value for word in read_words(overrides) if "." in word.key}
    generator = make_generator("circled_letters", {key: fields[key] for key in ("text_size_px",) if key in fields})
    return job_name(0, job_values(overrides, generator), swept)


def test_a_job_is_known_by_what_changes_its_rows() -> None:
    assert name("overwrite=true", "executor=local", "executor.workers=1", "seed=0") == "000-seed=0"
    assert name("hydra/launcher=joblib", "dry_run=false", "code=allow", "shard_size=9") == "000-shard_size=9"
    assert name("output=x", "splits.train=5", "seed=1") == "000-seed=1"
    assert name("output=x", "splits.train=5", "seed=1", swept=("splits.train",)) == "000-seed=1-splits.train=5"


def test_a_job_is_known_by_values_and_not_by_how_they_are_written() -> None:
    spellings = ["text_size_px=20", "text_size_px=[20, 20]", "text_size_px=[2e1,20.0]", "++generator.text_size_px=20"]
    names = {name(f"generator.{text.removeprefix('++generator.')}", "seed=1") for text in spellings}
    assert names == {"000-seed=1-text_size_px=20"}
    assert name("seed=1", "generator.text_size_px=[20,24]") == name("generator.text_size_px=[20, 24.0]", "seed=1")
    assert name("seed=1000") == name("seed=1e3") == "000-seed=1000"
    texts = ["'Which?'", "'Which!'", "Which", "a b", "ab", "'[a]'", "x" * 99 + "a", "x" * 99 + "b"]
    assert len({name(f"prompts={text}") for text in texts}) == len(texts)
    assert max(len(name(f"prompts={text}")) for text in texts) <= 90


@pytest.mark.slow
def test_the_same_values_are_the_same_job_and_stand_in_the_table(command: Command, tmp_path: Path) -> None:
    first = ("text_size_px=20,[24,30]", "prompts=What now?,'Which letter?'")
    assert command("generate", "-m", *ROWS, *first, "output=sweep").returncode == 0
    names = sorted(path.name for path in (tmp_path / "sweep").glob("0*"))
    again = ("prompts='What now?','Which letter?'", "text_size_px=[20, 20],[24.0, 30]")
    result = command("generate", "-m", *again, *ROWS[1:], "splits.train=2e0", "output=sweep")
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "sweep").glob("0*")) == names
    assert result.stdout.count("all there already") == 4
    rows = {(row["prompts"], row["text_size_px"]) for row in table(tmp_path / "sweep")}
    assert rows == {(text, size) for text in ("What now?", "Which letter?") for size in ("20", "[24,30]")}


@pytest.mark.parametrize(
    ("words", "folders"),
    [
        (("camera=scan,photo", "output=data/${camera}-${format}"), ["photo-parquet", "scan-parquet"]),
        pytest.param(
            ("text_size_px=20,[24,30]", "output=data/${text_size_px}"), ["20", "24,30"], marks=pytest.mark.whole
        ),
        pytest.param(
            ("seed=1,2", "output=data/${seed}-${generator.words}"), ["1-random", "2-random"], marks=pytest.mark.whole
        ),
    ],
    ids=str,
)
@pytest.mark.whole
def test_a_pattern_takes_the_names_that_are_typed(
    command: Command, tmp_path: Path, words: tuple[str, ...], folders: list[str]
) -> None:
    result = command("generate", "-m", *ROWS, *words)
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "data").iterdir() if path.is_dir()) == folders


def test_a_pattern_of_settings_is_refused(command: Command, tmp_path: Path) -> None:
    result = command("generate", "-m", *ROWS, "seed=1,2", "output=out/${splits}")
    assert_refused(result, "output='${splits}': is no single value; write one of them: ${splits.train} or", tmp_path)
    result = command("generate", *ROWS, "output=out/${nothing}")
    assert_refused(result, "output: there is no key 'nothing' for ${nothing}", tmp_path)


@pytest.mark.whole
def test_verify_names_the_jobs_that_left_no_dataset(command: Command, tmp_path: Path) -> None:
    assert command("generate", "-m", *ROWS[:3], "words=random", "picture_px=16,64", "output=sweep").returncode == 2
    result = command("verify", "sweep", "rows=1", "remake=all", "unsure=1")
    assert result.returncode == 2 and "000-picture_px=16-words.source=random: there is no dataset: failed: pict" in (
        result.stdout
    )
    assert result.stdout.splitlines()[-1].endswith("2 datasets: 1 that cannot be checked, 1 all proved")


@pytest.mark.whole
def test_datasets_with_columns_of_other_types_are_previewed_as_one(command: Command, tmp_path: Path) -> None:
    assert command("generate", "-m", *ROWS, "splits.test=1", "mark_count=1,[1,3]", "output=sweep").returncode == 0
    result = command("preview", "sweep", "split=test")
    assert (result.returncode, result.stderr) == (0, "")
    page = (tmp_path / "sweep-preview.html").read_text(encoding="utf-8")
    assert ": test" in page and ": train" not in page and "mark_scale (2)" not in page
    assert _free_name({"mark_scale": float}, "mark_scale", float | None) == "mark_scale"
    assert _free_name({"a": float, "a (2)": int}, "a", str) == "a (3)"


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


@pytest.mark.whole
def test_a_job_whose_folder_another_run_writes_to_fails(command: Command, tmp_path: Path) -> None:
    other = tmp_path / "sweep" / ".synthink-sweep" / "process 1 on another-host" / "0.json"
    other.parent.mkdir(parents=True)
    other.write_text("{")
    with locked(tmp_path / "sweep" / "000-picture_px=64-seed=1-words.source=random"):
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


@pytest.mark.parametrize(
    "words", [("verify", "one"), ("preview", "one"), ("generate", "from=one/synthink.json", "output=b")]
)
def test_an_interrupted_dataset_is_said_to_be_one(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def interrupted(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Build, "_finish", interrupted)
        assert command("generate", *ROWS, "output=one").returncode == 130
    message = "is not finished: 2 of its 2 rows are made; the command that began it goes on from there"
    assert_refused(command(*words), message)
    assert command("generate", *ROWS, "output=one").returncode == 0


def test_jobs_of_a_killed_sweep_may_go_on_while_the_next_one_begins(tmp_path: Path) -> None:
    """Jobs on a cluster outlive the process that swept: they leave records in the folder that is taken away."""
    killed = tmp_path / RECORDS / f"process 4000000000 on {socket.gethostname()}"

    def go_on() -> None:
        for number in count():
            if stop.is_set():
                break
            with suppress(FileNotFoundError, FileExistsError):  # its place was taken away: nobody waits for it
                killed.mkdir(parents=True, exist_ok=True)
                (killed / f"{number}.json").touch()

    stop, writer = Event(), Thread(target=go_on)
    writer.start()
    try:
        for _ in range(500):
            remove_old_records(tmp_path, "process 1 on here")
    finally:
        stop.set()
        writer.join()
    remove_old_records(tmp_path, "process 1 on here")
    assert list((tmp_path / RECORDS).iterdir()) == []
