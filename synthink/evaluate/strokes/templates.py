"""Marks to compare with: each variant of each class of gestures, sketched again and again on a practice page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points
from synthink.evaluate.strokes.features import CLOUD, TOTALS, Cloud, MarkFeatures, mark_features
from synthink.evaluate.strokes.practice import practice_page
from synthink.evaluate.strokes.surroundings import Surroundings
from synthink.gestures.choose_target import sample_target
from synthink.gestures.kind import GestureKind, TargetKind, Variant, kind_named
from synthink.gestures.page_candidates import TargetOptions
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.streams import Stream, StreamKey

SKETCHES = 16  # of each variant
TRIES = 8  # for each of them: targets without room, and marks that could mislead
LEFT_HANDED = 0.12  # share of the sketches
VARIED = TargetOptions(word_counts=(1.0,) * 8, over_lines=0.4)
"""Long targets and those of several lines as often as others, so that there are sketches of each."""
ROOM = 60.0  # pixels around a mark that are looked at

Names = tuple[tuple[str, tuple[str, ...]], ...]
"""Classes of gestures, each with the names of its variants."""


@dataclass(frozen=True, eq=False)
class TargetPlace:
    """Where the target of a variant's marks lies to the mark's box."""

    shares: npt.NDArray[np.float64]
    """(4,) for the target's left, top, right and bottom: the share of the mark's width, or height, at which the place
    lies that the edge keeps to: 0, 0.5 or 1."""
    offsets: npt.NDArray[np.float64]
    """(4,) from there to the edge, in H."""

    @classmethod
    def of(cls, targets: Sequence[Box], marks: Sequence[MarkFeatures]) -> TargetPlace:
        """Learn it from examples: of three places of the mark the one from which the edge is nearly always as far."""
        shares = np.array((0.0, 0.5, 1.0))
        boxes, heights = np.array([mark.box for mark in marks]), np.array([mark.height for mark in marks])
        chosen, offsets = np.zeros(4), np.zeros(4)
        for edge in range(4):
            low, high = boxes[:, edge % 2, np.newaxis], boxes[:, edge % 2 + 2, np.newaxis]
            off = (np.array(targets)[:, edge, np.newaxis] - low - shares * (high - low)) / heights[:, np.newaxis]
            middle = np.median(off, axis=0)
            best = int(np.abs(off - middle).mean(axis=0).argmin())
            chosen[edge], offsets[edge] = shares[best], middle[best]
        return cls(chosen, offsets)

    def box(self, mark: MarkFeatures) -> Box:
        """The box in which the target of a mark should lie."""
        low, high = np.array(mark.box[:2] * 2), np.array(mark.box[2:] * 2)
        left, top, right, bottom = (low + self.shares * (high - low) + self.offsets * mark.height).tolist()
        return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


@dataclass(frozen=True, eq=False)
class Template:
    """A variant of a class, as far as it can be told from a mark."""

    kind: GestureKind
    variant: Variant
    place: TargetPlace | None
    """None for a variant that has no mark besides its writing."""
    strokes_a_line: frozenset[float] = frozenset()
    """The numbers of strokes that its marks have, for each text line of their targets."""

    @property
    def target_kind(self) -> TargetKind:
        return self.variant.target_kind or self.kind.target_kind

    @property
    def leader(self) -> str:
        """The line that joins the mark to its writing, as the variant's family names it: none, `line` or `arrow`."""
        return self.variant.family.partition("+")[2]

    @property
    def writes(self) -> str:
        """The kind of text that is written beside the mark."""
        return self.variant.writes or self.kind.writes


@dataclass(frozen=True, eq=False)
class TemplateSet:
    """The templates of some classes, and their sketches side by side."""

    templates: tuple[Template, ...]
    numbers: npt.NDArray[np.intp]
    """(T,) the template of each sketch."""
    clouds: Cloud
    totals: Cloud


@lru_cache(maxsize=8)
def template_set(names: Names) -> TemplateSet:
    """The templates of these classes and variants; made in about a second, and kept."""
    stream = StreamKey("strokes").stream(0, "sketches")
    templates: list[Template] = []
    numbers: list[int] = []
    marks: list[MarkFeatures] = []
    for kind in (kind_named(name) for name, _ in names):
        for variant in (kind.variants[name] for name in dict(names)[kind.name]):
            sketches = list(_sketches(kind, variant, stream))
            own = [mark for mark, _, _ in sketches]
            place = TargetPlace.of([box for _, box, _ in sketches], own) if sketches else None
            numbers += [len(templates)] * len(sketches)
            marks += own
            templates.append(Template(kind, variant, place, frozenset(count for _, _, count in sketches)))
    clouds = np.array([mark.cloud for mark in marks], dtype=np.float32).reshape(-1, *CLOUD)
    totals = np.array([mark.totals for mark in marks], dtype=np.float32).reshape(-1, TOTALS)
    return TemplateSet(tuple(templates), np.array(numbers, dtype=np.intp), clouds, totals)


def _sketches(kind: GestureKind, variant: Variant, stream: Stream) -> Iterator[tuple[MarkFeatures, Box, float]]:
    """Marks of a variant that mean what they should, their targets, and the number of strokes for each text line of
    these; none for a variant without a mark."""
    page, count = practice_page(), 0
    for _ in range(SKETCHES * TRIES):
        target = sample_target(page, variant.target_kind or kind.target_kind, stream, VARIED)
        if isinstance(target, str):
            continue
        mark = variant.draw(kind, target, StrokeSketcher(stream, stream.chance(LEFT_HANDED)))
        if not len(mark.strokes):
            return
        strokes: list[Points] = [np.asarray(stroke, dtype=np.float64) for stroke in mark.strokes]
        if kind.refused(variant.name, target, strokes) is None:
            yield _features(strokes, mark.broad), target.box, len(strokes) / max(1, len(target.strips))
            count += 1
            if count == SKETCHES:
                return


def _features(strokes: list[Points], broad: float) -> MarkFeatures:
    page = practice_page()
    low, high = np.concatenate(strokes).min(axis=0), np.concatenate(strokes).max(axis=0)
    around = Surroundings(page.word_boxes, page.image_boxes).near(Box(*low.tolist(), *high.tolist()), ROOM)
    return mark_features(strokes, around, broad)
