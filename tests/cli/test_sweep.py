"""Sweeps: a folder a job, a table of them, jobs that are checked before the first one runs, jobs that fail."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import SMALL, assert_refused, manifest_of
from tests.support import Result
from tests.train.numpy_learner import installed

pytestmark = pytest.mark.heavy

Command = Callable[..., Result]


def assert_swept(folder: Path, result: Result) -> None:
    """Two jobs with a folder each, a table of them on the terminal and in a file, and nothing else."""
    assert result.returncode == 0, result.stderr
    jobs = sorted(path for path in (folder / "sweep").iterdir() if path.is_dir())
    assert [job.name[:3] for job in jobs] == ["000", "001"]
    assert [manifest_of(job)["fields"]["mark_scale"] for job in jobs] == [[1.3, 1.3], [1.6, 1.6]]
    with (folder / "sweep" / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["job"] for row in rows] == [job.name for job in jobs]
    assert {row["rows"] for row in rows} == {"7"}
    assert jobs[0].name in result.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["sweep"], "Hydra leaves folders of its own"


@pytest.mark.whole
def test_a_sweep_has_a_folder_a_job_and_a_table(command: Command, tmp_path: Path) -> None:
    sweep = ("mark_scale=[1.3,1.3],[1.6,1.6]", "output=sweep")
    assert_swept(tmp_path, command("generate", "-m", *SMALL, *sweep))


@pytest.mark.slow
def test_jobs_side_by_side_in_processes(synthink: Command, tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher")
    sweep = ("mark_scale=[1.3,1.3],[1.6,1.6]", "output=sweep", "hydra/launcher=joblib")
    assert_swept(tmp_path, synthink("generate", "-m", *SMALL, *sweep))


@pytest.mark.whole
def test_a_job_that_fails_under_another_sweeper_is_named(command: Command, tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper")
    assert command("generate", *SMALL, "output=data").returncode == 0
    words = ("dataset=data", "predictor=gemini", "split=choice(dev,spare)", "output=runs")
    result = command("evaluate", "-m", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=2", *words)
    assert result.returncode == 2
    (line,) = (line for line in result.stderr.splitlines() if "A new study" not in line)
    assert line.startswith("synthink: 000-dataset=data-predictor=gemini-split=") and "jobs failed" in line
    assert "failed: " in result.stdout and "000-dataset=data" in (tmp_path / "runs" / "summary.csv").read_text()
    assert_refused(command("generate", "-m", "hydra/sweeper=optuna", "seed=1,2"), "looks for the best score, and syn")


@pytest.mark.whole
def test_what_another_sweeper_tries_is_in_the_table(command: Command, tmp_path: Path) -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper")
    few = ("splits.train=2", "splits.validation=2", "splits.test=2")
    assert command("generate", "generator=gestures", *few, "output=pen").returncode == 0
    search = ("hydra/sweeper=optuna", "hydra.sweeper.n_trials=4", "hydra.sweeper.sampler.seed=1")
    words = ("dataset=pen", "predictor=strokes", "split=choice(validation,test)", "output=runs")
    result = command("evaluate", "-m", *search, *words)
    assert result.returncode == 0, result.stderr
    with (tmp_path / "runs" / "summary.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["job", "split", "score", "result"]
    assert [row[1] for row in rows] == [row[0].partition("split=")[2] for row in rows]


@pytest.mark.whole
def test_a_sweep_over_generators(command: Command, tmp_path: Path) -> None:
    rows = ("splits.train=3", "splits.validation=0", "splits.test=0", "picture_px=64", "words.share_across_splits=true")
    generators = "generator=circled_letters,circled_letters_grid"
    result = command("generate", "-m", generators, *rows, "output=sweep")
    assert result.returncode == 0, result.stderr
    names = {manifest_of(path.parent)["generator"] for path in (tmp_path / "sweep").glob("*/synthink.json")}
    assert names == {"circled_letters", "circled_letters_grid"}


@pytest.mark.whole
def test_a_sweep_over_generators_by_pattern(command: Command, tmp_path: Path) -> None:
    rows = ("splits.train=2", "splits.validation=0", "splits.test=0", "picture_px=64", "words.share_across_splits=true")
    result = command("generate", "-m", "generator=glob(circled_letters_g*)", *rows, "output=sweep")
    assert result.returncode == 0, result.stderr
    (manifest,) = (tmp_path / "sweep").glob("*/synthink.json")
    assert manifest_of(manifest.parent)["generator"] == "circled_letters_grid"


@pytest.mark.parametrize("name", ["multirun.yaml", "000-picture_px=64-seed=1-words.source=random"])
def test_links_in_a_sweeps_folder_are_refused(command: Command, tmp_path: Path, name: str) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / name).symlink_to(tmp_path / "theirs" / ("x" if name.endswith("yaml") else ""))
    result = command("generate", "-m", *SMALL, "seed=1", "output=sweep")
    assert_refused(result, f"{name}: is a link", tmp_path)
    assert not list((tmp_path / "theirs").iterdir())


def table(folder: Path) -> list[dict[str, str]]:
    """The rows of a sweep's table."""
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.whole
def test_a_failed_job_is_named_and_the_others_go_on(command: Command, tmp_path: Path) -> None:
    result = command("generate", "-m", *SMALL, "picture_px=16,64", "output=sweep")
    assert_refused(result, "picture_px=16: nearly no word has room", tmp_path)
    assert "1 of 2 jobs failed" in result.stderr
    assert [path.parent.name[:3] for path in (tmp_path / "sweep").glob("*/synthink.json")] == ["001"]
    assert "also in sweep/summary.csv" in result.stdout
    rows = table(tmp_path / "sweep")
    assert [(row["job"][:3], row["picture_px"], row["rows"]) for row in rows] == [("000", "16", ""), ("001", "64", "7")]
    assert rows[0]["result"].startswith("failed: picture_px=16: nearly no word")
    again = command("generate", "-m", *SMALL, "picture_px=32,64", "output=sweep")
    assert again.returncode == 0, "one that failed leaves no gap"
    assert [row["job"][:3] for row in table(tmp_path / "sweep")] == ["000", "001"]


