"""Reads a gesture off its strokes: which variants' sketches lie nearest, what their marks would be aimed at, and which
of these the class itself would call its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Points, bounds
from synthink.evaluate.strokes.aims import Aim, Mark, find_aim, find_image
from synthink.evaluate.strokes.class_check import is_refused
from synthink.evaluate.strokes.features import mark_features, nearest_sketches
from synthink.evaluate.strokes.partition import LEADERS, InkParts, ink_parts
from synthink.evaluate.strokes.surroundings import Surroundings
from synthink.evaluate.strokes.templates import Template, TemplateSet
from synthink.gestures.kind import IMAGES

NEAREST = 6  # variants that are looked into, besides the nearest of each class
WITHIN = 0.6  # of distance beyond the nearest one
REFUSED = 0.6  # of distance that it costs a variant when its class's own check refuses the mark
WRITING = 0.3  # what it costs to take strokes for handwriting
OTHER_TEXT = 0.3  # what it costs where the handwriting is a question, or none, and the variant's is not
NO_MARK = 0.5  # the distance of a variant without a mark


class Reading(NamedTuple):
    """A gesture that was read off strokes."""

    template: Template
    aim: Aim
    distance: float
    """How far it is from the gesture's sketches; more than 1.5 is hardly like them."""


def read_mark(
    strokes: Sequence[Points], pauses: npt.NDArray[np.float64], pen: float, page: Surroundings, templates: TemplateSet
) -> Reading:
    """The gesture that strokes are most like.

    strokes: (N, 2) pixels each, at least one; pauses: (S - 1,) between each stroke and the next, in any unit; pen: the
    width of its line in pixels.
    """
    height = page.type_height(bounds(np.concatenate(strokes)))
    best: Reading | None = None
    for parts in ink_parts(strokes, pauses, height):
        costs = np.array([_cost(template, parts) for template in templates.templates])
        most = np.inf if best is None else best.distance
        if parts.mark:
            readings = _marked(parts, costs, pen, page, templates, most)
        else:
            readings = _unmarked(parts, costs, page, templates)
        best = min((*readings, best) if best else readings, key=lambda reading: reading.distance, default=None)
    return best or _likest(strokes, pen, page, templates)


def _likest(strokes: Sequence[Points], pen: float, page: Surroundings, templates: TemplateSet) -> Reading:
    """The reading of ink that is none of the gestures, with handwriting or without, as they are drawn."""
    parts = InkParts(strokes, (), ())
    costs = np.array([np.inf if template.place is None else 0.0 for template in templates.templates])
    readings = list(_marked(parts, costs, pen, page, templates, np.inf))
    if readings:
        return min(readings, key=lambda reading: reading.distance)
    template = templates.templates[0]
    return Reading(template, find_aim(Mark(template, mark_features(strokes, page, pen), strokes), page), np.inf)


def _marked(
    parts: InkParts,
    costs: npt.NDArray[np.float64],
    pen: float,
    page: Surroundings,
    templates: TemplateSet,
    most: float,
) -> Iterator[Reading]:
    """Readings of ink with a mark that may be nearer than `most`; costs: as in `nearest_sketches`."""
    features = mark_features(parts.mark, page, pen)
    sketches = templates.clouds, templates.totals, templates.numbers
    away = costs + nearest_sketches(features, *sketches, costs, WITHIN)
    for number in _nearest(away, templates, most):
        template = templates.templates[number]
        mark = Mark(template, features, parts.mark)
        aim = find_aim(mark, page)
        yield Reading(template, aim, float(away[number]) + REFUSED * is_refused(mark, aim, page))


def _unmarked(
    parts: InkParts, costs: npt.NDArray[np.float64], page: Surroundings, templates: TemplateSet
) -> Iterator[Reading]:
    """Readings of ink that is handwriting on an image, or leads from there into one."""
    image, share = find_image(np.concatenate(parts.leader or parts.writing), page)
    for template, cost in zip(templates.templates, costs.tolist(), strict=True):
        if image is not None and template.target_kind in IMAGES and np.isfinite(cost):
            outside = 0.0 if parts.leader else 1.0 - share
            yield Reading(template, Aim(image), NO_MARK + cost + outside)


def _cost(template: Template, parts: InkParts) -> float:
    """What it costs to take parts of the ink for a template's handwriting; infinite where it cannot be."""
    if bool(template.writes) != bool(parts.writing) or bool(parts.mark) != (template.place is not None):
        return np.inf
    if not template.writes:
        return 0.0
    if bool(parts.leader) != bool(template.leader) or len(parts.leader) > LEADERS.get(template.leader, 0):
        return np.inf
    if (template.writes == "mark") != parts.is_question_mark:
        return np.inf
    asks = template.writes in ("mark", "question")
    return WRITING + OTHER_TEXT * (asks != parts.ends_in_question_mark)


def _nearest(away: npt.NDArray[np.float64], templates: TemplateSet, most: float) -> list[int]:
    """The numbers of the nearest variants, and of the nearest one of each class, unless they are far."""
    farthest = min(away.min() + WITHIN, most)
    order = [number for number in away.argsort().tolist() if away[number] < farthest]
    of_class: dict[str, int] = {}
    for number in order:
        of_class.setdefault(templates.templates[number].kind.name, number)
    return list(dict.fromkeys((*order[:NEAREST], *of_class.values())))
