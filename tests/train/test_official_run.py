"""big_vision's own trainer for real, as long as it takes to see that it learns, goes on, and leaves what we read.

Needs big_vision on PYTHONPATH, and TensorFlow, clu and overrides beside jax; half a minute of compiling a run.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthink.train.learner import TrainError
from synthink.train.official.interpreter import PACKAGES
from synthink.train.official.launch import Finished, run_official
from tests.train.official_rows import SIDE, examples, tiny, tokenizer, trainer

MISSING = [name for name in (*PACKAGES, "big_vision") if importlib.util.find_spec(name) is None]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"big_vision's own trainer is not run: no {', '.join(MISSING)}"),
    pytest.mark.timeout(900),
]


def run(folder: Path, **given: Any) -> Finished:
    fields: dict[str, Any] = {"model": tiny(), "trainer": trainer(), "tokenizer": tokenizer(folder), "seed": 3}
    fields |= {"train": examples("train", 40), "validation": examples("validation", 10), "image_px": SIDE}
    return run_official(folder / given.pop("name", "run"), **{**fields, **given})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("official")


@pytest.fixture(scope="module")
def ten(folder: Path) -> Finished:
    """Ten steps."""
    return run(folder)


def arrays(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def test_ten_steps(ten: Finished) -> None:
    assert [each["step"] for each in ten.metrics] == list(range(1, 11))
    assert ten.metrics[-1]["loss"] < 0.7 * ten.metrics[0]["loss"]
    assert [each["step"] for each in ten.metrics if "validation_loss" in each] == [5, 10]
    assert [each["examples"] for each in ten.metrics] == [8 * step for step in range(1, 11)]
    assert {each["tokens"] for each in ten.metrics} == {16}  # a word and its end, eight times
    # big_vision's cosine: a step of warm-up at rate 0, then the highest.
    rates = [each["learning_rate"] for each in ten.metrics]
    assert rates[:2] == [0.0, pytest.approx(3e-3)]
    assert rates[1:] == sorted(rates[1:], reverse=True)
    assert sorted(ten.answers) == [f"validation-{number:03d}" for number in range(10)]
    assert {step: sorted(answers) for step, answers in ten.curve.items()} == {
        step: [f"validation-{number:03d}" for number in range(4)] for step in (5, 10)
    }


def test_weights_are_the_checkpoints_bit_for_bit_and_load_in_process(ten: Finished, folder: Path) -> None:
    import jax
    from big_vision import utils

    exported = arrays(ten.checkpoint)
    assert all(name.startswith("params/") for name in exported)
    params = utils.load_params(str(ten.checkpoint.parent / "workdir" / "checkpoint.bv"))
    stored = {name: np.asarray(value) for name, value in utils.tree_flatten_with_names({"params": params})[0]}
    assert set(stored) == set(exported)
    for name, value in stored.items():
        assert value.dtype == exported[name].dtype == np.float32
        assert value.tobytes() == exported[name].tobytes()
    assert jax.devices()  # the other backend runs here, in this process
    from synthink.train.bigvision.learner import BigVisionLearner

    learner = BigVisionLearner(tiny(), trainer().in_process(), tokenizer(folder), SIDE, 0, ten.checkpoint)
    asked = examples("validation", 10)
    assert learner.loss(learner.prepare(asked)) == pytest.approx(ten.metrics[-1]["validation_loss"], abs=1e-4)
    # The answers too, up to where big_vision stopped writing: its model was not handed them.
    for example, answer in zip(asked, learner.answers(asked), strict=True):
        assert answer.startswith(ten.answers[example.id])


def test_a_run_goes_on_where_it_was_ended(ten: Finished, folder: Path) -> None:
    """The same folder, after ten steps, an interruption in the middle, and the rest."""
    before = arrays(ten.checkpoint)

    def interrupt(metrics: dict[str, float]) -> None:
        assert metrics["step"] > 10
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, trainer=trainer(steps=20), progress=interrupt)
    seen: list[dict[str, float]] = []
    twenty = run(folder, trainer=trainer(steps=20), progress=seen.append)
    assert seen[0]["step"] > 10
    assert [each["step"] for each in twenty.metrics] == list(range(1, 21))
    assert twenty.metrics[-1]["examples"] == 160
    assert twenty.metrics[-1]["loss"] < ten.metrics[-1]["loss"]
    assert set(twenty.curve) == {5, 10, 20}
    after = arrays(twenty.checkpoint)
    assert set(after) == set(before)
    assert any(not np.array_equal(after[name], before[name]) for name in after)


def test_weights_in_bfloat16_are_trained_in_float32_and_only_what_learns_moves(ten: Finished, folder: Path) -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")
    halved = {name: value.astype(ml_dtypes.bfloat16) for name, value in arrays(ten.checkpoint).items()}
    with (folder / "start.npz").open("wb") as file:
        np.savez(file, **{name: value.view("V2") for name, value in halved.items()})
    asked = trainer(steps=3, warmup=0.0, parts="language", learning_rate=1e-5, curve_points=0)
    found = run(folder, name="from_bfloat16", trainer=asked, weights_file=folder / "start.npz")
    made = arrays(found.checkpoint)
    assert {value.dtype for value in made.values()} == {np.dtype(np.float32)}
    for name, value in made.items():
        start = halved[name].astype(np.float32)
        if name.startswith("params/llm/"):
            moved = np.abs(value - start)
            assert moved.any()
            assert moved.max() < 1e-4  # steps far below bfloat16's: in it most would have been lost
        else:
            assert np.array_equal(value, start)
    assert found.curve == {}
    assert "validation_loss" in found.metrics[-1]


def test_a_pattern_that_no_parameter_has_is_an_error(folder: Path) -> None:
    with pytest.raises(TrainError, match=r"status 1: ValueError: no parameter learns: none has a name like"):
        run(folder, name="frozen", trainer=trainer(parts="no_such_name"))
