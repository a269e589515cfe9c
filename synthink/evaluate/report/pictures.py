"""Predictions drawn on their pictures: which ones, as figures of a page, and as one sheet."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence

from synthink.draw.geometry import Box, Points
from synthink.errors import ModelError
from synthink.evaluate.data.pixels import picture
from synthink.evaluate.intervals import figure
from synthink.evaluate.report.text import for_html, seen
from synthink.evaluate.scoring import ScoredAnswer
from synthink.labels.metrics import NONE
from synthink.preview import page as preview

SIDE_PX = 360  # of a picture in a report, its longer side
LARGE = 150_000  # bytes of a PNG, above which it is a JPEG
POINTS = 2000  # of the lines drawn on a picture
SMALL_PX = 160  # pictures below this are enlarged without blur


def best_and_worst(answers: Sequence[ScoredAnswer], most: int = 12) -> tuple[list[ScoredAnswer], list[ScoredAnswer]]:
    """The best right answers and the worst wrong ones that have their picture, classes in turn, at most `most` each."""
    pictured = [each for each in answers if each.image]
    right = [each for each in pictured if each.scores["correct"] >= 1]
    wrong = [each for each in pictured if each.scores["correct"] < 1]
    return _in_turn(right, lambda each: _merit(each, -1), most), _in_turn(wrong, lambda each: _merit(each, 1), most)


def _merit(each: ScoredAnswer, sign: int) -> tuple[float, float]:
    return sign * sum(each.scores.values()) / len(each.scores), -sign * sum(each.errors.values())


def _in_turn(
    answers: Sequence[ScoredAnswer], key: Callable[[ScoredAnswer], tuple[float, float]], most: int
) -> list[ScoredAnswer]:
    """The first of each class, then the second of each."""
    taken: dict[str, int] = {}
    ranked = []
    for each in sorted(answers, key=key):
        kind = f"{each.task} {each.truth_class or ''}"
        taken[kind] = taken.get(kind, 0) + 1
        ranked.append((taken[kind], each))
    return [each for _, each in sorted(ranked, key=lambda pair: pair[0])[:most]]


def data_uri(image: bytes, side_px: int = SIDE_PX) -> tuple[str, tuple[int, int]] | None:
    """A picture, reduced, for the inside of a page, with its full size; None where it cannot be decoded."""
    try:
        opened = picture(image, "")
    except ModelError:
        return None
    size, file, kind = opened.size, io.BytesIO(), "png"
    opened.thumbnail((side_px, side_px))
    opened.save(file, "PNG", optimize=True)
    if file.tell() > LARGE:
        file, kind = io.BytesIO(), "jpeg"
        opened.save(file, "JPEG", quality=88)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}", size


def prediction(each: ScoredAnswer) -> str:
    """A figure: the picture with what truth and answer point at, question, truth and answer below."""
    shown = data_uri(each.image)
    right = each.scores["correct"] >= 1
    pictured = '<div class="picture none">no picture</div>'
    if shown is not None:
        uri, (width, height) = shown
        crisp = ' class="crisp"' if max(width, height) < SMALL_PX else ""
        lines = _lines(each.truth_shapes, "truth") + _lines(each.answer_shapes, "given")
        overlay = f'<svg viewBox="0 0 {width} {height}">{lines}</svg>' if lines else ""
        pictured = f'<div class="picture"><img{crisp} alt="" src="{uri}">{overlay}</div>'
    figures = " · ".join(
        f"{for_html(name, 40)} {figure(value)}"
        for name, value in [*list(each.scores.items())[1:], *each.errors.items()]
    )
    answer = for_html(each.answer) if each.answer.strip() else "<i>nothing</i>"
    return (
        f"<figure>{pictured}<figcaption><div class=q>{for_html(each.prefix, 160)}</div>"
        f'<div class="a{_long(each.suffix)}"><span>should be</span><b>{for_html(each.suffix)}</b></div>'
        f'<div class="a {"good" if right else "bad"}{_long(each.answer)}"><span>answered</span><b>{answer}</b></div>'
        f'<div class="id">{for_html(each.id, 80)}{" · " if figures else ""}{figures}</div></figcaption></figure>'
    )


def _long(text: str) -> str:
    return " long" if len(text) > 30 else ""


def _lines(shapes: Sequence[Points], kind: str) -> str:
    """Lines of points as SVG, as many as a page can bear."""
    left, made = POINTS, []
    for line in shapes:
        points = line[:left]
        left -= len(points)
        if len(points) == 1:
            made.append(f'<circle class="{kind}" cx="{points[0][0]:.5g}" cy="{points[0][1]:.5g}" r="3"/>')
        elif len(points):
            made.append(f'<polyline class="{kind}" points="{" ".join(f"{x:.5g},{y:.5g}" for x, y in points)}"/>')
    return "".join(made)


def predictions_sheet(answers: Sequence[ScoredAnswer]) -> bytes | None:
    """A PNG with the pictures, truth and answer below, and a box around what each points at; None without pictures."""
    rows = [
        {
            "image": each.image,
            "prefix": f"should be: {seen(each.suffix, 100)}",
            "suffix": f"answered: {seen(each.answer.strip(), 100) or NONE}",
            "truth": _around(each.truth_shapes),
            "given": _around(each.answer_shapes),
        }
        for each in answers
        if data_uri(each.image) is not None
    ]
    return preview.contact_sheet({"truth": Box | None, "given": Box | None}, rows) if rows else None


def _around(shapes: Sequence[Points]) -> Box | None:
    points = [point for line in shapes for point in line.tolist()]
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))
