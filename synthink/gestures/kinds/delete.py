"""Delete: words that are crossed out in one way or another."""

from __future__ import annotations

import math

import numpy as np

from synthink.documents.edits.edit import DELETE
from synthink.draw.geometry import Points
from synthink.gestures import ambiguity
from synthink.gestures.kind import GestureKind, Mark, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Strip, Target

SLOPE_DEG = (0.5, 2.5)


class Delete(GestureKind):
    """Take these words out."""

    edit = DELETE
    default_order = 4

    @variant(share=0.30, check=ambiguity.strikes, family="strike")
    def strike(self, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark(
            [pen.level(*_ends(pen, strip), _middle(pen, strip), target.height, SLOPE_DEG) for strip in target.strips]
        )

    @variant(share=0.08, check=ambiguity.strikes, family="double_strike")
    def double_strike(self, target: Target, pen: StrokeSketcher) -> Mark:
        strokes = []
        for strip in target.strips:
            y, gap = strip.box.top + pen.normal(0.5, 0.03) * strip.box.height, pen.uniform(0.14, 0.24) * target.height
            for line in (y - gap / 2, y + gap / 2):
                strokes.append(pen.level(*_ends(pen, strip), line, target.height, (0.5, 1.2)))
        return Mark(strokes)

    @variant(share=0.22, check=ambiguity.scratches, family="scratch")
    def scratch(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A zigzag along the words, up and down."""
        strokes = []
        for strip in target.strips:
            width, scale = strip.box.width, strip.height
            period = pen.uniform(0.25, 0.6) * scale
            # 4 to 14 reversals; a hand takes longer steps before it makes more of them.
            turns = max(4, min(round(2 * width / period), max(14, round(2 * width / (0.9 * scale)))))
            swing = pen.uniform(0.6, 1.1) * strip.box.height
            y = _middle(pen, strip)
            zigzag = pen.zigzag(*_ends(pen, strip), y, swing, turns, scale)
            strokes.append(zigzag[::-1] if pen.left_handed and pen.chance(0.5) else zigzag)
        return Mark(strokes)

    @variant(share=0.08, check=ambiguity.scratches, family="scratch")
    def scribble(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A line to and fro over the whole width, coming down as it goes."""
        return Mark([_to_and_fro(pen, strip) for strip in target.strips])

    @variant(share=0.12, check=ambiguity.strikes, family="strike")
    def squiggle(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A wavy line along the middle of the words."""
        strokes = []
        for strip in target.strips:
            height, period = pen.uniform(0.2, 0.4) * strip.height, pen.uniform(0.5, 0.9) * strip.height
            wave = pen.wave(*_ends(pen, strip), _middle(pen, strip), height, period)
            strokes.append(wave[::-1] if pen.left_handed and pen.chance(0.5) else wave)
        return Mark(strokes)

    @variant(share=0.12, check=ambiguity.crosses, family="cross")
    def cross_out(self, target: Target, pen: StrokeSketcher) -> Mark:
        """A large X over the words of each line; right-handers fall to the right first, left-handers to the left."""
        strokes = []
        for strip in target.strips:
            box, scale = strip.box, strip.height
            for side in (pen.side, -pen.side):
                left, right = _ends(pen, strip)
                top = box.top - pen.normal(0.05, 0.1) * scale
                bottom = box.bottom + pen.normal(-0.02, 0.1) * scale
                start, end = (left, right) if side > 0 else (right, left)
                strokes.append(pen.line((start, top), (end, bottom), pen.normal(0.0, 0.015)))
        return Mark(strokes)

    @variant(share=0.08, check=ambiguity.strikes_with_loop, family="pigtail")
    def pigtail(self, target: Target, pen: StrokeSketcher) -> Mark:
        """Printers' dele: a strike that ends in a loop above the last word, a left-hander's often before the first."""
        strokes = [pen.level(*_ends(pen, strip), _middle(pen, strip), target.height) for strip in target.strips[:-1]]
        strip = target.strips[-1]
        left, right = _ends(pen, strip)
        left, right = min(left, strip.box.left), max(right, strip.box.right)
        y = _middle(pen, strip)
        mirrored = pen.left_handed and pen.chance(0.5)
        start, end = (right, left) if mirrored else (left, right)
        return Mark([*strokes, _with_loop(pen, start, end, y, strip.height)])

    def intended(self, words: list[str], target: Target, text: str) -> list[str]:
        for word in target.words:
            words[word] = ""
        return words


def _middle(pen: StrokeSketcher, strip: Strip) -> float:
    """The height of a line through words: in the middle, held above the baseline."""
    return strip.box.top + pen.normal(0.52, 0.09, 0.36, 0.64) * strip.box.height


def _ends(pen: StrokeSketcher, strip: Strip) -> tuple[float, float]:
    """Left and right end; it may stop before short of the words' end, and runs on a little along neighbours."""
    scale, box = strip.height, strip.box
    left, right = (pen.normal(0.10, 0.18, -min(0.3, 0.2 * end / scale), 0.5) * scale for end in strip.end_widths)
    if strip.before is not None:
        left = min(left, box.left - strip.before + 0.2 * scale)
    if strip.after is not None:
        right = min(right, strip.after - box.right + 0.2 * scale)
    return box.left - left, box.right + right


def _to_and_fro(pen: StrokeSketcher, strip: Strip) -> Points:
    scale = strip.height
    turns = 3 + int(pen.uniform(0.0, 4.0))
    middle, height = _middle(pen, strip), pen.uniform(0.35, 0.7) * scale
    slant = pen.side * pen.normal(0.12, 0.08) * scale
    points = []
    for turn in range(turns + 2):
        left, right = _ends(pen, strip)
        ahead = (turn % 2 == 1) != pen.left_handed
        y = middle + height * (turn / (turns + 1) - 0.5)
        points.append((right, y - slant / 2) if ahead else (left, y + slant / 2))
    return np.array(points)


def _with_loop(pen: StrokeSketcher, start: float, end: float, y: float, scale: float) -> Points:
    """A level line from `start` to `end` that goes on into a loop up and back over itself."""
    forward = 1.0 if end > start else -1.0
    radius, rise = pen.uniform(0.18, 0.32) * scale, pen.normal(0.04, 0.02) * scale
    tall, winding = pen.uniform(1.0, 1.5), pen.uniform(300.0, 380.0)
    end += 0.8 * forward * radius  # the loop's foot, at which the pen stops
    bow = pen.normal(0.0, 0.02) * min(1.0, 4 * scale / abs(end - start))
    line = pen.line((start, y + rise), (end, y - rise), bow)
    points = []
    steps = math.ceil(winding / 35)
    for step in range(steps + 1):
        angle = math.radians(90 - winding * step / steps)
        x = end + forward * radius * math.cos(angle)
        points.append((x, y - rise + tall * radius * (math.sin(angle) - 1)))
    # From the loop's foot out, above the words' end.
    points.append((points[-1][0] + forward * radius * pen.uniform(0.3, 0.9), points[-1][1] + 0.5 * radius))
    return np.concatenate((line, points))
