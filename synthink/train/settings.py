"""What is trained and how: the fields of `model=...`, and what every `trainer=...` has and can do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from synthink.errors import ConfigError
from synthink.settings import Between, Settings
from synthink.train.learner import Learner

Count = Annotated[int, Between(1)]


class Model(Settings):
    """A vision-language model by its kind and its sizes; `conf/model` has the usual ones by name."""

    name: str
    """The name by which reports call the model."""
    kind: Literal["paligemma", "florence2"] = "paligemma"
    """The family of the model: paligemma stands for PaliGemma and PaliGemma 2."""
    image_px: Annotated[int, Between(8, 4096)] | None = None
    """The side of the square picture that the model sees, in pixels; None: the longer side of the dataset's pictures,
    rounded up to whole patches."""
    language: str = "gemma2_2b"
    """The variant of the language model, as big_vision names it: gemma_2b, gemma2_2b, ...; for Florence-2 bart_base or
    bart_large."""
    vision: str = "So400m/14"
    """The variant of the vision tower and, after the slash, the side of a patch in pixels."""
    vocab_size: Count | None = 257_152
    """The number of tokens that the model knows; None: as many as its tokenizer has."""
    width: Count | None = None
    """The width of the language model's layers; None: the variant's. With `depth`, `mlp_dim` and `heads` it makes a
    small model of the variant's kind."""
    depth: Count | None = None
    """The number of the language model's layers; None: the variant's."""
    mlp_dim: Count | None = None
    """The width of the language model's hidden feed-forward layers; None: the variant's."""
    heads: Count | None = None
    """The number of the language model's attention heads; None: the variant's."""
    kv_heads: Count | None = None
    """The number of the language model's heads for keys and values; None: the variant's."""
    vision_width: Count | None = None
    """The width of the vision tower's layers; None: the variant's."""
    vision_depth: Count | None = None
    """The number of the vision tower's layers; None: the variant's."""
    vision_mlp_dim: Count | None = None
    """The width of the vision tower's hidden feed-forward layers; None: the variant's."""
    vision_heads: Count | None = None
    """The number of the vision tower's attention heads; None: the variant's."""
    text_tokens: Count = 128
    """The largest number of tokens that a question and its answer may take together; a longer row is refused."""
    weights: str | None = None
    """The checkpoint to start from: a file (npz), a folder, or a name on the hub; None: random weights."""
    tokenizer: str | None = None
    """The sentencepiece file to use; None: the one next to the weights, or one made from the dataset's texts."""
    learning_rate: Annotated[float, Between(0, 10)] = 1e-5
    """The highest learning rate that suits the model; `trainer.learning_rate` takes precedence over it."""
    remat: bool = True
    """Whether activations are computed again in the backward pass, which is slower and needs less memory. Without it
    big_vision's layers are compiled one by one, which takes longer the more there are."""

    @property
    def patch_px(self) -> int:
        """The side of a patch in pixels. `ConfigError` where `vision` does not end in one."""
        side = self.vision.rpartition("/")[2]
        if not side.isdecimal() or int(side) < 1:
            raise ConfigError("model.vision", self.vision, "must end in the side of a patch in pixels, like mu/8")
        return int(side)

    def check_image_px(self, image_px: int) -> None:
        """`ConfigError` for a picture that is not a whole number of patches wide."""
        if image_px % self.patch_px:
            raise ConfigError("model.image_px", image_px, f"must be a multiple of the patch, {self.patch_px} px")

    def check_vocabulary(self, pieces: int) -> int:
        """The number of tokens of the model, whose tokenizer has `pieces`. `ConfigError` when they are too many."""
        size = self.vocab_size or pieces
        if pieces > size:
            raise ConfigError("model.vocab_size", size, f"is less than the {pieces} pieces of the tokenizer")
        return size

    def language_sizes(self, variant_heads: int) -> dict[str, int]:
        """The sizes of the language model that are set here and not by its variant, which has `variant_heads` heads.

        `ConfigError` for a width that the heads do not divide.
        """
        sizes = {"width": self.width, "depth": self.depth, "mlp_dim": self.mlp_dim}
        sizes |= {"heads": self.heads, "kv_heads": self.kv_heads}
        if self.width:
            heads = self.heads or variant_heads
            if self.width % heads:
                raise ConfigError("model.width", self.width, f"must be a multiple of model.heads, {heads}")
            sizes["head_dim"] = self.width // heads
        return {name: size for name, size in sizes.items() if size is not None}

    def vision_sizes(self) -> dict[str, int]:
        """The sizes of the vision tower that are set here and not by its variant."""
        sizes = {"width": self.vision_width, "depth": self.vision_depth}
        sizes |= {"mlp_dim": self.vision_mlp_dim, "heads": self.vision_heads}
        return {name: size for name, size in sizes.items() if size is not None}


