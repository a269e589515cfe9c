"""A PaliGemma that learns: one compiled step over float32 weights, and greedy decoding."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from synthink.errors import ConfigError, ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import pixels
from synthink.train.big_vision import network, weights
from synthink.train.big_vision.arithmetic import Arithmetic, Batch, cast, compiled_loss, compiled_steps
from synthink.train.big_vision.importing import BigVisionModules
from synthink.train.big_vision.memory import is_exhausted, step_memory
from synthink.train.big_vision.optimiser import trainable_names
from synthink.train.data.preflight import check_length
from synthink.train.data.tokens import Tokens
from synthink.train.learner import Lengths, Step
from synthink.train.memory import out_of_memory
from synthink.train.optimisation import highest_rate, learning_rate
from synthink.train.settings import Model, Trainer


class BigVisionLearner:
    """A `Learner` on all devices that jax sees. Parameters are float32 by name; frozen ones have no gradients."""

    def __init__(
        self,
        bv: BigVisionModules,
        model: Model,
        trainer: Trainer,
        tokenizer: Path,
        image_px: int,
        seed: int,
        weights_file: Path | None,
    ) -> None:
        """weights_file: None for a random start. Raises `ModelError` for what is missing or does not fit."""
        import jax

        gc.collect()  # an earlier learner refers to itself, and holds the device's memory until it is collected
        self.bv, self.model, self.trainer, self.image_px, self.seed = bv, model, trainer, image_px, seed
        self.name = model.name
        self.texts = Tokens(tokenizer, model.text_tokens)
        self.lengths = Lengths(model.text_tokens, model.text_tokens, model.text_tokens)
        accelerated = jax.default_backend() != "cpu"
        self.dtype = (
            "bfloat16"
            if trainer.precision == "bfloat16" or (trainer.precision == "auto" and accelerated)
            else "float32"
        )
        vocab = model.check_vocabulary(self.texts.size)
        model.check_image_px(image_px)
        self.module, initial = (
            network.build(self.bv, model, vocab, dtype, scratch=weights_file is None)
            for dtype in (self.dtype, "float32")  # parameters are made in float32, whatever computes with them
        )
        shapes = self._named(network.shapes(initial, image_px))
        self.parameters = sum(int(np.prod(value.shape)) for value in shapes.values())
        self._trainable = trainable_names(shapes, trainer.parts)
        with out_of_memory(trainer, is_exhausted, None):
            self.params: dict[str, Any] = self._placed(self._initial(initial, shapes, weights_file))
        learning = self.module if model.remat else network.unrolled(self.module)
        self.arithmetic = Arithmetic.of(learning, self.dtype, trainer)
        self.transform = self.arithmetic.transform()
        self._layout: Any = None  # shapes, types and places of parameters and state, for `restore`

    def _initial(self, module: Any, shapes: Mapping[str, Any], file: Path | None) -> dict[str, Any]:
        """The parameters to start from, in float32 whatever the file has."""
        if file is None:
            return self._named(network.initialise(module, self.image_px, self.seed))
        weights.check(file, {name: tuple(value.shape) for name, value in shapes.items()})
        if ":" in str(file):
            raise ModelError(f"{file}: big_vision takes a colon in a path for something else; move the file")
        config = {"img": dict(self.module.img), "llm": dict(self.module.llm)}
        np.random.seed(self.seed)
        try:
            loaded = self.bv.paligemma.load(self._tree(shapes), str(file.resolve()), _Config(config))
        except (OSError, EOFError, ValueError, BadZipFile) as error:  # numpy's reader, on damaged data behind a header
            raise ModelError(f"{file}: cannot be read: {error}") from None
        return {name: np.asarray(value, np.float32) for name, value in self._named(loaded).items()}

    # --- the layout of parameters -------------------------------------------------------------------------------------

    def _named(self, tree: Any) -> dict[str, Any]:
        import flax

        return dict(flax.traverse_util.flatten_dict(tree, sep="/"))

    def _tree(self, named: Mapping[str, Any]) -> Any:
        import flax

        return flax.traverse_util.unflatten_dict(dict(named), sep="/")

    def _split(self, params: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The parameters that learn, and the frozen ones."""
        trainable = {name: value for name, value in params.items() if name in self._trainable}
        return trainable, {name: value for name, value in params.items() if name not in self._trainable}

    @cached_property
    def mesh(self) -> Any:
        import jax

        return jax.sharding.Mesh(np.asarray(jax.devices()), ("data",))

    def _placed(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters on the devices: large ones in parts, one a device."""
        import jax
        import jax.numpy as jnp

        if jax.device_count() == 1:
            return {name: jnp.asarray(value) for name, value in params.items()}
        layout = self.bv.sharding.infer_sharding(dict(params), [(".*", 'fsdp(axis="data")')], self.mesh)
        return {name: jax.device_put(value, layout[name]) for name, value in params.items()}

    @cached_property
    def state(self) -> Any:
        """The optimiser's state, laid out over the devices like the parameters. A model that only answers has none: it
        would need three times the memory."""
        import jax

        trainable = self._split(self.params)[0]
        if jax.device_count() == 1:
            return jax.jit(self.transform.init)(trainable)
        like = jax.eval_shape(self.transform.init, trainable)
        layout = self.bv.sharding.infer_sharding(like, [(".*", 'fsdp(axis="data")')], self.mesh)
        return jax.jit(self.transform.init, out_shardings=layout)(trainable)

    def _to_devices(self, batch: Batch) -> Batch:
        import jax

        if jax.device_count() == 1:
            return jax.device_put(batch)  # type: ignore[no-any-return]
        if len(batch["image"]) % jax.device_count():
            raise ConfigError("trainer.batch_size", len(batch["image"]), f"must divide by {jax.device_count()} devices")
        return jax.device_put(batch, jax.sharding.NamedSharding(self.mesh, jax.sharding.PartitionSpec("data")))  # type: ignore[no-any-return]

    # --- learning -----------------------------------------------------------------------------------------------------

    def set_max_lengths(self, lengths: Lengths) -> None:
        """Set the largest lengths that rows will have: batches are padded to them, and to no more."""
        self.lengths = lengths

    def prepare(self, examples: Sequence[Example]) -> Batch:
        rows = []
        for example in examples:
            check_length(example, self.texts.encoded(example.prefix, example.suffix), self.texts.limit)
            rows.append((self.texts.question(example.prefix), self.texts.answer(example.suffix)))
        longest, limit = self.lengths, self.texts.limit
        if any(
            len(answer) > longest.suffix or len(question) + len(answer) > longest.total for question, answer in rows
        ):
            longest = Lengths(limit, limit, limit)  # a row of a stream, which was not drawn before
        count, width = len(rows), longest.total + 1  # the loss looks one token ahead
        text, mask_ar = np.zeros((count, width), np.int32), np.ones((count, width), np.int32)
        mask_loss, places = np.zeros((count, width), np.float32), np.zeros((count, longest.suffix), np.int32)
        for number, (question, answer) in enumerate(rows):
            end = len(question) + len(answer)
            text[number, :end] = question + answer
            mask_ar[number, : len(question)] = 0
            mask_loss[number, len(question) : end] = 1
            places[number, : len(answer)] = np.arange(len(question), end) - 1
        image = np.stack([pixels(example.image, self.image_px, example.id) for example in examples])
        return {"image": image, "text": text, "mask_ar": mask_ar, "mask_loss": mask_loss, "places": places}

    def step(self, batch: Batch, number: int) -> Step:
        rate = learning_rate(self.trainer, highest_rate(self.model, self.trainer), number)
        trainable, frozen = self._split(self.params)
        tokens = int(batch["mask_loss"].sum())
        with self._memory_errors(batch):
            arguments = trainable, self.state, frozen, self._to_devices(batch), np.float32(rate)
            trainable, self.state, loss, norm = self._compiled(arguments)(*arguments)
        self.params = {**frozen, **trainable}
        return Step(loss, norm, rate, tokens)

    def _memory_errors(self, batch: Batch) -> AbstractContextManager[None]:
        return out_of_memory(self.trainer, is_exhausted, len(batch["image"]))

    def _compiled(self, arguments: tuple[Any, ...]) -> Any:
        """The step for arguments of these shapes, compiled once; weights and state come out where they went in."""
        import jax

        trainable, _, _, batch, _ = arguments
        steps, key = (
            compiled_steps(self.arithmetic),
            (self.image_px, frozenset(trainable), *batch["text"].shape, batch["places"].shape),
        )
        if key not in steps:
            layout = jax.tree.map(lambda value: value.sharding, arguments[:2])
            several = {"out_shardings": (*layout, None, None)} if jax.device_count() > 1 else {}
            step = jax.jit(self.arithmetic.update, donate_argnums=(0, 1), **several)
            steps[key] = step.lower(*arguments).compile()
        return steps[key]

    def loss(self, batch: Batch) -> float:
        with self._memory_errors(batch):
            trainable, frozen = self._split(self.params)
            return float(compiled_loss(self.arithmetic)(trainable, self._to_devices(batch), frozen))

    def memory(self, batch: Batch) -> str:
        """The memory that a step needs and that the device has, in words. `ModelError` when it does not fit."""
        import jax

        trainable, frozen = self._split(self.params)
        with self._memory_errors(batch):
            compiled = self._compiled((trainable, self.state, frozen, self._to_devices(batch), np.float32(0)))
        gradient_bytes = sum(int(value.nbytes) for value in trainable.values()) // int(jax.device_count())
        return step_memory(compiled, len(batch["image"]), self.trainer.accumulate, gradient_bytes)

    # --- answering ----------------------------------------------------------------------------------------------------

    def answers(self, examples: Sequence[Example]) -> list[str]:
        import jax

        count = jax.device_count()
        batch_size = -(-self.trainer.batch_size // self.trainer.accumulate // count) * count
        decode = self.bv.predict_fns.get_all(self.module)["decode"]
        params = self.params
        if self.dtype != "float32":
            params = jax.jit(cast, static_argnums=1)(params, self.dtype)
        params = self._tree(params)
        answers: list[str] = []
        for start in range(0, len(examples), batch_size):
            part = list(examples[start : start + batch_size])
            with out_of_memory(self.trainer, is_exhausted, self.trainer.batch_size):
                tokens = np.asarray(
                    decode(
                        {"params": params},
                        self._questions(part, batch_size),
                        devices=jax.devices(),
                        eos_token=self.texts.eos,
                        max_decode_len=self.lengths.suffix,
                        sampler="greedy",
                    )
                )
            answers += [self.texts.text(row) for row in tokens[: len(part)]]
        return answers

    def _questions(self, examples: Sequence[Example], batch_size: int) -> Batch:
        """Questions, padded to one shape so that it is compiled once; `_mask` tells which are real."""
        import jax.numpy as jnp

        width = self.lengths.prefix
        text, mask = np.zeros((batch_size, width), np.int32), np.zeros((batch_size, width), np.int32)
        image = np.zeros((batch_size, self.image_px, self.image_px, 3), np.uint8)
        for number, example in enumerate(examples):
            question = self.texts.question(example.prefix)
            if len(question) > width:
                if len(question) > self.texts.limit:
                    raise ModelError(f"{example.id}: a question of {len(question)} tokens is too long for the model")
                self.lengths = self.lengths._replace(prefix=self.texts.limit)
                return self._questions(examples, batch_size)
            text[number, : len(question)], mask[number, : len(question)] = question, 1
            image[number] = pixels(example.image, self.image_px, example.id)
        mask[len(examples) :, :1] = 1  # an empty text has no last token
        real = np.arange(batch_size) < len(examples)
        batch = self._to_devices({"image": image, "text": text, "mask_ar": 1 - mask, "mask_input": mask, "_mask": real})
        return {**batch, "image": network.scaled(batch["image"]), "mask_input": batch["mask_input"].astype(jnp.bool_)}

    # --- files --------------------------------------------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        import orbax.checkpoint as ocp

        with ocp.StandardCheckpointer() as checkpointer:
            checkpointer.save(folder.resolve() / "state", {"params": self.params, "optimiser": self.state})

    def restore(self, folder: Path) -> None:
        import jax
        import orbax.checkpoint as ocp

        if self._layout is None:  # kept, since an attempt that fails leaves no weights behind
            values = {"params": self.params, "optimiser": self.state}
            self._layout = jax.tree.map(ocp.utils.to_shape_dtype_struct, values)
        self.params, self.state = {}, None  # what is read takes their place: there is no room for both
        with ocp.StandardCheckpointer() as checkpointer:
            try:
                checkpoint = checkpointer.restore(folder.resolve() / "state", self._layout)
            except (OSError, ValueError, KeyError) as error:
                raise ModelError(f"{folder}: the run cannot be resumed from it: {str(error).splitlines()[0]}") from None
        self.params, self.state = checkpoint["params"], checkpoint["optimiser"]

    def export(self, folder: Path) -> None:
        import jax

        folder.mkdir(parents=True, exist_ok=True)
        weights.save(folder / weights.CHECKPOINT, jax.device_get(self.params))


class _Config(dict[str, Any]):
    """A mapping whose keys are attributes too, as big_vision's loaders take it."""

    def __getattr__(self, name: str) -> Any:
        return self[name]
