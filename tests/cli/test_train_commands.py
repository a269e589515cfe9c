"""The verbs train, evaluate and validate: what they print, their exit status, and that bad input leaves nothing."""

from __future__ import annotations

import csv
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from synthink.cli.main import main
from synthink.train.big_vision.trainer import BigVisionTrainer
from tests.support import Result, environment, python
from tests.train.numpy_learner import install, installed
from tests.train.patches import make

Command = Callable[..., Result]
NUMPY = "trainer=numpy"
SHORT = (NUMPY, "trainer.steps=40", "trainer.batch_size=8", "trainer.tensorboard=false", "model.learning_rate=0.02")


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def refused(answer: Result, told: str) -> None:
    """Exit status 2 and one line on stderr."""
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert answer.stderr.startswith("synthink: ")
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert told in answer.stderr
    assert answer.stdout == ""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """The command within this process, where other learners can be put in place."""
    monkeypatch.chdir(tmp_path)
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        output = capfd.readouterr()
        return Result(["python", "-m", "synthink", *arguments], int(left.value.code or 0), output.out, output.err)

    yield run
    for number, handler in before:
        signal.signal(number, handler)


@pytest.fixture
def numpy(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's package with `trainer=numpy` is installed."""
    installed(tmp_path_factory.mktemp("package"), monkeypatch)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("commands") / "patches", 120, 40, 40)


# --- what a user mistypes ---------------------------------------------------------------------------------------------

TRAIN, EVALUATE = ("train", "dataset=DATA"), ("evaluate", "dataset=DATA", "checkpoint=RUN")
STREAM = ("train", "trainer.stream=true")

