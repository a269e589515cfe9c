"""A mixture of generators with weights: itself a generator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from synthink.core.assets import AssetSpec
from synthink.core.columns import stored
from synthink.core.generator import DrawContext, Generator, Split
from synthink.core.registry import find_generator
from synthink.core.sample import Sample
from synthink.draw.geometry import Points
from synthink.errors import AssetError, ConfigError, quoted
from synthink.settings import Between, Settings

_views: WeakKeyDictionary[Split, dict[int, Split]] = WeakKeyDictionary()
"""A mixture's split -> the number of a part -> the split as that part sees it."""


class Part(Settings):
    """One generator of a mixture, by name and fields, and how often it is drawn against the others."""

    generator: str
    """The name of the generator, as `synthink list` prints it."""
    weight: Annotated[float, Between(0.0)] = 1.0
    """The weight of the part: how often it is drawn against the others."""
    fields: dict[str, Any] = field(default_factory=dict)
    """The generator's fields by name; the others have their defaults."""

    @classmethod
    def of(cls, generator: Generator, weight: float = 1.0) -> Part:
        """A part from a generator that was made already."""
        return cls(generator=generator.name, weight=weight, fields=generator.plain())


class Mixture(Generator):
    """Several generators, each drawn in proportion to its weight."""

    version = 1
    parts: tuple[Part, ...] = ()
    """Columns are the union of the parts'; a row leaves the columns of other parts empty."""

    def check(self) -> None:
        if not self.parts:
            raise ConfigError("parts", self.parts, "a mixture needs at least one part")
        if not any(part.weight for part in self.parts):
            raise ConfigError("parts", [part.weight for part in self.parts], "at least one weight must be above 0")
        kinds: dict[str, Any] = {}
        for i, generator in enumerate(self.generators):
            for column, kind in generator.columns.items():
                if kinds.setdefault(column, stored(kind)) != stored(kind):
                    raise ConfigError(f"parts[{i}]", generator.name, f"column {column!r} has another type elsewhere")

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
    def columns(self) -> Mapping[str, Any]:  # type: ignore[override]
        """`part` (the number of the generator that drew the row) and the parts' columns."""
        union: dict[str, Any] = {"part": int}
        for generator in self.generators:
            union.update({name: stored(kind) | None for name, kind in generator.columns.items()})
        return union

    def asset_fields(self) -> dict[str, AssetSpec[Any]]:
        return {
            _inside(i, field): spec
            for i, generator in enumerate(self.generators)
            for field, spec in generator.asset_fields().items()
        }

    def validate_split(self, split: Split) -> None:
        for i, generator in enumerate(self.generators):
            try:
                generator.validate_split(self._view(split, i))
            except ConfigError as error:
                raise error.under(f"parts[{i}].fields") from None

    def draw(self, ctx: DrawContext) -> Sample:
        i = ctx.stream("part").weighted([part.weight for part in self.parts])
        generator = self.generators[i]
        sample = generator.draw(ctx.inside(self._view(ctx.split, i)))
        annotations = {column: sample.annotations.get(column) for column in self.columns} | {"part": i}
        return replace(sample, annotations=annotations, task=sample.task or generator.name)

    def illustrations(self, ctx: DrawContext) -> dict[str, Any]:
        i = ctx.stream("part").weighted([part.weight for part in self.parts])
        return self.generators[i].illustrations(ctx.inside(self._view(ctx.split, i)))

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return self.drawn_by(sample.annotations).score(sample, answer)

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        return self.drawn_by(sample.annotations).answer_class(sample, answer)

    def in_domain(self, sample: Sample, answer: str) -> bool:
        return self.drawn_by(sample.annotations).in_domain(sample, answer)

    def chance(self, sample: Sample) -> float | None:
        return self.drawn_by(sample.annotations).chance(sample)

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        return self.drawn_by(sample.annotations).errors(sample, answer)

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        return self.drawn_by(sample.annotations).answer_shapes(sample, answer)

    def drawn_by(self, annotations: Mapping[str, Any]) -> Generator:
        part = annotations.get("part")
        if not isinstance(part, int) or not 0 <= part < len(self.generators):
            raise AssetError(f"part={quoted(part)}: a row of this mixture says 0 to {len(self.generators) - 1}")
        return self.generators[part].drawn_by(annotations)

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


def _inside(i: int, field: str) -> str:
    return f"parts[{i}].fields.{field}"
