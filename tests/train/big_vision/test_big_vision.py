"""The default backend on real big_vision: the loss, what learns, precision, devices, answers. Skipped without it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthink.errors import ConfigError, ModelError
from synthink.train.big_vision.arithmetic import compiled_steps
from synthink.train.learner import Lengths
from tests.support import environment, python
from tests.train.big_vision.tiny import examples, learner, needs_big_vision

pytestmark = pytest.mark.heavy

needs_big_vision()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402


def usual_loss(made: Any, params: Any, batch: Any) -> Any:
    """The loss as big_vision's own trainer computes it: over all places, one_hot times log_softmax."""
    image = batch["image"].astype(jnp.float32) / 127.5 - 1
    logits, _ = made.module.apply({"params": params}, image, batch["text"][:, :-1], batch["mask_ar"][:, :-1])
    targets = jax.nn.one_hot(batch["text"][:, 1:], logits.shape[-1])
    mask = batch["mask_loss"][:, 1:]
    losses = -(jax.nn.log_softmax(logits.astype(jnp.float32)) * targets).sum(-1) * mask
    return jnp.mean(losses.sum(-1) / jnp.clip(mask.sum(-1), 1))


@pytest.mark.parametrize("remat", [False, True])
def test_loss_and_gradient_are_big_visions(tmp_path: Path, remat: bool) -> None:
    """With the layers one after the other, and with a loop over them."""
    made = learner(tmp_path, remat=remat)
    batch = made.prepare(examples())
    ours, gradient = jax.jit(jax.value_and_grad(lambda named: made.arithmetic.loss(named, batch, {})))(made.params)
    theirs, wanted = jax.jit(jax.value_and_grad(lambda named: usual_loss(made, made._tree(named), batch)))(made.params)
    assert float(ours) == pytest.approx(float(theirs), abs=1e-5)
    assert float(ours) > 1
    for name in gradient:
        np.testing.assert_allclose(gradient[name], wanted[name], atol=2e-5, err_msg=name)


def test_a_batch_is_what_big_vision_makes_of_it(tmp_path: Path) -> None:
    made = learner(tmp_path)
    batch = made.prepare(examples(1))
    row = batch["text"][0]
    end = int(batch["mask_loss"][0].sum())
    start = int((1 - batch["mask_ar"][0]).sum())
    assert row[0] == made.texts.bos
    assert row[start - 1] == made.texts.question("")[-1]  # the newline between question and answer
    assert made.texts.text(row[start : start + end]) == "A"
    assert row[start + end - 1] == made.texts.eos
    assert batch["mask_loss"][0, start : start + end].all()
    assert batch["mask_loss"].sum() == end
    assert batch["image"].dtype == np.uint8


def test_it_learns_and_answers(tmp_path: Path) -> None:
    made = learner(tmp_path, steps=60, width=64, vision_width=64)
    batch = made.prepare(examples())
    losses = [float(made.step(batch, number).loss) for number in range(60)]
    assert losses[-1] < 0.1 < 1 < losses[0]
    assert made.answers(examples(4)) == ["A", "B", "C", "D"]
    assert made.answers(examples(11)) == [example.suffix for example in examples(11)]  # a part of a batch at the end
    assert made.loss(batch) == pytest.approx(losses[-1], abs=0.1)


def test_suffixes_are_never_looked_at(tmp_path: Path) -> None:
    made = learner(tmp_path)
    shown = made.answers(examples())
    assert made.answers([example._replace(suffix="nonsense") for example in examples()]) == shown