BAD: list[tuple[tuple[str, ...], str]] = [
    (("trian",), "did you mean train?"),
    (("valdate",), "did you mean validate"),
    (("train",), "dataset=None: name a dataset folder, or trainer.stream=true"),
    (("train", "dataset="), "name a folder"),
    (("train", "dataset=nowhere"), "nowhere: no such folder"),
    (("train", "datset=x"), "did you mean dataset?"),
    (("train", "dataset={DATA: 0}"), "its weight, 0, must be a number above 0"),
    (("train", "dataset={DATA: much}"), "its weight, 'much',"),
    (("train", "dataset=[DATA, DATA]"), "is named twice"),
    (("train", "dataset=[{folder: DATA}]"), "name a folder"),
    (("train", "dataset=${oc.env:HOME}"), "oc.env"),
    ((*TRAIN, "trainer=big_visoin"), "did you mean big_vision"),
    ((*TRAIN, "trainer=null"), "known: big_vision"),
    ((*TRAIN, "model=tny"), "did you mean tiny?"),
    ((*TRAIN, "model=null"), "no such model"),
    ((*TRAIN, "trainer.stps=5"), "did you mean steps?"),
    ((*TRAIN, "steps=5"), "did you mean trainer.steps?"),
    ((*TRAIN, "model.widht=4"), "did you mean width"),
    ((*TRAIN, "trainer.adaptr=lora"), "did you mean adapter?"),
    ((*TRAIN, "trainer.adapter=lora"), "trainer.adapter"),
    ((*TRAIN, "+trainer.secret=1"), "trainer.secret"),
    ((*TRAIN, "trainer.steps=0"), "trainer.steps=0: must be at least 1"),
    ((*TRAIN, "trainer.steps=many"), "trainer.steps"),
    ((*TRAIN, "trainer.optimiser=adm"), "did you mean adam?"),
    ((*TRAIN, "trainer.accumulate=3"), "trainer.accumulate=3: must divide batch_size, which is 32"),
    ((*TRAIN, "trainer.warmup=2"), "trainer.warmup"),
    ((*TRAIN, "model.image_px=2"), "model.image_px=2"),
    ((*TRAIN, "seed=x"), "seed='x'"),
    ((*TRAIN, "overwrite=maybe"), "overwrite='maybe': must be true or false"),
    ((*TRAIN, "control=1"), "control=1: must be true or false"),
    ((*TRAIN, "output=[7]"), "output=[7]: must be text"),
    ((*TRAIN, "picture_px=64"), "a generator's fields go with trainer.stream=true"),
    ((*TRAIN, "predictor=gemini"), "is no key of synthink train"),
    ((*TRAIN, "format=arrow"), "is no key of synthink train"),
    ((*STREAM, "dataset=DATA"), "rows are drawn, not read"),
    ((*STREAM, "generator=circled_leters"), "did you mean circled_letters"),
    ((*STREAM, "pictur_px=64"), "did you mean picture_px?"),
    ((*STREAM, "splits.tran=5"), "did you mean train?"),
    ((*STREAM, "picture_px=0"), "picture_px=0"),
    (("evaluate", "dataset=DATA"), "checkpoint=None: name a run's folder, or weights of model=..., or a predictor=..."),
    (("evaluate", "dataset=DATA", "checkpoint="), "checkpoint=''"),
    (("evaluate", "dataset=DATA", "checkpoint=7"), "checkpoint=7: no such file or folder"),
    (("evaluate", "dataset=DATA", "checkpoint=nowhere"), "checkpoint=nowhere: no such file or folder"),
    (("evaluate", "dataset=DATA", "checkpoint=DATA"), "is it a run of `synthink train`"),
    (("evaluate", "dataset=DATA", "checkpoint=VALIDATED"), "is a folder of `synthink validate`; its model is"),
    (("evaluate", "checkpoint=RUN"), "name a folder"),
    ((*EVALUATE, "before=nowhere"), "before=nowhere: no such file or folder"),
    ((*EVALUATE, "rows=0"), "rows=0"),
    ((*EVALUATE, "threshold=2"), "threshold=2.0: must be between 0 and 1"),
    ((*EVALUATE, "metric=exat"), "did you mean exact?"),
    ((*EVALUATE, "split=tset"), "no split 'tset'; there are"),
    ((*EVALUATE, "splt=test"), "did you mean split?"),
    ((*EVALUATE, "generator=gestures"), "is no key of synthink evaluate"),
    ((*EVALUATE, "predictor=gemni"), "did you mean gemini?"),
    (("validate", "trainer.stream=true"), "validate makes a dataset"),
    (("validate", "rows=few"), "rows='few'"),
    (("validate", "threshold=high"), "threshold='high'"),
    (("validate", "splits.test=0"), "splits.test=0: validate asks held-out rows"),
    (("validate", "trainer.stps=5"), "did you mean steps?"),
    (("validate", "pictur_px=64"), "did you mean picture_px?"),
    (("validate", "from=x"), "no such key"),
    (("validate", "dataset=DATA"), "no such key"),
    (("generate", "trainer=big_vision"), "trainer='big_vision': is no key of synthink generate"),
    (("generate", "model=tiny"), "is no key of synthink generate"),
    (("generate", "trainer.steps=5"), "is no key of synthink generate"),
    (("generate", "format=null"), "no such format"),
]


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=str)
def test_bad_input_is_one_line_and_leaves_nothing(
    here: Command, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    """With all packages that big_vision needs, so that nothing else stands in the way."""
    monkeypatch.setattr(BigVisionTrainer, "check_installed", lambda trainer: None)
    for place in ("VALIDATED/run", "RUN"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "run.json").write_text("{}")
    before = tree(tmp_path)
    kept = tree(data)
    refused(here(*(each.replace("DATA", str(data)) for each in arguments)), told)
    assert tree(tmp_path) == before
    assert tree(data) == kept


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("train", "dataset=nowhere"), "nowhere: no such folder"),
        (("train", "trainer=big_visoin"), "did you mean big_vision"),
        (("evaluate", "checkpoint=nowhere", "datset=x"), "did you mean dataset?"),
        (("validate", "trainer.stps=5", "output=out"), "did you mean steps?"),
    ],
    ids=str,
)
def test_a_fresh_process_says_the_same(
    synthink: Command, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    refused(synthink(*arguments), told)
    assert tree(tmp_path) == []


# --- what is missing --------------------------------------------------------------------------------------------------

WITHOUT = """
import importlib.util
there = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name.partition(".")[0] in {packages!r} else there(name, *rest)
from synthink.cli.main import main
main()
"""


@pytest.mark.parametrize(
    ("packages", "trainer", "told"),
    [
        (["jax"], "big_vision", "trainer=big_vision needs the package jax: pip install 'synthink[train]'"),
        (
            ["torch"],
            "transformers",
            "trainer=transformers needs the package torch: pip install 'synthink[transformers]'",
        ),
    ],
)
@pytest.mark.parametrize("verb", ["train", "validate", "stream"])
def test_a_missing_package_is_one_message_that_says_what_to_type(
    tmp_path: Path, data: Path, packages: list[str], trainer: str, told: str, verb: str
) -> None:
    generator = ("picture_px=48", "words=random", "splits.train=5", "splits.validation=2", "splits.test=2")
    keys = {
        "train": ("train", f"dataset={shared(data)}"),
        "validate": ("validate", *generator),
        "stream": ("train", "trainer.stream=true", *generator),
    }[verb]
    answer = python("-c", WITHOUT.format(packages=packages), *keys, f"trainer={trainer}", cwd=tmp_path)
    refused(answer, told)
    assert tree(tmp_path) == []


def shared(data: Path) -> Path:
    """The same rows as a folder that nobody made: a process without `patches` reads it, too."""
    folder = data.with_name("foreign")
    if not folder.exists():
        folder.mkdir()
        for split in ("train", "validation", "test"):
            file = next((data / "data").glob(f"{split}-*"))
            (folder / f"{split}.parquet").write_bytes(file.read_bytes())
    return folder


def test_missing_weights_say_what_to_set(
    here: Command, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BigVisionTrainer, "check_installed", lambda trainer: None)
    real = ("train", f"dataset={data}", "model=paligemma2_3b_224")
    monkeypatch.delenv("BV_GEMMA_DIR", raising=False)
    refused(here(*real), "set BV_GEMMA_DIR to the folder that holds pt_3b_224.npz, or give model.weights=PATH")
    (tmp_path / "weights").mkdir()
    monkeypatch.setenv("BV_GEMMA_DIR", str(tmp_path / "weights"))
    refused(here(*real), f"{tmp_path / 'weights'}: holds no pt_3b_224.npz")
    refused(here(*real, "model.weights=mine.npz"), "model.weights=mine.npz: no such file")
    (tmp_path / "weights" / "pt_3b_224.bf16.npz").write_bytes(b"")
    refused(here(*real), "no paligemma_tokenizer.model in")
    refused(here(*real, "model.tokenizer=nowhere.model"), "model.tokenizer=nowhere.model: no such file")
    assert tree(tmp_path) == ["weights", "weights/pt_3b_224.bf16.npz"]


def test_rows_that_do_not_fit_leave_no_run(here: Command, data: Path, tmp_path: Path, numpy: None) -> None:
    refused(here("train", NUMPY, f"dataset={data}", "model.text_tokens=6"), "do not fit into model.text_tokens=6")
    assert tree(tmp_path) == []
    assert here("train", f"dataset={data}", *SHORT, "trainer.steps=2").returncode == 0, "the next try may ask for more"


# --- what they do -----------------------------------------------------------------------------------------------------


def test_train_and_evaluate_say_what_came_out_and_what_to_type_next(
    here: Command, data: Path, tmp_path: Path, numpy: None
) -> None:
    made = here("train", f"dataset={data}", *SHORT)
    assert made.returncode == 0, made.stderr
    assert made.stderr == "", "quiet when not on a terminal"
    for told in ("runs/patches", "40 steps", "all steps were done", "validation score"):
        assert told in made.stdout
    asks = next(line for line in made.stdout.splitlines() if line.startswith("ask it:"))
    again = here(*asks.partition("synthink ")[2].split())
    assert again.returncode == 0, again.stderr
    assert "learned" in again.stdout
    report = tmp_path / "runs" / "patches" / "evaluation" / "patches" / "report.html"
    assert report.relative_to(tmp_path).as_posix() in again.stdout
    assert f"synthink evaluate dataset={data} checkpoint=runs/patches" in report.read_text(encoding="utf-8")
    finished = json.loads((tmp_path / "runs" / "patches" / "finished.json").read_bytes())
    assert "40 steps in" in report.read_text(encoding="utf-8")
    other = here("train", f"dataset={data}", *SHORT, "seed=4")
    refused(other, "seed: 0 -> 4")
    assert here("train", f"dataset={data}", *SHORT).returncode == 0, "finished: nothing to do"
    assert json.loads((tmp_path / "runs" / "patches" / "finished.json").read_bytes()) == finished


def test_several_datasets_with_weights_from_the_command_line(
    here: Command, data: Path, tmp_path: Path, numpy: None
) -> None:
    other = make(tmp_path / "old data=1", 30, 5, 5, seed=8)
    made = here("train", f"dataset={{{data}: 1, {other}: 0.5}}", *SHORT, "output=out")
    assert made.returncode == 0, made.stderr
    asked = json.loads((tmp_path / "out" / "run.json").read_bytes())["datasets"]
    assert [(each["path"], each["weight"]) for each in asked] == [(str(data), 1.0), (str(other), 0.5)]
    both = here("evaluate", f"dataset=['{data}', '{other}']", "checkpoint=out", "before=out", "output=told")
    assert both.returncode == 0, both.stderr
    assert {path.name for path in (tmp_path / "told").glob("*.parquet")} == {
        "predictions-patches.parquet",
        "predictions-old data=1.parquet",
    }


def test_a_sweep_of_validate_ends_with_a_table_and_a_plot(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = os.pathsep.join((environment()["PYTHONPATH"], str(install(tmp_path_factory.mktemp("package")))))
    answer = python(
        *("-m", "synthink", "validate", "-m", "generator=patches", "output=sweep"),
        *("splits.train=100", "splits.validation=20", "splits.test=40", *SHORT, "trainer.steps=20,1"),
        cwd=tmp_path,
        env=environment(PYTHONPATH=path),
    )
    assert answer.returncode == 0, answer.stderr
    with (tmp_path / "sweep" / "sweep.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["trainer.steps"] for row in rows] == ["20", "1"], "the best first"
    assert float(rows[0]["score"]) > float(rows[1]["score"])
    assert (tmp_path / "sweep" / "sweep.png").stat().st_size > 1000
    assert "trainer.steps" in answer.stdout
    assert tree(tmp_path)[0] == "sweep"
    assert len(list(tmp_path.iterdir())) == 1, "nothing beside it"
