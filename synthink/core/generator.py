"""The base class of every generator, and what it is handed to draw a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from synthink.core.columns import check_columns
from synthink.core.sample import RESERVED_COLUMNS, Sample
from synthink.draw.geometry import Points
from synthink.errors import ConfigError
from synthink.settings import Settings, field_types
from synthink.streams import Stream, StreamKey

if TYPE_CHECKING:
    from synthink.assets.fonts.fonts import FontPool
    from synthink.assets.words.words import WordPool

RESERVED_FIELDS = frozenset(
    [
        "seed",
        "split",
        "splits",
        "size",
        "output",
        "shares",
        "split_seed",
        "format",
        "shard_size",
        "licence",
        "workers",
        "executor",
        "overwrite",
        "source",
        "progress",
        "from",
        "generator",
        "experiment",
        "hydra",
        "name",
        "version",
        "columns",
        "split_columns",
        "balance_columns",
        "answer_class",
        "answer_shapes",
        "in_domain",
        "chance",
        "errors",
    ]
)
"""Names that options of the commands and the API have, or the class itself."""


class Split:
    """One split as a generator sees it: its name and its own words, fonts, documents."""

    __slots__ = ("__weakref__", "_key", "name", "pools")

    def __init__(self, name: str, pools: Mapping[str, Any], key: StreamKey) -> None:
        self.name = name
        self.pools = pools
        self._key = key

    def inside(self, pools: Mapping[str, Any], *path: str | int) -> Split:
        """The split as a part of a mixture sees it."""
        return Split(self.name, pools, self._key.inside(*path))

    def context(self, index: int, signal: bool = True) -> DrawContext:
        """What a generator is handed for row `index`."""
        return DrawContext(self._key, self, index, signal)

    def stream(self, name: str) -> Stream:
        """A random stream that all rows of the split share; it starts anew at every call."""
        return self._key.stream("split", name)

    def __str__(self) -> str:
        return self.name

    def asset(self, field: str) -> Any:
        """What this split draws from, by the name of the generator's field (an `AssetSpec`)."""
        try:
            return self.pools[field]
        except KeyError:
            raise ConfigError(field, None, f"this generator has no asset field {field!r}") from None

    @property
    def words(self) -> WordPool:
        """The pool of the field `words`."""
        pool: WordPool = self.asset("words")
        return pool

    @property
    def fonts(self) -> FontPool:
        """The pool of the field `fonts`."""
        pool: FontPool = self.asset("fonts")
        return pool


class DrawContext:
    """Everything that a row may depend on besides the generator's fields.

    index: the row's number in its split. signal: False asks for the same row without its mark or ink, everything else
    unchanged: the trainer's control.
    """

    __slots__ = ("_key", "_streams", "assets", "index", "signal")

    def __init__(self, key: StreamKey, assets: Split, index: int, signal: bool = True) -> None:
        self._key = key
        self._streams: dict[str, Stream] = {}
        self.assets = assets
        self.index = index
        self.signal = signal

    @property
    def split(self) -> str:
        """The split's name."""
        return self.assets.name

    @property
    def words(self) -> WordPool:
        """The split's own words."""
        return self.assets.words

    @property
    def fonts(self) -> FontPool:
        """The split's own fonts."""
        return self.assets.fonts

    def inside(self, assets: Split) -> DrawContext:
        """The same row for a part of a mixture."""
        return assets.context(self.index, self.signal)

    def stream(self, name: str) -> Stream:
        """This row's random stream of that name; asking again goes on where it was."""
        stream = self._streams.get(name)
        if stream is None:
            stream = self._streams[name] = self._key.stream(self.index, name)
        return stream


class Generator(Settings):
    """Draws rows. Subclass it, annotate fields with defaults, write `draw`; see the README for 25 lines that work.

    A subclass becomes a frozen keyword-only dataclass by itself. `generator[i]` may depend on the fields and on what
    `ctx` gives (index, split, assets, named streams), and on nothing else: no clock, no other random source, no state.
    """

    name: ClassVar[str] = ""
    """What users type; the class's name in snake case unless given."""
    version: ClassVar[int] = 1
    """Raise it whenever the same fields and seed would draw something else."""
    columns: ClassVar[Mapping[str, Any]] = {}
    """Annotation name -> type: str, int, float, bool, Box, Quad, InkPoint, list[...] of these; `| None` where a row may
    lack it."""
    split_columns: ClassVar[Mapping[str, str]] = {}
    """Asset field -> the column that holds what must not occur in two splits: `{"words": "word"}`."""

    balance_columns: ClassVar[tuple[str, ...]] = ()
    """Columns of few values whose shares `synthink verify` reports."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()
        for taken in RESERVED_COLUMNS:
            if isinstance(cls.columns, Mapping) and taken in cls.columns:
                raise TypeError(f"{cls.__name__}.columns: {taken!r} is in every row already")
        for field in (each.name for each in fields(cls)):
            if field in RESERVED_FIELDS:
                raise TypeError(f"{cls.__name__}.{field}: the name is reserved")
        if isinstance(cls.columns, Mapping):
            check_columns(cls.columns)

    def draw(self, ctx: DrawContext) -> Sample:
        """The row that `ctx` asks for."""
        raise NotImplementedError(f"{type(self).__name__} has no method draw")

    def drawn_by(self, annotations: Mapping[str, Any]) -> Generator:
        """The generator that drew a row: itself, or a part of a mixture."""
        return self

    def ready(self, split: Split) -> None:
        """Called once before a split's first row: refuse fields and assets that cannot work together."""

    def illustrations(self, ctx: DrawContext) -> dict[str, Any]:
        """Pictures that `synthink preview` shows beside a row, by name: (H, W, 3) uint8 arrays."""
        return {}

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        """How good a model's answer is, each figure 0..1; `correct` is the one that reports lead with."""
        return {"correct": float(answer.strip() == sample.suffix)}

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        """The class that an answer names, for confusion matrices: `<none>` where it names none, None where the task
        has no classes."""
        return None

    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether an answer has the form of an answer, right or wrong: one letter, a label that can be read."""
        return bool(answer.strip())

    def chance(self, sample: Sample) -> float | None:
        """How often the best guess is `correct` for somebody who sees the row without its signal; None: not known."""
        return None

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        """How far off an answer is, 0 for the truth: `cer`, `distance_px`. An answer that cannot be read gets the
        error of one that says nothing, so that it never makes a mean better."""
        return {}

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """What an answer points at, in the picture's pixels: lines of (N, 2) points, closed where they end as they
        begin. Reports draw them."""
        return []

    def rows(self, split: Split) -> int | None:
        """How many rows a split has when they are enumerated; None when there is no end to them."""
        return None

    @classmethod
    def summary(cls) -> str:
        """One line for `synthink list`: the docstring's first."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    def asset_fields(self) -> dict[str, Any]:
        """Field name -> `AssetSpec` of the fields that name assets and are used."""
        from synthink.core.assets import AssetSpec

        values = {name: getattr(self, name) for name in field_types(type(self))}
        return {name: value for name, value in values.items() if isinstance(value, AssetSpec) and value.is_used}
