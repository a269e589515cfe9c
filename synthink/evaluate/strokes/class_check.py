"""Whether a class of gestures would call a mark its own: the check that its own marks pass when they are drawn."""

from __future__ import annotations

import numpy as np

from synthink.documents.page.model import BASELINE, shares_inside
from synthink.draw.geometry import Box
from synthink.evaluate.strokes.aims import MEANT, Aim, Mark, nearest_box
from synthink.evaluate.strokes.surroundings import Surroundings
from synthink.gestures.kind import IMAGES, TargetKind
from synthink.gestures.target import Strip, Target


def is_refused(mark: Mark, aim: Aim, page: Surroundings) -> bool:
    """Whether the class would have refused the mark, had it been drawn for that target."""
    template, strokes = mark.template, mark.strokes
    target = _target(aim, template.target_kind, page)
    if target is None or len(strokes) / max(1, len(target.strips)) not in template.strokes_a_line:
        return True
    try:
        return template.kind.refused(template.variant.name, target, strokes) is not None
    except (ValueError, LookupError, ArithmeticError):  # a check only knows marks that its variant draws
        return True


def _target(aim: Aim, kind: TargetKind, page: Surroundings) -> Target | None:
    """The target as a class's check takes it; None where there is nothing of the kind."""
    if kind in IMAGES:
        if not len(page.images):
            return None
        number = nearest_box(page.images, aim.box)
        return Target(aim.box, image=number, image_box=Box(*page.images[number].tolist()))
    if kind == "gap":
        return Target(aim.box, strips=(_gap_strip(aim.box, page),))
    if kind == "pair":
        strips = tuple(_strip(end, line, page) for end in aim.ends or () for line in _lines_of(end, page)[:1])
    else:
        strips = tuple(_strip(aim.box, line, page) for line in _lines_of(aim.box, page))
    return Target(aim.box, strips=strips, ends=aim.ends) if strips else None


def _lines_of(box: Box, page: Surroundings) -> list[int]:
    """The lines of the words that a box means."""
    lines: list[int] = np.unique(page.word_lines[shares_inside(page.words, box) > MEANT]).tolist()
    return lines


def _strip(box: Box, line: int, page: Surroundings) -> Strip:
    """The words of a line that a box means."""
    on_line = np.flatnonzero(page.word_lines == line)
    words = page.words[on_line]
    inside = np.flatnonzero(shares_inside(words, box) > MEANT)
    first, last = int(inside[0]), int(inside[-1])
    band = Box(*page.lines[line].tolist())
    edges = words[first : last + 1]
    gaps = tuple(((edges[:-1, 2] + edges[1:, 0]) / 2).tolist())
    return Strip(
        Box(float(words[first, 0]), band.top, float(words[last, 2]), band.bottom),
        band,
        band.top + BASELINE * band.height,
        float(words[first - 1, 2]) if first else None,
        float(words[last + 1, 0]) if last + 1 < len(words) else None,
        gaps,
    )


def _gap_strip(box: Box, page: Surroundings) -> Strip:
    """The strip of a gap, as `choose_target` makes it."""
    return Strip(box, box, box.top + BASELINE * box.height, box.left, box.right)
