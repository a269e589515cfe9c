"""The base class of every generator, and what it is handed to draw a row."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast

from synthink.camera.camera import Camera
from synthink.camera.optics import WiderPicture
from synthink.camera.photo import Photo, photograph
from synthink.core.assets import AssetSpec, Pool
from synthink.core.code_file import reduced
from synthink.core.columns import OTHER_COLUMNS, check_columns
from synthink.core.sample import RESERVED_COLUMNS, Sample
from synthink.draw.geometry import Points
from synthink.draw.picture import Picture
from synthink.draw.scene import Scene
from synthink.errors import ConfigError, check_kind, quoted
from synthink.settings import Settings, field_types
from synthink.streams import Stream, StreamKey

RESERVED_FIELDS = frozenset(
    (
        *("seed", "split", "splits", "size", "output", "shares", "split_seed", "format", "shard_size", "licence"),
        *("workers", "executor", "overwrite", "source", "sources", "progress", "from", "generator", "experiment"),
        *("like", "code", "hydra"),
    )
)
"""Names that a field cannot have, because options of the commands and of the API have them. Nor can it have the name of
anything that `Generator` itself has."""


class Pools(Mapping[str, Any]):
    """Asset field -> what a split draws from, made when it is first asked for."""

    def __init__(self, fields: Collection[str], make: Callable[[str], Any]) -> None:
        self._fields, self._make = fields, make
        self._pools: dict[str, Any] = {}

    def __getitem__(self, field: str) -> Any:
        if field not in self._pools:
            self._pools[field] = self._make(field)
        return self._pools[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


class Split:
    """One split as a generator sees it: its name, and the words, fonts and documents that belong to it."""

    __slots__ = ("__weakref__", "_key", "_specs", "name", "pools")

    def __init__(
        self, name: str, specs: Mapping[str, AssetSpec[Any]], pools: Mapping[str, Any], key: StreamKey
    ) -> None:
        self.name = name
        self.pools = pools
        """Asset field -> what this split draws from."""
        self._specs = specs
        self._key = key

    def __str__(self) -> str:
        return self.name

    def pool(self, spec: AssetSpec[Pool]) -> Pool:
        """The pool that this split draws from for one of the generator's asset fields: `split.pool(self.words)` is a
        `WordPool`.

        Raises `ConfigError` when the generator has no such field, or when the field names nothing to open.
        """
        # The field's own value first: comparing settings takes longer than drawing a word.
        known = self._specs.items()
        field = next((name for name, value in known if value is spec), None) or next(
            (name for name, value in known if type(value) is type(spec) and value == spec), None
        )
        if field is None:
            raise ConfigError(type(spec).__name__, spec.plain(), "is the value of no asset field of this generator")
        pool: Pool = self.pools[field]
        return pool

    def stream(self, name: str) -> Stream:
        """A random stream that all rows of the split share; it starts anew at every call."""
        return self._key.stream("split", name)

    def context(self, index: int, control: bool = False) -> DrawContext:
        """The context with which a generator draws row `index`; `control` asks for the row without its mark or ink."""
        return DrawContext(self._key, self, index, control)

    def inside(self, specs: Mapping[str, AssetSpec[Any]], pools: Mapping[str, Any], *path: str | int) -> Split:
        """The split as a part of a mixture sees it."""
        return Split(self.name, specs, pools, self._key.inside(*path))


class DrawContext:
    """Everything that a row may depend on besides the generator's fields.

    index: the row's number in its split. split: the row's `Split`; `split.name` is its name. control: whether to leave
    out the row's mark or ink and nothing else, so that a model can be trained and asked on pictures without it.
    """

    __slots__ = ("_key", "_streams", "control", "index", "split")

    def __init__(self, key: StreamKey, split: Split, index: int, control: bool = False) -> None:
        self._key = key
        self._streams: dict[str, Stream] = {}
        self.split = split
        self.index = index
        self.control = control

    @property
    def signal(self) -> bool:
        """Whether to draw what the question is about, the mark or the ink: the opposite of `control`."""
        return not self.control

    def pool(self, spec: AssetSpec[Pool]) -> Pool:
        """The pool of this row's split for one of the generator's asset fields, such as `ctx.pool(self.words)`."""
        return self.split.pool(spec)

    def stream(self, name: str) -> Stream:
        """This row's random stream of that name; asking again goes on where it was."""
        stream = self._streams.get(name)
        if stream is None:
            stream = self._streams[name] = self._key.stream(self.index, name)
        return stream

    def photograph(self, scene: Scene | Picture | WiderPicture, camera: Camera) -> Photo:
        """Draw a scene, or take what was drawn already, and take its picture; labels are read off the photo.

        Layers with `signal=True` are left out of a control; the camera's random choices come from the stream `camera`.
        """
        stream = None if camera.is_off else self.stream("camera")
        return photograph(scene, camera, stream, self.control)

    def picture(self, rows: int) -> DrawContext:
        """The context that draws the picture which so many rows, one after the other, share: each asks something else
        about it. Its `index` is the picture's number, for a column `picture_number`."""
        return self.split.context(self.index // rows, self.control)

    def inside(self, split: Split) -> DrawContext:
        """The context of this row for a part of a mixture."""
        return split.context(self.index, self.control)


Method = TypeVar("Method", bound=Callable[..., Any])
ABOUT_SAMPLES = frozenset(("score", "answer_class", "part_classes", "in_domain", "chance", "errors", "answer_shapes"))
"""The methods of a generator that are about a sample, and an answer to it."""
_ARGUMENTS = {"sample": (Sample, "a Sample; synthink.Sample.from_row makes one of a row"), "answer": (str, "text")}


def about_sample(method: Method) -> Method:
    """Have such a method refuse with `ConfigError` what is no sample, and answers that are no texts."""

    @functools.wraps(method)
    def checked(generator: Generator, *arguments: Any, **named: Any) -> Any:
        for name, value in (*zip(_ARGUMENTS, arguments, strict=False), *named.items()):
            if name in _ARGUMENTS:
                check_kind(name, value, *_ARGUMENTS[name])
        return method(generator, *arguments, **named)

    return cast(Method, checked)


class Generator(Settings):
    """A generator, which draws rows. Subclass it, annotate fields with defaults, write `draw`; see the README for 25
    lines that work.

    A subclass becomes a frozen keyword-only dataclass by itself. `generator[i]` may depend on the fields and on what
    `ctx` gives (index, split, assets, named streams), and on nothing else: no clock, no other random source, no state.
    """

    name: ClassVar[str] = ""
    """The name that users type; the class's name in snake case unless it is set."""
    version: ClassVar[int] = 1
    """Raise it whenever the same fields and seed would draw something else."""
    columns: ClassVar[Mapping[str, Any]] = {}
    """Annotation name -> type: str, int, float, bool, Box, Quad, InkPoint, list[...] of these; `| None` where a row may
    lack it."""
    split_columns: ClassVar[Mapping[str, str]] = {}
    """Asset field -> the column that holds what must not occur in two splits: `{"words": "word"}`."""

    balance_columns: ClassVar[tuple[str, ...]] = ()
    """Columns of few values whose shares `synthink verify` and the dataset's card report."""
    difficulty_columns: ClassVar[tuple[str, ...]] = ()
    """Columns that tell how hard a row is, whose spread the dataset's card shows: of boxes the shorter side of the
    smallest, of numbers the size, of texts the characters, of other lists the items."""
    column_meanings: ClassVar[Mapping[str, str]] = {}
    """Column -> its meaning and unit in a phrase, for the dataset's card: `{"dots": "the box around each dot"}`. It
    need not name all columns, and may name some that a configuration lacks."""
    box_texts: ClassVar[Mapping[str, str]] = {}
    """Column of boxes -> the column of the text that stands in each of them, for exports: `{"word_boxes": "words"}`."""
    box_classes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Column of boxes -> the classes of its boxes, which are their texts: `{"place_boxes": tuple("0123456789")}`. The
    boxes of any other column are of one class, which has the column's name: `word` for `word_boxes`."""
    prompt_language: ClassVar[str] = ""
    """The language of questions and answers by default, as an ISO code such as `en`, for the dataset's card."""
    known_limits: ClassVar[tuple[str, ...]] = ()
    """Sentences for the dataset's card about what its rows lack or cannot teach."""
    refusals: ClassVar[Mapping[str, str]] = {}
    """Asset field -> the sentence with which a generator that was read from a manifest refuses to have it opened."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()
        for taken in (*RESERVED_COLUMNS, OTHER_COLUMNS):
            if isinstance(cls.columns, Mapping) and taken in cls.columns:
                raise TypeError(f"{cls.__name__}.columns: {quoted(taken)} is a column of synthink's own; rename yours")
        for field in fields(cls):
            if field.name in RESERVED_FIELDS or hasattr(Generator, field.name):
                raise TypeError(f"{cls.__name__}.{field.name}: the name is reserved")
        if isinstance(cls.columns, Mapping):
            check_columns(cls.columns)
        for declared in ("column_meanings", "known_limits"):
            _check_texts(cls, declared)
        for method in ABOUT_SAMPLES & vars(cls).keys():
            setattr(cls, method, about_sample(vars(cls)[method]))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return reduced(self) or super().__reduce_ex__(protocol)

    def draw(self, ctx: DrawContext) -> Sample:
        """The row that `ctx` asks for."""
        raise NotImplementedError(f"{type(self).__name__} has no method draw")

    def drawn_by(self, annotations: Mapping[str, Any]) -> Generator:
        """The generator that drew a row: itself, or a part of a mixture."""
        return self

    def drawing_generators(self) -> list[Generator]:
        """Every generator that draws rows for this one: itself, and the parts of a mixture."""
        return [self]

    def validate_split(self, split: Split) -> None:
        """Refuse fields and assets that cannot work together, with `ConfigError`; called before a split's first row."""

    def drawable_characters(self, field: str, split: Split) -> frozenset[str] | None:
        """The characters that texts of an asset field may have, by what the split draws them with; None where that is
        no matter. Texts with others are left out and counted.

        Asked for before there are any texts: `split.pool` gives fonts, writers and the like.
        """
        return None

    def illustrations(self, ctx: DrawContext) -> dict[str, Any]:
        """Pictures that `synthink preview` shows beside a row, by name: (H, W, 3) uint8 arrays."""
        return {}

    @about_sample
    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        """The scores of a model's answer, each 0..1. `correct` is the one that reports lead with: the answer alone, in
        the form that was asked for. `correct_lenient` takes it out of whatever sentence it stands in, but from none
        that denies something or names several; so do the generators that come with synthink."""
        from synthink.labels.sentences import alike, readings

        is_right = answer.strip() == sample.suffix
        is_understood = is_right or any(alike(sample.suffix, reading) for reading in readings(answer))
        return {"correct": float(is_right), "correct_lenient": float(is_understood)}

    @about_sample
    def answer_class(self, sample: Sample, answer: str) -> str | None:
        """The class that an answer names, for confusion matrices: `<none>` where it names none, None where the task
        has no classes."""
        return None

    @about_sample
    def part_classes(self, sample: Sample, answer: str) -> dict[str, str]:
        """The class that an answer names for each part of the truth, by the part's name, `<none>` where it names none:
        figures by their place. Reports have a confusion matrix for each part."""
        return {}

    @about_sample
    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether an answer has the form of an answer, right or wrong: one letter, a label that can be read."""
        return bool(answer.strip())

    @about_sample
    def chance(self, sample: Sample) -> float | None:
        """The share of rows in which the best guess without the signal is `correct`; None where it is not known."""
        return None

    @about_sample
    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        """The errors of an answer, 0 for the truth: `cer`, `distance_px`. An answer that cannot be read gets the
        error of one that says nothing, so that it never makes a mean better."""
        return {}

    @about_sample
    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """The shapes that an answer points at, in the picture's pixels: lines of (N, 2) points, closed where they end
        as they begin. Reports draw them."""
        return []

    def rows(self, split: Split) -> int | None:
        """The number of rows of a split when they are enumerated; None when there is no end to them."""
        return None

    @classmethod
    def summary(cls) -> str:
        """One line for `synthink list`: the docstring's first."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    def describe(self) -> str:
        """One sentence about the rows of this configuration, for the card of its datasets: the class's summary, unless
        a subclass says what its fields make of it."""
        return self.summary()

    def asset_fields(self) -> dict[str, AssetSpec[Any]]:
        """Field name -> value of the fields that name assets and have something to open."""
        values = {name: getattr(self, name) for name in field_types(type(self))}
        return {name: value for name, value in values.items() if isinstance(value, AssetSpec) and value.is_used}


def _check_texts(cls: type[Generator], name: str) -> None:
    """TypeError where what a class declares for cards is no mapping, or no sequence, of texts."""
    declared = getattr(cls, name)
    texts = declared.values() if isinstance(declared, Mapping) else declared if isinstance(declared, tuple) else None
    if texts is None and isinstance(declared, cached_property):
        return
    if texts is None or not all(isinstance(text, str) for text in texts):
        wanted = "a mapping of columns to texts" if name == "column_meanings" else "a tuple of sentences"
        raise TypeError(f"{cls.__name__}.{name}: must be {wanted}")
