"""What `ink_strokes` writes, before it is drawn: texts that fit, ink in a unit of its own, its place, the paper."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from string import punctuation

import numpy as np

from synthink import ConfigError, Stream
from synthink.assets import TextPool, writer_of
from synthink.draw import Layer, Placement, RuledLines, place_box, snap
from synthink.ink import Ink, bounding_box

EDGE_PX = 4.0  # ink keeps this distance from the picture's edge
LEGIBLE_PX = 7.0  # x-height below which handwriting is not read any more
LETTER = 0.95  # room that a character takes, in x-heights, with the wider writers
LINE_GAP = 2.6  # from baseline to baseline, in x-heights
POINTS_A_LETTER = 10  # of an answer of `derender`
TRIES = 100  # texts drawn for a word that occurs once


@dataclass(frozen=True, eq=False)
class Written:
    """The ink of a row before it is placed, in a unit of its own, and its writer."""

    task: str
    text: str
    ink: Ink
    x_height: float
    """The x-height in the ink's unit."""
    writer: str
    hand: str
    pen: str
    pen_width: float
    """Factor on the usual width of a line."""

    @classmethod
    def real(cls, task: str, ink: Ink, pen: str) -> Written:
        """Ink that was read from a file; its x-height is estimated by how far its lines reach up and down."""
        lines = str(ink.label).count("\n") + 1
        low, high = np.percentile(ink.points[:, 1], (10, 90))
        x_height = float(high - low) / (1.4 + LINE_GAP * (lines - 1)) or 1.0
        return cls(task, str(ink.label), ink, x_height, writer_of(ink), "", pen, 1.0)


@dataclass(frozen=True)
class Room:
    """How much handwriting fits into a picture at a size that can be read."""

    size_px: tuple[int, int]
    turn_deg: float
    """The most that the writing is turned on its paper."""

    @property
    def letters(self) -> int:
        """The most letters of a line."""
        return int(self._length(0) / (LEGIBLE_PX * LETTER))

    @property
    def lines(self) -> int:
        """The most lines."""
        return max(1, int(self._length(1) / (LEGIBLE_PX * LINE_GAP)))

    def _length(self, axis: int) -> float:
        """The pixels along a line of writing (0) or across (1) that there are for sure."""
        turn = math.radians(self.turn_deg)
        along, across = self.size_px[axis] - 2 * EDGE_PX, self.size_px[1 - axis] - 2 * EDGE_PX
        return min(along / math.cos(turn), across / max(math.sin(turn), 1e-9))


@dataclass(frozen=True)
class Look:
    """The paper and the colours of a row."""

    paper: str
    paper_colour: str
    rule: str
    ink: str
    turn_deg: float

    def rules(self, stream: Stream, x_height: float, baseline: float) -> list[Layer]:
        """The lines on the paper: on ruled paper the writing stands on them, its first line on `baseline`."""
        if self.paper == "plain":
            return []
        gap = LINE_GAP * x_height if self.paper == "ruled" else stream.uniform(0.9, 1.5) * x_height
        first, gap, thick = snap(np.array((baseline % gap, gap, stream.uniform(0.7, 1.3)))).tolist()
        return [Layer(RuledLines(first, gap, thick, self.paper == "squared"), self.rule)]


def unique_words(words: Sequence[str]) -> list[int]:
    """The numbers of the words that occur once, whatever their case and the punctuation around them; those without
    punctuation where there are any."""
    bare = [word.strip(punctuation).casefold() for word in words]
    counts = Counter(bare)
    once = [number for number, word in enumerate(bare) if word and counts[word] == 1]
    return [number for number in once if words[number].isalnum()] or once


def askable_words(ink: Ink) -> list[int]:
    """The numbers of the words that `locate` can ask for."""
    return unique_words([word.label for word in ink.of_kind("word")])


def choose_lines(
    task: str, texts: TextPool, stream: Stream, lines: tuple[int, int], room: Room, most_points: int
) -> list[str]:
    """Choose what is written for a task: the lines of one text.

    lines: fewest and most lines of several; room: of the picture; most_points: of an answer of `derender`.
    `ConfigError` naming `texts` where no text fits.
    """
    fewest, most = (min(count, room.lines) for count in lines)
    try:
        if task == "transcribe_lines":
            return texts.paragraph(stream, stream.integers(fewest, most + 1), room.letters)
        if task == "locate":
            for _ in range(TRIES):
                chosen = texts.paragraph(stream, stream.integers(1, most + 1), room.letters)
                if unique_words(" ".join(chosen).split()):
                    return chosen
            raise ConfigError("source", texts.sources, "nearly no text has a word that occurs once")
        if task == "derender":  # an answer with fewer points to a letter could not be read
            return [texts.line(stream, max(4, min(room.letters, most_points // POINTS_A_LETTER)))]
        return [texts.line(stream, room.letters)]
    except ConfigError as error:
        raise error.under("texts") from None


def place_ink(
    layout: Stream,
    written: Written,
    size_px: tuple[int, int],
    x_height_px: tuple[float, float] | None,
    broadest: float,
    turn_deg: float,
) -> Placement:
    """Where the ink goes in a picture of that size; the placement's `size_px` is the height of its x.

    broadest: the width of the broadest line, in x-heights.
    """
    shorter = min(size_px)
    placement = place_box(
        layout,
        bounding_box(written.ink),
        size_px,
        x_height_px or (max(LEGIBLE_PX, 0.025 * shorter), max(LEGIBLE_PX, 0.12 * shorter)),
        unit=written.x_height,
        rotation_deg=turn_deg,
        edge_px=EDGE_PX,
        spread=2 * broadest * written.x_height,  # the widest pen, with room
    )
    assert placement is not None, "without a smallest size there is always one"
    return placement
