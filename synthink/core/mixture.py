"""A mixture of generators with weights: itself a generator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from synthink.core.assets import AssetSpec
from synthink.core.code_file import names_code_file
from synthink.core.columns import stored
from synthink.core.generator import DrawContext, Generator, Pools, Split
from synthink.core.registry import find_generator, load_generator
from synthink.core.sample import Sample
from synthink.draw.geometry import Points
from synthink.errors import AssetError, ConfigError, quoted
from synthink.settings import Between, Settings

_views: WeakKeyDictionary[Split, dict[int, Split]] = WeakKeyDictionary()
"""A mixture's split -> the number of a part -> the split as that part sees it."""


class Part(Settings):
    """One generator of a mixture, by name and fields, and how often it is drawn against the others. A generator, or the
    name of one, stands for a part of weight 1."""

    generator: str
    """The name of the generator, as `synthink list` prints it."""
    weight: Annotated[float, Between(0.0)] = 1.0
    """The weight of the part: how often it is drawn against the others."""
    schedule: tuple[tuple[int, Annotated[float, Between(0.0)]], ...] = ()
    """Row numbers and the weight at each, for a weight that changes along the split: linearly in between, constant
    before the first and after the last. Empty: `weight` holds for all rows. With batches of 64 rows in order, step s
    of a training sees the rows from 64 s on."""
    fields: dict[str, Any] = field(default_factory=dict)
    """The generator's fields by name; the others have their defaults."""

    def check(self) -> None:
        numbers = [number for number, _ in self.schedule]
        if numbers != sorted(set(numbers)) or any(number < 0 for number in numbers):
            raise ConfigError("schedule", self.schedule, "the row numbers must rise from 0 or above")

    def weight_at(self, index: int) -> float:
        """The weight with which row `index` of a split is drawn from this part."""
        if not self.schedule:
            return self.weight
        after = next((place for place, (number, _) in enumerate(self.schedule) if number > index), len(self.schedule))
        if after in (0, len(self.schedule)):
            return self.schedule[max(0, after - 1)][1]
        (start, before), (end, then) = self.schedule[after - 1 : after + 1]
        return before + (then - before) * ((index - start) / (end - start))

    @classmethod
    def standing_for(cls, value: Any) -> Mapping[str, Any] | None:
        if isinstance(value, Generator):
            return {"generator": value.name, "fields": value.plain()}
        return {"generator": value} if isinstance(value, str) else None

    @classmethod
    def of(cls, generator: Generator, weight: float = 1.0) -> Part:
        """A part from a generator that was made already."""
        return cls(generator=generator.name, weight=weight, fields=generator.plain())