def test_a_row_that_is_longer_than_expected_is_learned_whole(tmp_path: Path) -> None:
    made = learner(tmp_path)
    long = [example._replace(suffix="ABCDABCDABCD"[: 4 + number]) for number, example in enumerate(examples())]
    batch = made.prepare(long)
    assert batch["mask_loss"].sum() == sum(len(made.texts.answer(example.suffix)) for example in long)
    made.set_max_lengths(Lengths(8, 14, 24))
    wanted = made.loss(made.prepare(long))
    made.set_max_lengths(Lengths(8, 6, 16))
    assert made.loss(batch) == pytest.approx(wanted, abs=1e-5)
    made.step(made.prepare(examples()), 0)
    made.step(batch, 1)  # a step of other shapes
    with pytest.raises(ModelError, match=r"row 0: .* do not fit into model\.text_tokens"):
        made.prepare([examples()[0]._replace(suffix="A" * 100)])


def test_room_is_made_for_longer_answers(tmp_path: Path) -> None:
    from synthink.train.open_model import allow_long_answers

    class Asked(list[Any]):
        name = "asked"

        def example(self, index: int) -> Any:
            return self[index]

    made = learner(tmp_path)
    allow_long_answers(made, [Asked([example._replace(suffix="A B C D A B C") for example in examples()])])
    assert made.lengths.suffix >= len(made.texts.answer("A B C D A B C"))
    assert len(made.answers(examples(2))) == 2


def test_answers_do_not_depend_on_the_batch(tmp_path: Path) -> None:
    made = learner(tmp_path, steps=30)
    batch = made.prepare(examples())
    for number in range(15):
        made.step(batch, number)
    longer = [
        example._replace(prefix="Which letter is circled?" if number % 2 else "Which letter?")
        for number, example in enumerate(examples())
    ]
    alone = [made.answers([example])[0] for example in longer]
    assert made.answers(longer) == alone


@pytest.mark.parametrize(
    ("parts", "learns"),
    [
        ("language", lambda name: name.startswith("llm/")),
        ("attention", lambda name: "attn/" in name or "MultiHeadDotProductAttention" in name),
        (r"head/kernel$", lambda name: name == "img/head/kernel"),
    ],
)
def test_only_the_parts_asked_for_learn(tmp_path: Path, parts: str, learns: Any) -> None:
    made = learner(tmp_path, parts=parts)
    before = {name: np.asarray(value) for name, value in made.params.items()}
    made.step(made.prepare(examples()), 3)
    changed = {name for name, value in made.params.items() if not np.array_equal(before[name], value)}
    assert changed
    assert all(learns(name) for name in changed)
    moments = sum(leaf.size for leaf in jax.tree.leaves(made.state) if leaf.ndim)
    assert moments == 2 * sum(value.size for name, value in before.items() if learns(name))


def test_bad_parts_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"trainer\.parts='nothing_like_it': no parameter"):
        learner(tmp_path, parts="nothing_like_it")
    with pytest.raises(ConfigError, match="no regular expression"):
        learner(tmp_path, parts="(")


def test_accumulating_is_the_same_step(tmp_path: Path) -> None:
    whole, parts = learner(tmp_path, optimiser="sgd"), learner(tmp_path, optimiser="sgd", accumulate=4)
    batch = whole.prepare(examples())
    one, other = whole.step(batch, 5), parts.step(batch, 5)
    assert float(one.loss) == pytest.approx(float(other.loss), abs=1e-5)
    assert float(one.gradient_norm) == pytest.approx(float(other.gradient_norm), rel=1e-4)
    for name in whole.params:
        np.testing.assert_allclose(whole.params[name], parts.params[name], atol=1e-6, err_msg=name)


def test_bfloat16_computes_alike_and_keeps_float32_weights(tmp_path: Path) -> None:
    exact, rough = learner(tmp_path), learner(tmp_path, precision="bfloat16")
    batch = exact.prepare(examples())
    one, other = exact.step(batch, 0), rough.step(batch, 0)
    assert float(one.loss) == pytest.approx(float(other.loss), abs=0.05)
    assert float(one.loss) != float(other.loss)
    assert {str(value.dtype) for value in rough.params.values()} == {"float32"}
    assert {str(leaf.dtype) for leaf in jax.tree.leaves(rough.state) if leaf.ndim} == {"float32"}
    assert len(rough.answers(examples(3))) == 3


