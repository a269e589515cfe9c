"""Words of one line, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthink.verify.oracles.boxes import union
from synthink.verify.oracles.gestures.row import Floats, RowScene

EYE, BASE = 0.54, 0.78  # of the type's height, from its top: half way up the small letters, and where these stand


@dataclass(frozen=True, eq=False)
class WordStrip:
    """Words of one line that are meant. box: around them; before, after: the neighbours' edges where those are known;
    first, last: widths of the first and of the last word with half the gap beside them."""

    box: Floats
    before: float | None
    after: float | None
    first: float
    last: float

    @property
    def height(self) -> float:
        return float(self.box[3] - self.box[1])

    @property
    def eye(self) -> float:
        """The y half way up the small letters."""
        return float(self.box[1]) + EYE * self.height

    @property
    def base(self) -> float:
        """The y of the baseline, as in most fonts."""
        return float(self.box[1]) + BASE * self.height


def strips_of(scene: RowScene, own: Sequence[int]) -> tuple[WordStrip, ...]:
    """The words of each line, with what stands beside them.

    No target goes from one column to the next, and in justified lines words may stand far apart.
    """
    lines: list[list[int]] = []
    for number in own:
        if lines and number == lines[-1][-1] + 1 and level(scene.boxes[lines[-1][-1]], scene.boxes[number]):
            lines[-1].append(number)
        else:
            lines.append([number])
    return tuple(_strip(scene, line) for line in lines)


def _strip(scene: RowScene, line: Sequence[int]) -> WordStrip:
    boxes, first, last = scene.boxes, line[0], line[-1]
    before = first > 0 and follows(boxes[first - 1], boxes[first])
    after = last + 1 < len(boxes) and follows(boxes[last], boxes[last + 1])
    wide = [float(boxes[number, 2] - boxes[number, 0]) for number in (first, last)]
    if len(line) > 1:
        wide = [float((boxes[first, 2] + boxes[line[1], 0]) / 2 - boxes[first, 0])]
        wide.append(float(boxes[last, 2] - (boxes[line[-2], 2] + boxes[last, 0]) / 2))
    return WordStrip(
        union(boxes[list(line)]),
        float(boxes[first - 1, 2]) if before else None,
        float(boxes[last + 1, 0]) if after else None,
        *wide,
    )


def follows(one: Floats, other: Floats) -> bool:
    """Whether the other word stands to the right of the one in its line, and not in another column."""
    height = min(one[3] - one[1], other[3] - other[1])
    return level(one, other) and bool(other[0] - one[2] < 3 * height)


def level(one: Floats, other: Floats) -> bool:
    """Whether the other word stands to the right of the one, as high as it."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return bool(shared > 0.6 * min(one[3] - one[1], other[3] - other[1]) and other[0] > one[0])
