"""Which classes and variants are drawn, and how often."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from synthink.errors import ConfigError
from synthink.gestures.kind import IMAGES, GestureKind, Variant, default_kinds, kind_named
from synthink.streams import Stream

WORDS = ("words", "word", "lines")
"""The kinds of target that are words side by side."""
SCRATCH = "scratch"
"""The family of marks that cover what they mark."""


@dataclass(frozen=True)
class Choices:
    """Classes with weights, and each one's variants with weights; none is 0."""

    classes: Mapping[str, float]
    variants: Mapping[str, Mapping[str, float]]

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Choices:
        """Make choices from weights by `class` and `class.variant`; where no class is named with a weight above 0, the
        nine that are drawn by default, alike, without those named with 0.

        Raises `ConfigError` on the field `gestures` for names that are none and weights that are no weights.
        """
        for name, weight in weights.items():
            _check_weight(name, weight)
        named = {name: weight for name, weight in weights.items() if "." not in name}
        if not any(named.values()):
            named = {**dict.fromkeys(default_kinds(), 1.0), **named}
        variants = {}
        for name in named:
            variants[name] = _shares(name, weights)
        classes = {name: weight for name, weight in named.items() if weight and variants[name]}
        if not classes:
            raise ConfigError("gestures", dict(weights), "at least one class and variant needs a weight above 0")
        return cls(classes, variants)

    def rewording(self) -> Choices:
        """The choices with only those classes that change a paragraph's words, in a way that is known without setting
        the page anew."""
        classes = {name: weight for name, weight in self.classes.items() if kind_named(name).edit.reword}
        return Choices(classes, self.variants)

    @cached_property
    def without_images(self) -> Choices:
        """The choices with only those classes and variants that are about words."""
        return self._restricted_to(lambda kind, variant: (variant.target_kind or kind.target_kind) not in IMAGES)

    def writing(self) -> Choices:
        """The choices with only those classes and variants whose handwriting is more than a sign."""
        return self._restricted_to(lambda kind, variant: (variant.writes or kind.writes) not in ("", "mark", "sign"))

    def legible(self) -> Choices:
        """The choices with only those classes and variants that mean words, and leave them legible: no scratching."""
        return self._restricted_to(
            lambda kind, variant: (variant.target_kind or kind.target_kind) in WORDS and variant.family != SCRATCH
        )

    def _restricted_to(self, wanted: Callable[[GestureKind, Variant], bool]) -> Choices:
        variants = {
            name: {
                variant.name: self.variants[name][variant.name]
                for variant in _variants(name)
                if variant.name in self.variants[name] and wanted(kind_named(name), variant)
            }
            for name in self.classes
        }
        return Choices({name: weight for name, weight in self.classes.items() if variants[name]}, variants)

    @property
    def texts(self) -> set[str]:
        """The kinds of text that these variants write beside their marks."""
        return {
            kind_named(name).variants[variant].writes or kind_named(name).writes
            for name in self.classes
            for variant in self.variants[name]
        }

    def kinds(self, stream: Stream, most: int) -> Iterator[GestureKind]:
        """One of the classes, and others after it that are asked for where it fits nowhere; `most` of them at most."""
        classes = dict(self.classes)
        for _ in range(min(most, len(classes))):
            name = stream.choice(tuple(classes), tuple(classes.values()))
            yield kind_named(name)
            del classes[name]

    def variant(self, kind: GestureKind, stream: Stream) -> Variant:
        """One of a class's variants."""
        shares = self.variants[kind.name]
        return kind.variants[stream.choice(tuple(shares), tuple(shares.values()))]


def _check_weight(name: str, weight: float) -> None:
    """Whether a key names a class or one of its variants, and its weight is one."""
    kind, _, variant = name.partition(".")
    variants = kind_named(kind).variants
    if variant and variant not in variants:
        raise ConfigError(f"gestures.{name}", weight, f"{kind} has no such variant, but {', '.join(variants)}")
    if not 0 <= weight < math.inf:
        raise ConfigError(f"gestures.{name}", weight, "must be a weight of at least 0")


def _shares(name: str, weights: Mapping[str, float]) -> dict[str, float]:
    """Variant -> its weight against the class's others, without those of weight 0."""
    shares = {
        variant.name: weights.get(f"{name}.{variant.name}", variant.share if variant.own else 0.0)
        for variant in _variants(name)
    }
    return {variant: share for variant, share in shares.items() if share}


def _variants(name: str) -> tuple[Variant, ...]:
    return tuple(kind_named(name).variants.values())