@pytest.mark.whole
def test_growing_an_axis_makes_the_new_jobs_only(command: Command, tmp_path: Path) -> None:
    assert command("generate", "-m", *SMALL, "seed=1,2", "output=sweep").returncode == 0
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "sweep").glob("*/synthink.json")}
    result = command("generate", "-m", *SMALL, "seed=0,1,3", "output=sweep")
    assert result.returncode == 0, result.stderr
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())
    rows = table(tmp_path / "sweep")
    assert [(row["seed"], row["result"]) for row in rows] == [
        *(("0", "done"), ("1", "done"), ("3", "done"), ("2", "earlier"))
    ]
    assert result.stdout.count("all there already") == 1
    assert len(result.stdout.splitlines()) == 3 + 5 + 3, "a line a job, the table, where it is, and what to type"
    assert sorted(path.name for path in (tmp_path / "sweep").iterdir() if path.is_file()) == [
        *("multirun.yaml", "summary.csv")
    ]


@pytest.mark.slow
def test_a_pattern_names_the_folder_of_each_job(command: Command, tmp_path: Path) -> None:
    result = command("generate", "-m", *SMALL, "seed=1,2", "output=data/s-${seed}")
    assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["s-1", "s-2", "summary.csv"]
    assert [row["job"] for row in table(tmp_path / "data")] == ["s-1", "s-2"]
    same = command("generate", "-m", *SMALL, "seed=1,2", "output=data/${generator.name}")
    assert same.returncode == 0, same.stderr
    assert len(list((tmp_path / "data" / "circled_letters").glob("00*"))) == 2, "two jobs never share a folder"


@pytest.mark.whole
def test_a_killed_sweep_leaves_nothing_that_the_next_one_believes(command: Command, tmp_path: Path) -> None:
    record = tmp_path / "sweep" / ".synthink-sweep" / "0.json"
    record.parent.mkdir(parents=True)
    record.write_text("{")
    result = command("generate", "-m", *SMALL, "seed=1", "output=sweep")
    assert result.returncode == 0, result.stderr
    assert [row["result"] for row in table(tmp_path / "sweep")] == ["done"]
    assert not record.parent.exists()


@pytest.mark.whole
def test_a_sweep_over_rows_has_a_folder_for_each(command: Command, tmp_path: Path) -> None:
    result = command("generate", "-m", "splits.train=2,3", *SMALL[1:], "output=sweep")
    assert result.returncode == 0, result.stderr
    assert [(row["splits.train"], row["rows"]) for row in table(tmp_path / "sweep")] == [("2", "4"), ("3", "5")]


