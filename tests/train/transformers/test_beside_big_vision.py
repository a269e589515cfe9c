"""The same weights give the same numbers in transformers and in big_vision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.heavy

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("jax", reason="jax is not here: pip install 'synthink[train]'")
pytest.importorskip("big_vision", reason="big_vision is not here: put a checkout on PYTHONPATH")

from synthink.evaluate.answerer import Example  # noqa: E402
from synthink.train.big_vision import network  # noqa: E402
from synthink.train.big_vision import weights as npz  # noqa: E402
from synthink.train.big_vision.trainer import BigVisionTrainer  # noqa: E402
from synthink.train.learner import Lengths  # noqa: E402
from synthink.train.settings import Model  # noqa: E402
from synthink.train.transformers import weights  # noqa: E402
from tests.train.transformers.tiny import SIDES, examples, learn, tiny_learner, tiny_model, tokenizer_at  # noqa: E402

TOLERANCE = 1e-4
GEMMAS = ("gemma2_2b", "gemma_2b")


def in_big_vision(folder: Path, model: Model, file: Path | None, **trainer: Any) -> Any:
    settings = BigVisionTrainer.build({"steps": 40, "batch_size": 8, "learning_rate": 3e-3, **trainer})
    made = settings.open(model, tokenizer_at(folder), SIDES[model.language], 0, file)
    made.set_max_lengths(Lengths(16, 6, 22))
    return made


def rows(side: int) -> list[Example]:
    """Of different lengths, so that some are padded."""
    found = examples(8, side)
    return [
        row._replace(prefix=row.prefix[: 6 + 3 * number], suffix=row.suffix * (1 + number % 3))
        for number, row in enumerate(found)
    ]


def as_npz(folder: Path, learner: Any, spread: float = 0.0) -> Path:
    """A learner's weights, with noise so that nothing in them is zero or one, as norms are at the start."""
    state, noise = learner.core.state_dict(), np.random.RandomState(0)
    params = weights.arrays(state, weights.parts(learner.core.config, state))
    path = folder / "weights.npz"
    npz.save(path, {name: value + spread * noise.randn(*value.shape).astype("f4") for name, value in params.items()})
    return path


def both(folder: Path, model: Model) -> tuple[Any, Any]:
    """The same weights in both backends."""
    path = as_npz(folder, tiny_learner(folder, model), spread=0.1)
    return in_big_vision(folder, model, path), tiny_learner(folder, model, weights=path)


@pytest.mark.parametrize("language", GEMMAS)
def test_logits_are_the_same(language: str, tmp_path: Path) -> None:
    import jax

    theirs, ours = both(tmp_path, tiny_model(language))
    found = rows(ours.image_px)
    batch = theirs.prepare(found)
    logits, _ = jax.jit(theirs.module.apply)(
        {"params": theirs._tree(theirs.params)},
        network.scaled(batch["image"]),
        batch["text"][:, :-1],
        batch["mask_ar"][:, :-1],
    )
    part = ours.prepare(found).parts[0]
    with torch.no_grad():
        states = ours.layout.states(ours.core, part)[part["rows"], part["places"]]
        chosen = ours.core.lm_head(states).numpy()
    places = part["places"] - ours.layout.image_tokens
    wanted = np.asarray(logits)[part["rows"].numpy(), places.numpy()]
    assert np.abs(wanted).max() > 3.0  # numbers that a cap, or a wrong weight, would change
    assert np.abs(chosen - wanted).max() < TOLERANCE


def test_what_one_has_learned_the_other_answers(tmp_path: Path) -> None:
    ours = tiny_learner(tmp_path)
    found = examples(8, ours.image_px)
    learn(ours, 30)
    theirs = in_big_vision(tmp_path, ours.model, as_npz(tmp_path, ours))
    assert theirs.answers(found) == ours.answers(found) == [row.suffix for row in found]
    assert ours.loss(ours.prepare(found)) == pytest.approx(theirs.loss(theirs.prepare(found)), abs=TOLERANCE)


def test_steps_are_the_same(tmp_path: Path) -> None:
    """Loss and gradient agree, and again after an update."""
    theirs, ours = both(tmp_path, tiny_model())
    found = rows(ours.image_px)
    for number in range(2):
        step, other = ours.step(ours.prepare(found), number), theirs.step(theirs.prepare(found), number)
        assert step.learning_rate == other.learning_rate
        assert step.tokens == other.tokens
        assert float(step.loss) == pytest.approx(float(other.loss), rel=1e-4)
        assert float(step.gradient_norm) == pytest.approx(float(other.gradient_norm), rel=1e-3)


def test_positions_are_resampled_as_in_big_vision() -> None:
    from big_vision.models.vit import resample_posemb

    for old, new in ((16, 64), (64, 16), (9, 25)):
        positions = np.random.RandomState(old).randn(1, old, 6).astype(np.float32)
        wanted = resample_posemb(positions, np.zeros((1, new, 6)))
        assert np.abs(weights.resampled(torch.from_numpy(positions[0]), new).numpy() - wanted[0]).max() < 1e-5