class Mixture(Generator):
    """Several generators, each drawn in proportion to its weight."""

    version = 2
    parts: tuple[Part, ...] = ()
    """Columns are the union of the parts'; a row leaves the columns of other parts empty. A part's `schedule`, as in
    `[[0, 1], [50000, 0.2]]`, changes its weight along the split. On the command line parts of a recipe have numbers:
    `parts.0.weight=2 parts.1.camera=scan`."""

    def check(self) -> None:
        if not self.parts:
            raise ConfigError("parts", self.parts, "a mixture needs at least one part")
        for number in sorted({0, *(number for part in self.parts for number, _ in part.schedule)}):
            weights = self._weights(number)
            if not any(weights):
                reason = f"at least one weight must be above 0 (the weights of row {number})"
                raise ConfigError("parts", weights, reason)
        kinds: dict[str, Any] = {}
        for i, generator in enumerate(self.generators):
            for column, kind in generator.columns.items():
                if kinds.setdefault(column, stored(kind)) != stored(kind):
                    raise ConfigError(
                        f"parts[{i}]", generator.name, f"column {quoted(column)} has another type elsewhere"
                    )

    @cached_property
    def generators(self) -> tuple[Generator, ...]:
        """The generators of the parts."""
        generators: list[Generator] = []
        for i, part in enumerate(self.parts):
            place = f"parts[{i}]"
            try:
                cls = find_generator(part.generator)
                place += ".fields"
                generators.append(cls.build(part.fields))
            except ConfigError as error:
                raise error.under(place) from None
        return tuple(generators)

    @cached_property
    def leaves(self) -> tuple[Generator, ...]:
        """The generators that draw rows, in order, those of mixtures among the parts in the place of these."""
        return tuple(leaf for generator in self.generators for leaf in _leaves(generator))

    @cached_property
    def columns(self) -> Mapping[str, Any]:  # type: ignore[override]
        """`part` (the number among the leaves of the generator that drew the row) and the parts' columns."""
        union: dict[str, Any] = {"part": int}
        for generator in self.generators:
            union.update({name: stored(kind) | None for name, kind in generator.columns.items()})
        return union

    @cached_property
    def column_meanings(self) -> Mapping[str, str]:  # type: ignore[override]
        """The parts' meanings, with the names of the generators that have the column, unless it is the same in all."""
        everyone = list(dict.fromkeys(generator.name for generator in self.leaves))
        authors: dict[str, dict[str, list[str]]] = {}
        for generator in self.leaves:
            for column in generator.columns:
                meaning = generator.column_meanings.get(column)
                if meaning:
                    names = authors.setdefault(column, {}).setdefault(meaning, [])
                    names += [generator.name] * (generator.name not in names)
        meanings = {"part": "the number of the part that drew the row"}
        for column, by_meaning in authors.items():
            parts = [f"{' and '.join(names)}: {meaning}" for meaning, names in by_meaning.items()]
            meanings[column] = "; ".join(by_meaning if [*by_meaning.values()] == [everyone] else parts)
        return meanings

    @cached_property
    def box_texts(self) -> Mapping[str, str]:  # type: ignore[override]
        """The columns that the parts declare; of two parts with one column the first."""
        return {name: texts for leaf in reversed(self.leaves) for name, texts in leaf.box_texts.items()}

    @cached_property
    def box_classes(self) -> Mapping[str, tuple[str, ...]]:  # type: ignore[override]
        """The classes that the parts declare; of two parts with one column the first."""
        return {name: classes for leaf in reversed(self.leaves) for name, classes in leaf.box_classes.items()}

    @cached_property
    def known_limits(self) -> tuple[str, ...]:  # type: ignore[override]
        """The sentences of all parts."""
        return tuple(dict.fromkeys(limit for generator in self.leaves for limit in generator.known_limits))

    def describe(self) -> str:
        return "A mixture. " + " ".join(dict.fromkeys(generator.describe() for generator in self.generators))

    def asset_fields(self) -> dict[str, AssetSpec[Any]]:
        return {
            _inside(i, field): spec
            for i, generator in enumerate(self.generators)
            for field, spec in generator.asset_fields().items()
        }

    def drawable_characters(self, field: str, split: Split) -> frozenset[str] | None:
        for i, generator in enumerate(self.generators):
            specs = generator.asset_fields()
            inner = next((name for name in specs if _inside(i, name) == field), None)
            if inner is not None:
                pools = Pools(specs, lambda name, i=i: split.pools[_inside(i, name)])  # type: ignore[misc]
                return generator.drawable_characters(inner, split.inside(specs, pools))
        return None

    def validate_split(self, split: Split) -> None:
        for i, generator in enumerate(self.generators):
            try:
                generator.validate_split(self._view(split, i))
            except ConfigError as error:
                raise error.under(f"parts[{i}].fields") from None

    def draw(self, ctx: DrawContext) -> Sample:
        i = ctx.stream("part").weighted(self._weights(ctx.index))
        generator = self.generators[i]
        sample = generator.draw(ctx.inside(self._view(ctx.split, i)))
        leaf = sum(len(_leaves(other)) for other in self.generators[:i])
        if isinstance(generator, Mixture):
            leaf += sample.annotations["part"]
        annotations = {column: sample.annotations.get(column) for column in self.columns} | {"part": leaf}
        return replace(sample, annotations=annotations, task=sample.task or generator.name)

    def illustrations(self, ctx: DrawContext) -> dict[str, Any]:
        i = ctx.stream("part").weighted(self._weights(ctx.index))
        return self.generators[i].illustrations(ctx.inside(self._view(ctx.split, i)))

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return self.drawn_by(sample.annotations).score(sample, answer)

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        return self.drawn_by(sample.annotations).answer_class(sample, answer)

    def part_classes(self, sample: Sample, answer: str) -> dict[str, str]:
        return self.drawn_by(sample.annotations).part_classes(sample, answer)

    def in_domain(self, sample: Sample, answer: str) -> bool:
        return self.drawn_by(sample.annotations).in_domain(sample, answer)

    def chance(self, sample: Sample) -> float | None:
        return self.drawn_by(sample.annotations).chance(sample)

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        return self.drawn_by(sample.annotations).errors(sample, answer)

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        return self.drawn_by(sample.annotations).answer_shapes(sample, answer)

    def drawing_generators(self) -> list[Generator]:
        return [self, *(one for generator in self.generators for one in generator.drawing_generators())]

    def drawn_by(self, annotations: Mapping[str, Any]) -> Generator:
        part = annotations.get("part")
        if not isinstance(part, int) or not 0 <= part < len(self.leaves):
            raise AssetError(f"part={quoted(part)}: a row of this mixture says 0 to {len(self.leaves) - 1}")
        return self.leaves[part]

    def _weights(self, index: int) -> list[float]:
        """The parts' weights at row `index`."""
        return [part.weight_at(index) for part in self.parts]

    def _view(self, split: Split, i: int) -> Split:
        """The split as part `i` sees it: its own assets, and streams of its own.

        It stays the same object for all rows: generators may keep what they have worked out for a split.
        """
        views = _views.setdefault(split, {})
        if i not in views:
            generator = self.generators[i]
            specs = generator.asset_fields()
            pools = {field: split.pools[_inside(i, field)] for field in specs}
            views[i] = split.inside(specs, pools, f"parts[{i}]", generator.name, generator.version)
        return views[i]


def _leaves(generator: Generator) -> tuple[Generator, ...]:
    return generator.leaves if isinstance(generator, Mixture) else (generator,)


def named_parts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A mixture's fields as a user gives them, with the names of generators in place of the files that they stand in
    (`my_file.py:MyTask`), which are run. What a manifest says never comes here: its code is loaded by its digest."""
    parts = fields.get("parts")
    if not isinstance(parts, list | tuple):
        return dict(fields)
    return {**fields, "parts": [_named_part(part) for part in parts]}


def _named_part(part: Any) -> Any:
    """One part, a mapping or a `Part`, and the parts of a mixture in it."""
    if isinstance(part, Part):
        return replace(part, **_named_part({"generator": part.generator, "fields": part.fields}))
    if isinstance(part, str):
        part = {"generator": part}
    if not isinstance(part, Mapping):
        return part
    named = dict(part)
    if isinstance(inner := part.get("fields"), Mapping):
        named["fields"] = named_parts(inner)
    if names_code_file(part.get("generator")):
        named["generator"] = load_generator(part["generator"]).name
    return named


def _inside(i: int, field: str) -> str:
    return f"parts[{i}].fields.{field}"