@pytest.mark.slow
def test_a_recipe_keeps_its_own_output(command: Command, tmp_path: Path) -> None:
    recipe = tmp_path / "recipes" / "experiment" / "mine.yaml"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("# @package _global_\noutput: data/mine\n")
    result = command("generate", "-m", "--config-dir", "recipes", "experiment=mine", *SMALL, "seed=1,2")
    assert result.returncode == 0, result.stderr
    assert len(list((tmp_path / "data" / "mine").glob("00*/synthink.json"))) == 2


@pytest.mark.slow
def test_hydras_own_folder_and_changed_folders_hold(command: Command, tmp_path: Path) -> None:
    result = command("generate", "-m", *SMALL, "seed=1,2", "hydra.sweep.dir=mine/here", "hydra.job.chdir=true")
    assert result.returncode == 0, result.stderr
    assert len(list((tmp_path / "mine" / "here").glob("00*/synthink.json"))) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.whole
def test_a_sweep_is_previewed_and_verified_as_one(command: Command, tmp_path: Path) -> None:
    assert command("generate", "-m", *SMALL, "seed=1,2", "output=sweep").returncode == 0
    verified = command("verify", "sweep", "rows=2", "remake=1", "unsure=1")
    assert (verified.returncode, verified.stderr) == (0, "")
    assert verified.stdout.splitlines()[-1].endswith("sweep: 2 datasets: 2 all proved")
    previewed = command("preview", "sweep")
    assert previewed.returncode == 0, previewed.stderr
    page = (tmp_path / "sweep-preview.html").read_text(encoding="utf-8")
    assert page.count("seed=1-words.source=random: train") >= 1 and "seed=2-words.source=random: test" in page
    job = next((tmp_path / "sweep").glob("000-*"))
    next((job / "data").glob("train-*")).write_bytes(b"x")
    assert command("verify", "sweep", "rows=2", "remake=1").returncode == 1
    (job / "synthink.json").write_text("{}")
    damaged = command("verify", "sweep", "rows=2", "remake=1")
    assert damaged.returncode == 2 and "1 that cannot be checked" in damaged.stdout


def test_the_jobs_of_a_sweep_are_checked_before_the_first(command: Command, tmp_path: Path) -> None:
    result = command("generate", "-m", "generator=gestures", "label_format=plain,gemnii", "output=out")
    assert_refused(result, "label_format='gemnii'", tmp_path)
    assert result.stdout == "" and not (tmp_path / "out").exists()


def test_a_sweep_has_one_output(command: Command, tmp_path: Path) -> None:
    result = command("generate", "-m", *SMALL, "output=a,b")
    assert_refused(result, "a sweep has one output", tmp_path)


@pytest.mark.slow
def test_a_sweep_of_validate_ends_with_a_table_and_a_plot(
    command: Command, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path_factory.mktemp("package"), monkeypatch)
    result = command(
        *("validate", "-m", "generator=patches", "trainer=numpy", "output=sweep", "trainer.steps=20,1"),
        *("splits.train=100", "splits.validation=20", "splits.test=40", "trainer.curve_points=1"),
        *("trainer.batch_size=8", "trainer.tensorboard=false", "model.learning_rate=0.02"),
    )
    assert result.returncode == 0, result.stderr
    with (tmp_path / "sweep" / "sweep.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["trainer.steps"] for row in rows] == ["20", "1"], "the best first"
    assert float(rows[0]["score"]) > float(rows[1]["score"])
    assert (tmp_path / "sweep" / "sweep.png").stat().st_size > 1000
    assert "trainer.steps" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["sweep"]


def test_a_recipe_in_a_folder_of_the_users_own(command: Command, tmp_path: Path) -> None:
    """It may choose a generator, whose fields are then keys as they are with a recipe of ours."""
    recipe = tmp_path / "recipes" / "experiment" / "mine.yaml"
    recipe.parent.mkdir(parents=True)
    recipe.write_text(
        "# @package _global_\ndefaults: [{override /generator: circled_letters_grid}]\n"
        "seed: 5\nsplits: {train: 6, validation: 0, test: 0}\n"
    )
    folder = str(tmp_path / "recipes")
    result = command(
        "generate",
        "--config-dir",
        folder,
        "experiment=mine",
        "paddings=[25]",
        "words.share_across_splits=true",
        "output=mine",
    )
    assert result.returncode == 0, result.stderr
    manifest = manifest_of(tmp_path / "mine")
    assert (manifest["seed"], manifest["splits"]) == (5, {"train": 6})
    assert manifest["fields"]["paddings"] == [25]
