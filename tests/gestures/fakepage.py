"""A page of made-up words, and targets on it, for marks to be drawn on."""

from __future__ import annotations

from itertools import pairwise

from synthink.draw.geometry import Box
from synthink.gestures.target import Strip, Target
from synthink.streams import Stream

WORDS = "the quick brown foxes jump over a lazy dog I saw under some extraordinarily tall and old trees in mid autumn"
IMAGE = Box(60.0, 400.0, 300.0, 540.0)


class FakePage:
    """Lines of words of the height H, 1.25 H apart, and one image; boxes as a page has them."""

    def __init__(self, stream: Stream, height: float = 20.0, lines: int = 12, width: float = 420.0) -> None:
        self.height, self.words = height, WORDS.split()
        self.lines: list[list[tuple[Box, str]]] = []
        for number in range(lines):
            x, top = 60.0, 40.0 + 1.25 * height * number
            line: list[tuple[Box, str]] = []
            while True:
                word = self.words[stream.integers(0, len(self.words))]
                room = 0.45 * height * len(word)
                if x + room > 60.0 + width:
                    break
                line.append((Box(x, top, x + room, top + height), word))
                x += room + 0.25 * height
            self.lines.append(line)
        self.column = 60.0, max(line[-1][0].right for line in self.lines)

    def strip(self, line: int, first: int, stop: int) -> Strip:
        boxes = [box for box, _ in self.lines[line]]
        band = Box(boxes[0].left, boxes[0].top, boxes[-1].right, boxes[0].bottom)
        chosen = boxes[first:stop]
        box = Box(chosen[0].left, band.top, chosen[-1].right, band.bottom)
        before = boxes[first - 1].right if first else None
        after = boxes[stop].left if stop < len(boxes) else None
        gaps = tuple((one.right + other.left) / 2 for one, other in pairwise(chosen))
        return Strip(box, band, band.top + 0.78 * self.height, before, after, gaps)

    def target(self, kind: str, stream: Stream) -> Target:
        return getattr(self, f"_{kind}")(stream)

    def _line(self, stream: Stream, spare: int = 0) -> int:
        return stream.integers(0, len(self.lines) - spare)

    def _of(self, *strips: Strip) -> Target:
        boxes = [strip.box for strip in strips]
        around = Box(min(b.left for b in boxes), boxes[0].top, max(b.right for b in boxes), boxes[-1].bottom)
        return Target(around, (0,), strips, column=self.column)

    def _words(self, stream: Stream) -> Target:
        if stream.chance(0.15):
            line = self._line(stream, 2)
            count, last = len(self.lines[line]), stream.integers(1, 3)
            strips = [self.strip(line, stream.integers(count // 2, count), count)]
            if stream.chance(0.2):
                line += 1
                strips.append(self.strip(line, 0, len(self.lines[line])))
            return self._of(*strips, self.strip(line + 1, 0, last))
        line = self._line(stream)
        first = stream.integers(0, len(self.lines[line]))
        return self._of(self.strip(line, first, min(first + 1 + stream.integers(0, 4), len(self.lines[line]))))

    def _lines(self, stream: Stream) -> Target:
        first, count = self._line(stream, 3), stream.integers(1, 4)
        return self._of(*(self.strip(line, 0, len(self.lines[line])) for line in range(first, first + count)))

    def _gap(self, stream: Stream) -> Target:
        line = self._line(stream)
        word = stream.integers(1, len(self.lines[line]))
        one, other = self.lines[line][word - 1][0], self.lines[line][word][0]
        spare = 0.025 * self.height  # a gap's box is at least 0.3 H wide
        box = Box(one.right - spare, one.top, other.left + spare, one.bottom)
        whole = self.strip(line, 0, len(self.lines[line]))
        strip = Strip(box, whole.line, whole.baseline, one.right, other.left)
        return Target(box, (0, 1), (strip,), column=self.column)

    def _image(self, stream: Stream) -> Target:
        return Target(IMAGE, image=0, image_box=IMAGE, column=self.column)

    def _part_of_image(self, stream: Stream) -> Target:
        width, height = IMAGE.width * stream.uniform(0.42, 0.9), IMAGE.height * stream.uniform(0.42, 0.9)
        left = IMAGE.left + stream.uniform(0, IMAGE.width - width)
        top = IMAGE.top + stream.uniform(0, IMAGE.height - height)
        return Target(Box(left, top, left + width, top + height), image=0, image_box=IMAGE, column=self.column)

    def _pair(self, stream: Stream) -> Target:
        line = self._line(stream, 2)
        below = line + stream.integers(0, 3)
        one = stream.integers(0, len(self.lines[line]) - 2)
        other = one + 2 if below == line else stream.integers(0, min(len(self.lines[below]), one + 3))
        return self._pair_of((line, one), (below, other))

    def _neighbours(self, stream: Stream) -> Target:
        line = self._line(stream)
        word = stream.integers(0, len(self.lines[line]) - 1)
        return self._pair_of((line, word), (line, word + 1))

    def _pair_of(self, one: tuple[int, int], other: tuple[int, int]) -> Target:
        ends = self.lines[one[0]][one[1]][0], self.lines[other[0]][other[1]][0]
        strips = tuple(self.strip(line, word, word + 1) for line, word in (one, other))
        around = Box(min(b.left for b in ends), ends[0].top, max(b.right for b in ends), ends[1].bottom)
        return Target(around, (0, 1), strips, ends=ends, column=self.column)