def test_long_gradients_are_shortened(tmp_path: Path) -> None:
    made = learner(tmp_path, optimiser="sgd", clip_norm=0.001)
    before = {name: np.asarray(value) for name, value in made.params.items()}
    step = made.step(made.prepare(examples()), 5)
    moved = np.sqrt(sum(float(((before[name] - value) ** 2).sum()) for name, value in made.params.items()))
    assert float(step.gradient_norm) > 0.1
    assert moved == pytest.approx(0.001 * step.learning_rate, rel=0.02)


def test_the_same_seed_starts_the_same(tmp_path: Path) -> None:
    one, same, other = learner(tmp_path), learner(tmp_path), learner(tmp_path, seed=1)
    assert all(np.array_equal(one.params[name], same.params[name]) for name in one.params)
    assert any(not np.array_equal(one.params[name], other.params[name]) for name in one.params)


def test_what_computes_the_same_is_compiled_once(tmp_path: Path) -> None:
    """A run and its control, and jobs of a sweep over learning rates or seeds; nothing else."""
    one, two = learner(tmp_path), learner(tmp_path, seed=1, learning_rate=1e-5, steps=7)
    batch = one.prepare(examples())
    one.step(batch, 0)
    steps = compiled_steps(one.arithmetic)
    (step,) = steps.values()
    two.step(batch, 0)
    assert compiled_steps(two.arithmetic) is steps and list(steps.values()) == [step]
    for changed in ({"accumulate": 2}, {"beta2": 0.9}, {"clip_norm": 0.0}, {"precision": "bfloat16"}):
        assert learner(tmp_path, **changed).arithmetic != one.arithmetic
    learner(tmp_path, parts="language").step(batch, 0)
    assert len(steps) == 2, "what is frozen is an argument of another step"


def test_memory_is_told_before_the_first_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from synthink.train.big_vision import memory

    made = learner(tmp_path)
    batch = made.prepare(examples())
    assert "GiB of the device's" in made.memory(batch)
    analysis = next(iter(compiled_steps(made.arithmetic).values())).memory_analysis()
    fixed = analysis.argument_size_in_bytes + analysis.output_size_in_bytes - analysis.alias_size_in_bytes
    monkeypatch.setattr(memory, "device_bytes", lambda: fixed + analysis.temp_size_in_bytes // 2)
    with pytest.raises(ModelError, match=r"trainer\.batch_size=[1-4], or trainer\.accumulate=[2-8], would fit"):
        made.memory(batch)
    monkeypatch.setattr(memory, "device_bytes", lambda: 1000)
    with pytest.raises(ModelError, match="the weights alone do not fit"):
        made.memory(batch)


TWO_DEVICES = """
import json, sys
from pathlib import Path
from tests.train.big_vision.tiny import examples, learner
import jax
made = learner(Path(sys.argv[1]), width=256, mlp_dim=4096, heads=4)
batch = made.prepare(examples())
losses = [float(made.step(batch, number).loss) for number in range(4)]
parted = sum(len({str(shard.index) for shard in value.addressable_shards}) > 1 for value in made.params.values())
print(json.dumps([jax.device_count(), losses, made.answers(examples(5)), parted]))
"""


def test_several_devices_compute_the_same(tmp_path: Path) -> None:
    found = []
    for count in (1, 2):
        flags = f"--xla_force_host_platform_device_count={count}"
        done = python("-c", TWO_DEVICES, str(tmp_path), env=environment(XLA_FLAGS=flags))
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout.splitlines()[-1]))
    (one, losses, answers, _), (two, others, same, parted) = found
    assert (one, two) == (1, 2)
    np.testing.assert_allclose(losses, others, atol=2e-4)
    assert answers == same
    assert parted  # the large ones lie half on each
