"""Weights in files with real big_vision: what is loaded, what is refused, resuming, exporting. Skipped without it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink.errors import ModelError
from tests.support import ROOT, Result, python
from tests.train.big_vision.tiny import SIDE, examples, learner, needs_big_vision, tokenizer

needs_big_vision()

import ml_dtypes  # noqa: E402

from synthink.train.big_vision import weights  # noqa: E402


def exported(folder: Path, **changed: Any) -> tuple[Path, Any]:
    made = learner(folder, **changed)
    made.export(folder / "model")
    return folder / "model" / "checkpoint.npz", made


def stored_as(file: Path, target: Path, kind: Any) -> Path:
    """The checkpoint in another type, as the official ones come: numpy stores bfloat16 as two bytes of nothing."""
    with np.load(file) as found:
        np.savez(target, **{name: found[name].astype(kind) for name in found.files})
    return target


def test_an_export_is_what_big_vision_loads_bit_for_bit(tmp_path: Path) -> None:
    file, made = exported(tmp_path)
    config = {"img": dict(made.module.img), "llm": dict(made.module.llm)}
    from synthink.train.big_vision.learner import _Config

    loaded = made._named(made.bv.paligemma.load(None, str(file), _Config(config)))
    assert loaded.keys() == made.params.keys()
    for name, value in made.params.items():
        assert np.array_equal(np.asarray(value), loaded[name]), name
        assert loaded[name].dtype == np.float32
    again = learner(tmp_path, file, seed=9)
    assert all(np.array_equal(again.params[name], made.params[name]) for name in made.params)
    assert again.answers(examples(3)) == made.answers(examples(3))


@pytest.mark.parametrize("kind", [np.float16, ml_dtypes.bfloat16], ids=["float16", "bfloat16"])
def test_half_precision_is_trained_in_float32(tmp_path: Path, kind: Any) -> None:
    file, made = exported(tmp_path)
    half = stored_as(file, tmp_path / "half.npz", kind)
    again = learner(tmp_path, half)
    for name, value in made.params.items():
        assert again.params[name].dtype == np.float32
        assert np.array_equal(np.asarray(value).astype(kind).astype(np.float32), again.params[name]), name
    again.step(again.prepare(examples()), 3)  # a rate of 1e-2 and less: bfloat16 alone would lose most of it
    changed = [
        name
        for name in again.params
        if not np.array_equal(
            np.asarray(again.params[name]).astype(kind).astype(np.float32), np.asarray(again.params[name])
        )
    ]
    assert len(changed) > len(again.params) / 2


def test_pictures_of_another_size(tmp_path: Path) -> None:
    file, made = exported(tmp_path)
    larger = learner(tmp_path, file, side=2 * SIDE)
    assert larger.params[weights.POSITIONS].shape == (1, 16, 32)
    assert np.array_equal(larger.params["llm/final_norm/scale"], made.params["llm/final_norm/scale"])
    assert len(larger.answers(examples(2, 2 * SIDE))) == 2


def test_a_smaller_vocabulary_is_extended(tmp_path: Path) -> None:
    file, made = exported(tmp_path)
    more = learner(tmp_path, file, vocab_size=made.texts.size + 10)
    table = more.params[weights.EMBEDDING]
    assert table.shape[0] == made.texts.size + 10
    assert np.array_equal(table[:-10], made.params[weights.EMBEDDING])
    same = learner(tmp_path, file, vocab_size=made.texts.size + 10)
    assert np.array_equal(table, same.params[weights.EMBEDDING])


def changed(file: Path, target: Path, change: Any) -> Path:
    with np.load(file) as found:
        content = {name: found[name] for name in found.files}
    change(content)
    np.savez(target, **content)
    return target


NORM = "params/llm/final_norm/scale"
WRONG: dict[str, tuple[Any, str]] = {
    "shape": (lambda c: c.update({NORM: np.zeros(7, np.float32)}), "llm/final_norm/scale has the shape (7,)"),
    "missing": (lambda c: c.pop(NORM), "llm/final_norm/scale among them: is it a checkpoint of another model?"),
    "type": (lambda c: c.update({NORM: np.zeros(32, np.int64)}), "llm/final_norm/scale has type <i8"),
    "pickled": (lambda c: c.update({NORM: np.array([{}], object)}), "pickled objects, which are never read"),
    "vocabulary": (
        lambda c: c.update({f"params/{weights.EMBEDDING}": np.zeros((9999, 32), np.float32)}),
        "has a vocabulary of 9999 pieces",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_wrong_weights_are_refused_by_name(tmp_path: Path, fault: str) -> None:
    change, told = WRONG[fault]
    file, _ = exported(tmp_path)
    bad = changed(file, tmp_path / "bad.npz", change)
    with pytest.raises(ModelError) as caught:
        learner(tmp_path, bad)
    assert str(bad) in str(caught.value)
    assert told in str(caught.value)


def test_a_swollen_checkpoint_is_not_unpacked(tmp_path: Path) -> None:
    file, _ = exported(tmp_path)
    extra = {f"params/more{number}": np.zeros((1000, 1000), np.float32) for number in range(5)}
    with np.load(file) as found:
        np.savez_compressed(tmp_path / "bad.npz", **{name: found[name] for name in found.files}, **extra)
    with pytest.raises(ModelError, match=r"bad\.npz"):
        learner(tmp_path, tmp_path / "bad.npz")


def test_what_is_no_checkpoint_at_all(tmp_path: Path) -> None:
    for name, content in (("a.npz", b"hello"), ("b.npz", b""), ("c.npz", b"PK\x03\x04" + b"\0" * 50)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match="not a checkpoint"):
            learner(tmp_path, tmp_path / name)


def test_saved_and_restored_the_next_step_is_the_same(tmp_path: Path) -> None:
    made = learner(tmp_path)
    batch = made.prepare(examples())
    for number in range(3):
        made.step(batch, number)
    made.save(tmp_path / "kept")
    wanted = [float(made.step(batch, number).loss) for number in (3, 4)]
    other = learner(tmp_path, seed=5)
    other.restore(tmp_path / "kept")
    assert [float(other.step(batch, number).loss) for number in (3, 4)] == wanted
    assert all(np.array_equal(other.params[name], made.params[name]) for name in made.params)


def test_a_checkpoint_of_another_model_is_not_gone_on_from(tmp_path: Path) -> None:
    learner(tmp_path).save(tmp_path / "kept")
    with pytest.raises(ModelError, match="the run cannot be resumed from it"):
        learner(tmp_path, depth=1).restore(tmp_path / "kept")


# --- the whole way, by the command ------------------------------------------------------------------------------------

MODEL = [
    "model=tiny",
    *(f"model.{name}={value}" for name, value in {"width": 32, "vision_width": 32, "depth": 2, "mlp_dim": 64}.items()),
    "trainer.tensorboard=false",
    "trainer.batch_size=8",
    "trainer.threads=1",
]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "letters"
    words = {"source": "random", "alphabet": "ABCD", "length": [3, 3]}
    synthink.generate(
        "circled_letters",
        output=folder,
        splits={"train": 60, "validation": 12, "test": 12},
        picture_px=32,
        words=words,
        fonts={"share_across_splits": True},
    )
    return folder


def command(*arguments: str) -> Result:
    return python("-m", "synthink", *arguments, timeout=600)


def killed_after(file: Path, lines: int, *arguments: str) -> None:
    """Start the command, and kill it once its metrics have so many lines."""
    run = subprocess.Popen([sys.executable, "-m", "synthink", *arguments], stderr=subprocess.PIPE, cwd=ROOT)
    deadline = time.monotonic() + 500
    while run.poll() is None and time.monotonic() < deadline:
        if file.exists() and file.read_text().count('"loss"') >= lines:
            os.kill(run.pid, signal.SIGKILL)
            break
        time.sleep(0.02)
    assert run.wait() == -signal.SIGKILL, run.stderr.read() if run.stderr else ""


def losses(run: Path) -> list[tuple[int, float]]:
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [(line["step"], line["loss"]) for line in lines if "loss" in line]


def test_load_train_kill_resume_export_load_evaluate(tmp_path: Path, dataset: Path) -> None:
    """From a checkpoint in PaliGemma's form to a report, with a kill on the way; bytes as of an unbroken run."""
    from synthink.train.big_vision.weights import CHECKPOINT
    from synthink.train.data.tokens import make_tokenizer

    make_tokenizer(tmp_path / "paligemma_tokenizer.model", ["Which letter is being circled?"])
    start = ["model.image_px=32", f"model.weights={tmp_path}/pt.npz", "trainer.log_every=1", f"dataset={dataset}"]
    plan = [*MODEL, *start, "trainer.steps=24", "trainer.save_every=5", "trainer.curve_points=2"]
    made = command(
        "train",
        *MODEL,
        f"dataset={dataset}",
        "model.image_px=32",
        "trainer.steps=1",
        "seed=4",
        f"model.tokenizer={tmp_path}/paligemma_tokenizer.model",
        f"output={tmp_path}/start",
    )
    assert made.returncode == 0, made.stderr
    stored_as(tmp_path / "start/model" / CHECKPOINT, tmp_path / "pt.npz", ml_dtypes.bfloat16)
    whole = command("train", *plan, f"output={tmp_path}/whole")
    assert whole.returncode == 0, whole.stderr
    killed_after(tmp_path / "killed/metrics.jsonl", 13, "train", *plan, f"output={tmp_path}/killed")
    assert not (tmp_path / "killed/finished.json").exists()
    again = command("train", *plan, f"output={tmp_path}/killed")
    assert again.returncode == 0, again.stderr
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")
    one, other = (tmp_path / name / "model" / CHECKPOINT for name in ("whole", "killed"))
    assert one.read_bytes() == other.read_bytes()
    assert not (tmp_path / "killed/steps").exists()
    asked = command("evaluate", f"dataset={dataset}", f"checkpoint={tmp_path}/killed", f"output={tmp_path}/report")
    assert asked.returncode == 0, asked.stderr
    result = json.loads((tmp_path / "report/result.json").read_text())
    assert 0 <= result["score"] <= 1
    assert result["verdict"] == "inconclusive"
    assert "<html" in (tmp_path / "report/report.html").read_text()
    refused = command("train", *plan, "trainer.steps=25", f"output={tmp_path}/killed")
    assert refused.returncode == 2
    assert "trainer.steps: 24 -> 25" in refused.stderr
    bare = command(
        "evaluate",
        f"dataset={dataset}",
        f"checkpoint={one}",
        *MODEL,
        "model.image_px=32",
        f"model.tokenizer={tokenizer(tmp_path)}",
        "rows=4",
        f"output={tmp_path}/bare",
    )
    assert bare.returncode in (0, 2), bare.stderr  # another tokenizer may have another vocabulary; then it says so
    assert bare.returncode == 0 or "vocabulary" in bare.stderr


def test_drawn_while_training(tmp_path: Path) -> None:
    done = command("train", *MODEL, "trainer.stream=true", "generator=circled_letters", "picture_px=32",
                   "words=random", "words.alphabet=ABCD", "words.length=[3,3]", "splits.validation=8", "splits.test=0",
                   "trainer.steps=6", "trainer.curve_points=1", f"output={tmp_path}/run")  # fmt: skip
    assert done.returncode == 0, done.stderr
    finished = json.loads((tmp_path / "run/finished.json").read_text())
    assert finished["steps"] == 6
    assert finished["score"] is not None


def test_a_loss_that_is_no_number(tmp_path: Path, dataset: Path) -> None:
    done = command("train", *MODEL, f"dataset={dataset}", "trainer.learning_rate=10", "trainer.optimiser=sgd",
                   "trainer.clip_norm=0", "trainer.warmup=0", "trainer.steps=60", f"output={tmp_path}/run")  # fmt: skip
    assert done.returncode == 2
    assert any(what in done.stderr for what in ("the loss is nan", "the loss is inf", "the gradient's norm is"))
    assert "synthink: step " in done.stderr
    assert not (tmp_path / "run/finished.json").exists()
