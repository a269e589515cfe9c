"""The verbs train, evaluate and validate: what they print, their exit status, and that bad input leaves nothing."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.train.big_vision.trainer import BigVisionTrainer
from tests.cli.support import assert_refused, files_in
from tests.support import Result
from tests.train.numpy_learner import installed
from tests.train.patches import make

pytestmark = pytest.mark.heavy

Command = Callable[..., Result]
NUMPY = "trainer=numpy"
SHORT = (NUMPY, "trainer.steps=40", "trainer.batch_size=8", "trainer.tensorboard=false", "model.learning_rate=0.02")


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


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=str)
def test_bad_input_is_one_line_and_leaves_nothing(
    command: Command,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """With all packages that big_vision needs, so that nothing else stands in the way."""
    monkeypatch.setattr(BigVisionTrainer, "check_installed", lambda trainer: None)
    for run in ("VALIDATED/run", "RUN"):
        (tmp_path / run).mkdir(parents=True)
        (tmp_path / run / "run.json").write_text("{}")
    before, data_before = files_in(tmp_path), files_in(data)
    assert_refused(command(*(argument.replace("DATA", str(data)) for argument in arguments)), message)
    assert files_in(tmp_path) == before
    assert files_in(data) == data_before


def test_missing_weights_say_what_to_set(
    command: Command, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BigVisionTrainer, "check_installed", lambda trainer: None)
    real = ("train", f"dataset={data}", "model=paligemma2_3b_224")
    monkeypatch.delenv("BV_GEMMA_DIR", raising=False)
    assert_refused(
        command(*real), "set BV_GEMMA_DIR to the folder that holds pt_3b_224.npz, or give model.weights=PATH"
    )
    (tmp_path / "weights").mkdir()
    monkeypatch.setenv("BV_GEMMA_DIR", str(tmp_path / "weights"))
    assert_refused(command(*real), f"{tmp_path / 'weights'}: holds no pt_3b_224.npz")
    assert_refused(command(*real, "model.weights=mine.npz"), "model.weights=mine.npz: no such file")
    (tmp_path / "weights" / "pt_3b_224.bf16.npz").write_bytes(b"")
    assert_refused(command(*real), "no paligemma_tokenizer.model in")
    assert_refused(command(*real, "model.tokenizer=nowhere.model"), "model.tokenizer=nowhere.model: no such file")
    assert files_in(tmp_path) == ["weights", "weights/pt_3b_224.bf16.npz"]


def test_rows_that_do_not_fit_leave_no_run(command: Command, data: Path, tmp_path: Path, numpy: None) -> None:
    assert_refused(
        command("train", NUMPY, f"dataset={data}", "model.text_tokens=6"), "do not fit into model.text_tokens=6"
    )
    assert files_in(tmp_path) == []
    assert command("train", f"dataset={data}", *SHORT, "trainer.steps=2").returncode == 0, (
        "the next try may ask for more"
    )


# --- what they do -----------------------------------------------------------------------------------------------------


@pytest.mark.whole
def test_train_and_evaluate_say_what_came_out_and_what_to_type_next(
    command: Command, data: Path, tmp_path: Path, numpy: None
) -> None:
    result = command("train", f"dataset={data}", *SHORT)
    assert result.returncode == 0, result.stderr
    assert result.stderr == "", "quiet when not on a terminal"
    for text in ("runs/patches", "40 of 40 steps", "all steps were done", "validation score"):
        assert text in result.stdout
    asks = next(line for line in result.stdout.splitlines() if line.startswith("ask it:"))
    again = command(*asks.partition("synthink ")[2].split())
    assert again.returncode == 0, again.stderr
    assert "learned" in again.stdout
    report = tmp_path / "runs" / "patches" / "evaluation" / "patches" / "report.html"
    assert report.relative_to(tmp_path).as_posix() in again.stdout
    assert f"synthink evaluate dataset={data} checkpoint=runs/patches" in report.read_text(encoding="utf-8")
    finished = json.loads((tmp_path / "runs" / "patches" / "finished.json").read_bytes())
    assert "40 steps in" in report.read_text(encoding="utf-8")
    other = command("train", f"dataset={data}", *SHORT, "seed=4")
    assert_refused(other, "seed: 0 -> 4")
    assert command("train", f"dataset={data}", *SHORT).returncode == 0, "finished: nothing to do"
    assert json.loads((tmp_path / "runs" / "patches" / "finished.json").read_bytes()) == finished


def next_command(stdout: str, before: str) -> list[str]:
    """The words of the command that a line of output proposes."""
    line = next(line for line in stdout.splitlines() if line.startswith(before))
    return shlex.split(line.partition("synthink ")[2])


@pytest.mark.whole
def test_a_stop_by_time_is_said_with_what_to_type_to_go_on(
    command: Command, data: Path, tmp_path: Path, numpy: None
) -> None:
    stopped = command("train", f"dataset={data}", *SHORT, "trainer.seconds=0", "output=my runs")
    assert "1 of 40 steps in 0 s (the time was up)" in stopped.stdout, stopped.stderr
    words = next_command(stopped.stdout, "go on:")
    assert {"output=my runs", "trainer.seconds=null"} <= {*words} and "trainer.seconds=0" not in words
    done = command(*words)
    assert "40 of 40 steps" in done.stdout and "go on:" not in done.stdout, done.stderr


@pytest.mark.slow
def test_a_validation_goes_on_with_what_it_proposes(command: Command, tmp_path: Path, numpy: None) -> None:
    """Stopped by its time, then out of steps: run and control do the same number of steps each time."""
    splits = ("splits.train=120", "splits.validation=40", "splits.test=40")
    words = ["validate", "generator=patches", *splits, *SHORT, "trainer.steps=10", "trainer.seconds=0", "output=v"]
    reports = []
    for steps in (1, 10, 20):
        result = command(*words)
        assert result.returncode == 0, result.stderr
        reports.append((tmp_path / "v" / "report.md").read_text(encoding="utf-8"))
        for name in ("run", "control"):
            assert json.loads((tmp_path / "v" / name / "finished.json").read_bytes())["steps"] == steps
        if steps < 20:
            assert result.stdout.startswith("patches: ") and "inconclusive" in result.stdout
            words = next_command(result.stdout, "go on:")
            assert shlex.join(words) in reports[-1]
    assert "The run was stopped by its time, after 1 of 10 steps" in reports[0]
    assert "stopped by its time" not in reports[1] and "10 of 10 steps of 8 rows" in reports[1]
    assert "10 steps on the way to 10" in reports[2]
    for name in ("run", "control"):
        curve = [json.loads(line) for line in (tmp_path / "v" / name / "metrics.jsonl").read_text().splitlines()]
        assert [line["step"] for line in curve] == sorted(line["step"] for line in curve)


@pytest.mark.slow
def test_splits_of_ones_own_are_learned_from_and_asked_about(command: Command, tmp_path: Path, numpy: None) -> None:
    own = ("splits.dev={rows: 20, like: validation}", "splits.test_dim={rows: 30, like: test, light: 40}")
    words = ("splits.train=120", "splits.validation=0", "splits.test=30", *own)
    assert command("generate", "generator=patches", *words, "output=d").returncode == 0
    trained = command("train", "d", *SHORT, "validation_split=dev", "output=r")
    assert trained.returncode == 0 and "validation score" in trained.stdout, trained.stderr
    assert json.loads((tmp_path / "r" / "run.json").read_bytes())["validation_split"] == "dev"
    asked = command("evaluate", "d", "checkpoint=r", "split=test_dim", "output=e")
    assert asked.returncode == 0 and "of 30 rows" in asked.stdout, asked.stderr
    assert_refused(command("train", "d", *SHORT, "validation_split=dve"), "no split 'dve'; there are train, test, dev")
    assert_refused(command("train", "d", *SHORT, "train_split=trian", "output=s"), "no split 'trian'")
    whole = command("validate", "generator=patches", *words, *SHORT, "split=test_dim", "output=v")
    assert whole.returncode == 0 and "of 30 rows" in whole.stdout, whole.stderr
    assert_refused(
        command("validate", "generator=patches", "split=dev", *SHORT), "splits.dev=0: validate asks held-out"
    )
    stream = ("train", "generator=patches", "trainer.stream=true", *SHORT, *words, "validation_split=dev", "output=t")
    drawn = command(*stream)
    assert drawn.returncode == 0 and "validation score" in drawn.stdout, drawn.stderr


@pytest.mark.whole
def test_several_datasets_with_weights_from_the_command_line(
    command: Command, data: Path, tmp_path: Path, numpy: None
) -> None:
    other = make(tmp_path / "old data=1", 30, 5, 5, seed=8)
    manifest = json.loads((other / "synthink.json").read_bytes())
    manifest["assets"]["words"] = {"fingerprint": "", "skipped": {"words given twice": 2}, "licences": []}
    (other / "synthink.json").write_text(json.dumps(manifest), encoding="utf-8")
    left_out = "left out of old data=1/words: 2 words given twice"
    result = command("train", f"dataset={{{data}: 1, {other}: 0.5}}", *SHORT, "output=out")
    assert result.returncode == 0 and result.stdout.splitlines()[-1] == left_out, result.stderr
    asked = json.loads((tmp_path / "out" / "run.json").read_bytes())["datasets"]
    assert [(each["path"], each["weight"]) for each in asked] == [(str(data), 1.0), (str(other), 0.5)]
    both = command("evaluate", f"dataset=['{data}', '{other}']", "checkpoint=out", "before=out", "output=report")
    assert both.returncode == 0 and both.stdout.splitlines()[-1] == left_out, both.stderr
    assert {path.name for path in (tmp_path / "report").glob("*.parquet")} == {
        "predictions-patches.parquet",
        "predictions-old data=1.parquet",
    }
