"""How a model is trained: the fields of `trainer=...` and of `model=...`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from synthink.errors import ConfigError
from synthink.settings import Between, Settings

Count = Annotated[int, Between(1)]


class Model(Settings):
    """A model by its measures; `conf/model` has them by name."""

    name: str
    kind: Literal["paligemma", "florence2"] = "paligemma"
    image_px: Annotated[int, Between(8, 4096)] | None = None
    """Side of the square picture that the model sees; None: that of the dataset's pictures."""
    language: str = "gemma2_2b"
    """big_vision's variant of Gemma."""
    vision: str = "So400m/14"
    """big_vision's variant of ViT, and the side of a patch."""
    vocab_size: Count | None = 257_152
    """Tokens; None: as many as the tokenizer has."""
    width: Count | None = None
    """Of the language model; with `depth`, `mlp_dim` and `heads` it makes a small model of the variant's kind."""
    depth: Count | None = None
    mlp_dim: Count | None = None
    heads: Count | None = None
    kv_heads: Count | None = None
    vision_width: Count | None = None
    vision_depth: Count | None = None
    vision_mlp_dim: Count | None = None
    vision_heads: Count | None = None
    text_tokens: Count = 128
    """Most tokens of question and answer together."""
    weights: str | None = None
    """A checkpoint file (npz), a folder, or a name on the hub; None: from scratch."""
    tokenizer: str | None = None
    """A sentencepiece file; None: the one beside the weights, or one made from the dataset's texts."""
    learning_rate: Annotated[float, Between(0, 10)] = 1e-5
    """Used unless `trainer.learning_rate` is given."""
    remat: bool = True
    """Compute activations again on the way back: slower, and needs less memory."""


class Trainer(Settings):
    """What every backend has."""

    name: ClassVar[str] = ""
    runtime_fields: ClassVar[frozenset[str]] = frozenset(
        ["save_every", "save_minutes", "keep", "log_every", "threads", "tensorboard", "big_vision"]
    )
    """Fields that change nothing of what is learned: a run may go on with others."""

    steps: Count = 1000
    batch_size: Count = 32
    accumulate: Count = 1
    """Parts in which a batch is worked off, where it does not fit into memory."""
    learning_rate: Annotated[float, Between(0, 10)] | None = None
    """At its highest; None: the model's own."""
    warmup: Annotated[float, Between(0, 1)] = 0.1
    """Share of the steps in which the rate rises; then it falls along a cosine."""
    optimiser: Literal["adam", "sgd"] = "adam"
    beta2: Annotated[float, Between(0.5, 0.99999)] = 0.999
    weight_decay: Annotated[float, Between(0, 1)] = 0.0
    clip_norm: Annotated[float, Between(0)] = 1.0
    """Gradients longer than this are shortened to it; 0: never."""
    parts: str = "all"
    """What learns: `all`, `language`, `attention` (of both towers), or a regular expression of parameter names."""
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    """Of the arithmetic; weights are float32 always. auto: bfloat16 on accelerators."""
    seconds: Annotated[float, Between(0)] | None = None
    """Stop learning after so long, wherever it is."""
    stop_at: Annotated[float, Between(0, 1)] | None = None
    """Stop when the score on `curve_rows` rows of the validation split reaches this."""
    curve_points: Annotated[int, Between(0, 1000)] = 10
    """How often, evenly over the steps, the validation split is looked at."""
    curve_rows: Count = 200
    """Rows of the validation split that are answered each time."""
    save_every: Count = 1000
    """Most steps from one checkpoint to the next; a run that was killed goes on from the last."""
    save_minutes: Annotated[float, Between(0)] = 10.0
    """Most minutes from one checkpoint to the next."""
    keep: Annotated[int, Between(1, 100)] = 2
    """Checkpoints kept while a run is under way."""
    log_every: Count = 20
    threads: Count = 4
    """That read and encode rows ahead."""
    stream: bool = False
    """Draw the rows of `generator=...` while training, each once, in place of a dataset's."""
    tensorboard: bool = True

    def check(self) -> None:
        if self.batch_size % self.accumulate:
            raise ConfigError("accumulate", self.accumulate, f"must divide batch_size, which is {self.batch_size}")


class BigVision(Trainer):
    """big_vision's PaliGemma in this process, without TensorFlow."""

    name = "big_vision"

    big_vision: str | None = None
    """A checkout of github.com/google-research/big_vision; None: the one on PYTHONPATH."""


class Transformers(Trainer):
    """PaliGemma, PaliGemma 2 and Florence-2 as transformers has them."""

    name = "transformers"

    adapter: Literal["none", "lora", "qlora"] = "none"
    """lora: small matrices beside frozen ones; qlora: the frozen ones in 4 bits (nf4)."""
    lora_rank: Count = 8
    lora_alpha: Count = 8
    freeze_vision: bool = False
    """The picture's tower, and what joins it to the language model, stay as they are; with an adapter always."""
    schedule: Literal["cosine", "linear"] = "cosine"
    """How the rate falls once it has risen."""
    merge: bool = False
    """Export the model with its adapter worked in; else the adapter alone, where the model came from a checkpoint."""
    export_precision: Literal["float32", "bfloat16"] = "float32"
    """Of exported weights."""
    device: str | None = None
    """torch's name of a device; None: the first accelerator, or the processor."""
