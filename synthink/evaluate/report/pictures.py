"""Predictions drawn on their pictures: which ones, as figures of a page, and as one sheet."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from synthink.draw.geometry import Box, Points
from synthink.errors import ModelError
from synthink.evaluate.data.pixels import picture
from synthink.evaluate.intervals import figure
from synthink.evaluate.scoring import ScoredAnswer
from synthink.labels.metrics import NONE
from synthink.pages import image_url
from synthink.pages.text import visible
from synthink.previews.contact_sheet import contact_sheet

SIDE_PX = 360  # of a picture in a report, its longer side
LARGE = 150_000  # bytes of a PNG, above which it is a JPEG
POINTS = 2000  # of the lines drawn on a picture
SMALL_PX = 160  # pictures below this are enlarged without blur


def best_and_worst(answers: Sequence[ScoredAnswer], most: int = 12) -> tuple[list[ScoredAnswer], list[ScoredAnswer]]:
    """The best right answers and the worst wrong ones that have their picture, classes in turn, at most `most` each."""
    with_picture = [answer for answer in answers if answer.image]
    right = [answer for answer in with_picture if answer.scores["correct"] >= 1]
    wrong = [answer for answer in with_picture if answer.scores["correct"] < 1]
    best = _in_turn(right, lambda answer: _merit(answer, -1), most)
    return best, _in_turn(wrong, lambda answer: _merit(answer, 1), most)


def _merit(answer: ScoredAnswer, sign: int) -> tuple[float, float]:
    return sign * sum(answer.scores.values()) / len(answer.scores), -sign * sum(answer.errors.values())


def _in_turn(
    answers: Sequence[ScoredAnswer], key: Callable[[ScoredAnswer], tuple[float, float]], most: int
) -> list[ScoredAnswer]:
    """The first of each class, then the second of each."""
    counts: dict[str, int] = {}
    ranked = []
    for answer in sorted(answers, key=key):
        kind = f"{answer.task} {answer.truth_class or ''}"
        counts[kind] = counts.get(kind, 0) + 1
        ranked.append((counts[kind], answer))
    return [answer for _, answer in sorted(ranked, key=lambda pair: pair[0])[:most]]


class Prediction(NamedTuple):
    """An answer with its picture, ready for the template; no image where none can be decoded."""

    answer: ScoredAnswer
    image: Markup | None
    size_px: tuple[int, int]
    """The picture's full size."""
    outlines: Markup
    """The outlines that truth and answer point at, as SVG."""
    figures: list[str]
    """Further scores and the errors, as text."""

    @property
    def is_small(self) -> bool:
        """Whether the picture is enlarged without blur."""
        return max(self.size_px) < SMALL_PX


def prediction(answer: ScoredAnswer) -> Prediction:
    """An answer as a report shows it."""
    image, size_px = reduced(answer.image) or (None, (0, 0))
    figures = [*list(answer.scores.items())[1:], *answer.errors.items()]
    return Prediction(
        answer,
        image,
        size_px,
        _outlines(answer.truth_shapes, "truth") + _outlines(answer.answer_shapes, "given"),
        [f"{name[:40]} {figure(value)}" for name, value in figures],
    )


def reduced(image: bytes, side_px: int = SIDE_PX) -> tuple[Markup, tuple[int, int]] | None:
    """A picture, reduced, as an address that holds it, with its full size; None where it cannot be decoded."""
    try:
        opened = picture(image, "")
    except ModelError:
        return None
    size_px, file, kind = opened.size, io.BytesIO(), "png"
    opened.thumbnail((side_px, side_px))
    opened.save(file, "PNG", optimize=True)
    if file.tell() > LARGE:
        file, kind = io.BytesIO(), "jpeg"
        opened.save(file, "JPEG", quality=88)
    return image_url(file.getvalue(), kind), size_px


def _outlines(shapes: Sequence[Points], kind: str) -> Markup:
    """Lines of points as SVG, as many as a page can bear."""
    left, elements = POINTS, []
    for line in shapes:
        points = line[:left]
        left -= len(points)
        if len(points) == 1:
            elements.append(f'<circle class="{kind}" cx="{points[0][0]:.5g}" cy="{points[0][1]:.5g}" r="3"/>')
        elif len(points):
            elements.append(f'<polyline class="{kind}" points="{" ".join(f"{x:.5g},{y:.5g}" for x, y in points)}"/>')
    return Markup("".join(elements))


def predictions_sheet(answers: Sequence[ScoredAnswer]) -> bytes | None:
    """A PNG with the pictures, truth and answer below, and a box around what each points at; None without pictures."""
    rows = [
        {
            "image": answer.image,
            "prefix": f"should be: {visible(answer.suffix, 100)}",
            "suffix": f"answered: {visible(answer.answer.strip(), 100) or NONE}",
            "truth": _around(answer.truth_shapes),
            "given": _around(answer.answer_shapes),
        }
        for answer in answers
        if reduced(answer.image) is not None
    ]
    return contact_sheet({"truth": Box | None, "given": Box | None}, rows) if rows else None


def _around(shapes: Sequence[Points]) -> Box | None:
    points = [point for line in shapes for point in line.tolist()]
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))