class Trainer(Settings):
    """A way of training: the settings of `trainer=NAME`, and how a model is opened with them.

    A subclass adds the fields of its own, implements `open`, and becomes known by an entry point in
    `synthink.trainers`; the loop, checkpoints, metrics, evaluation and reports are the same for all.
    """

    name: ClassVar[str] = ""
    """The name of the entry point, by which `trainer=NAME` chooses the class."""
    RUNTIME_FIELDS: ClassVar[frozenset[str]] = frozenset(
        ["save_every", "save_minutes", "keep", "keep_last", "log_every", "threads", "tensorboard"]
    )
    """The fields that change nothing of what is learned: a run may go on with other values of them."""
    END_FIELDS: ClassVar[frozenset[str]] = frozenset(["steps", "seconds", "stop_at"])
    """The fields that say when a run ends: it goes on from its last checkpoint with other values of them."""
    LESS_MEMORY: ClassVar[str] = "a smaller model"
    """The remedy that error messages name when one row at a time does not fit into memory."""

    steps: Count = 1000
    """The number of optimiser steps. A run that has done them goes on when it is asked for more, with the learning rate
    of the longer run from there on."""
    batch_size: Count = 32
    """The number of rows from which one step learns."""
    accumulate: Count = 1
    """The number of parts into which a batch is split where it does not fit into memory; their gradients are summed."""
    learning_rate: Annotated[float, Between(0, 10)] | None = None
    """The highest learning rate of the run; None: the model's own."""
    warmup: Annotated[float, Between(0, 1)] = 0.1
    """The share of the steps in which the learning rate rises; after them it falls along a cosine."""
    optimiser: Literal["adam", "sgd"] = "adam"
    """The optimiser: Adam, or plain gradient descent, which keeps no state."""
    beta2: Annotated[float, Between(0.5, 0.99999)] = 0.999
    """Adam's decay of the squared gradients' running mean."""
    weight_decay: Annotated[float, Between(0, 1)] = 0.0
    """The share of each matrix, times the learning rate, that a step takes away; biases and norms do not decay."""
    clip_norm: Annotated[float, Between(0)] = 1.0
    """The largest norm of a gradient, to which longer ones are cut; 0: they are left as they are."""
    parts: str = "all"
    """The parameters that learn: `all`, `language`, `attention` (of both towers), or a regular expression over their
    names."""
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    """The precision of the arithmetic; weights are always float32. auto: bfloat16 on accelerators, else float32."""
    seconds: Annotated[float, Between(0)] | None = None
    """The time after which the run stops learning, in seconds; None: it does all its steps. With more of it, or None,
    the run goes on."""
    stop_at: Annotated[float, Between(0, 1)] | None = None
    """The validation score, 0 to 1, at which the run stops learning; None: it does all its steps."""
    curve_points: Annotated[int, Between(0, 1000)] = 10
    """The number of validations, spread evenly over the steps."""
    curve_rows: Count = 200
    """The number of validation rows that are answered each time."""
    save_every: Count = 1000
    """The largest number of steps between checkpoints; a run that was killed goes on from the last one."""
    save_minutes: Annotated[float, Between(0)] = 10.0
    """The longest time between checkpoints, in minutes."""
    keep: Annotated[int, Between(1, 100)] = 2
    """The number of checkpoints that are kept while the run goes on."""
    keep_last: bool = True
    """Whether the last checkpoint, about three times as large as the model, stays when the run is done, so that it can
    go on."""
    log_every: Count = 20
    """The number of steps that one line of `metrics.jsonl` sums up."""
    threads: Count = 4
    """The number of threads that read rows ahead, or of processes that draw them."""
    stream: bool = False
    """Whether the rows of `generator=...` are drawn while training, each once, in place of a dataset's."""
    tensorboard: bool = True
    """Whether the run writes its metrics for TensorBoard, too, where tensorboardX is installed."""

    def check(self) -> None:
        if self.batch_size % self.accumulate:
            raise ConfigError("accumulate", self.accumulate, f"must divide batch_size, which is {self.batch_size}")

    def check_installed(self) -> None:
        """Raise `ModelError` with what to type when something is missing that this trainer needs.

        It is called before anything is written, and may set up what must be set up before the first import.
        """

    def brings_own_tokenizer(self, weights: Path | str | None) -> bool:
        """Whether a tokenizer comes with the weights, so that no sentencepiece file has to be found or made."""
        return False

    def open(
        self, model: Model, tokenizer: Path | None, image_px: int, seed: int, weights: Path | str | None
    ) -> Learner:
        """Open a model that is ready to learn and to answer.

        tokenizer: a sentencepiece file; None where `brings_own_tokenizer`. image_px: the side of the pictures that the
        model sees. seed: that of the random weights. weights: a file, a name on the hub, or a folder, for instance one
        that the learner's own `export` wrote; None: random weights. Raises `ModelError` for what is missing or does not
        fit.
        """
        raise NotImplementedError

    def with_runtime_fields_of(self, other: Trainer) -> Self:
        """These settings with the runtime fields that `other` sets; those that it leaves at their defaults stay."""
        if type(other) is not type(self):
            return self
        changed = {name: getattr(other, name) for name in self.RUNTIME_FIELDS if hasattr(other, name)}
        defaults = type(self)()
        return replace(self, **{name: value for name, value in changed.items() if value != getattr(defaults, name)})
