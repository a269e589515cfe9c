"""A paragraph's words set anew into its lines. Only the lines from the change to where all is as before are touched."""

from __future__ import annotations

from typing import NamedTuple

from synthink.documents.edits.slots import Slot, beyond, paragraph_slots
from synthink.documents.page.model import Page
from synthink.draw.geometry import GRID

Item = int | str
"""The number of a word that is on the page, or the text of a new one."""

GAP = 0.25  # of the line's height: the space between words where there is none to measure
GAPS = (0.1, 1.0)  # of the line's height: what is taken for a space; wider ones are a table's
CHARACTER = (0.2, 1.0)  # of the line's height: widths of characters that are believed
CLOSE = 1.25  # ratio of heights up to which a word keeps its width on another line


class FlowLine(NamedTuple):
    """A line as it was set."""

    slot: Slot
    items: list[Item]
    boxes: list[tuple[float, float, float, float]]


class Flow(NamedTuple):
    """Lines `start` to `stop` of the page, of one paragraph, become `lines`.

    added: pixels by which the lines reach lower than the paragraph did.
    """

    paragraph: int
    start: int
    stop: int
    lines: list[FlowLine]
    added: float


def reflow(page: Page, paragraph: int, items: list[Item]) -> Flow:
    """The paragraph with these words in place of its own.

    Words keep their widths, and the spaces between words that stood side by side; other spaces are the paragraph's
    median. A new word is as wide as the paragraph's mean character times its length. A line that ended early before
    still ends there. Words that come to a line of another height are scaled to it, those wider than a whole line are
    set narrower. Lines beyond the last follow at the paragraph's pitch.
    """
    setter = _Setter(page, paragraph, items)
    starts = page.line_words[0]
    lines: list[FlowLine] = []
    at, same, slot = setter.first_item, setter.same_from(), setter.start
    while at < len(items):
        if at >= same and slot < setter.stop and items[at] == starts[slot]:
            return Flow(paragraph, setter.start, slot, lines, 0.0)
        line = setter.line(at, setter.slot(slot))
        lines.append(line)
        at, slot = at + len(line.items), slot + 1
    added = max(0, slot - setter.stop) * setter.pitch
    return Flow(paragraph, setter.start, setter.stop, lines, added)


class _Setter:
    """One paragraph's measures: its slots, spaces and words."""

    def __init__(self, page: Page, paragraph: int, items: list[Item]) -> None:
        self.page, self.items = page, items
        first, last = (int(numbers[paragraph]) for numbers in page.paragraph_words)
        self.first, self.count = first, last - first
        self.lines: list[int] = page.word_lines[first:last].tolist()
        self.boxes: list[list[float]] = page.word_boxes[first:last].tolist()
        self.first_line: int = self.lines[0]
        self.stop: int = self.lines[-1] + 1
        unchanged = next(
            (i for i, item in enumerate(items[: self.count]) if item != first + i), min(len(items), self.count)
        )
        self.start = self.lines[max(unchanged - 1, 0)]
        self.first_item = self.lines.index(self.start)
        self.line_boxes: list[list[float]] = page.line_boxes[self.first_line : self.stop].tolist()
        self.gap = self._gap()
        self.slots, self.pitch = paragraph_slots(page, self.first_line, self.stop)
        self.further: Slot | None = None
        self.hard = self._hard()
        self.character = self._character()

    def same_from(self) -> int:
        """The item from which on all are the paragraph's own words to its end."""
        items, last, number = self.items, self.first + self.count - 1, len(self.items)
        while number and items[number - 1] == last:
            number, last = number - 1, last - 1
        return number

    def slot(self, line: int) -> Slot:
        """The place of a line of the page; beyond the paragraph's last, one below it."""
        if line < self.stop:
            return self.slots[line - self.first_line]
        if self.further is None:
            self.further = beyond(self.page, self.stop - 1, self.slots[-1])
        last, below = self.further, (line + 1 - self.stop) * self.pitch
        return Slot(last.left, last.limit, last.top + below, last.bottom + below, last.baseline + below)

    def line(self, at: int, slot: Slot) -> FlowLine:
        """The items from number `at` on that the slot holds, at least one."""
        line = FlowLine(slot, [], [])
        x = slot.left
        for number in range(at, len(self.items)):
            item = self.items[number]
            left = x
            if line.items:
                left = max(x + self._space(line.items[-1], item, slot), line.boxes[-1][0] + 1 / GRID)
            width, top, bottom = self._extent(item, slot)
            if line.items and (left + width > slot.limit or item in self.hard):
                break
            x = min(left + width, slot.limit)
            line.items.append(item)
            line.boxes.append((left, top, x, bottom))
        return line

    def _space(self, before: Item, item: Item, slot: Slot) -> float:
        """Between two words on a line. Italics may lean into each other, by a share of their height."""
        if isinstance(before, int) and item == before + 1:
            one = before - self.first
            if 0 <= one < self.count - 1 and self.lines[one] == self.lines[one + 1]:
                space = self.boxes[one + 1][0] - self.boxes[one][2]
                line_box = self.line_boxes[self.lines[one] - self.first_line]
                scale = slot.height / (line_box[3] - line_box[1])
                if scale < 1 / CLOSE or scale > CLOSE or (space < 0 and scale < 1):
                    space = _snap(space * scale)
                return space
        return self.gap

    def _extent(self, item: Item, slot: Slot) -> tuple[float, float, float]:
        """Width, top and bottom of a word on a line."""
        if isinstance(item, str):
            low, high = CHARACTER
            character = min(max(self.character, low * slot.height), high * slot.height)
            return _snap(character * len(item)), slot.top, slot.bottom
        if self.first <= item < self.first + self.count:
            left, top, right, bottom = self.boxes[item - self.first]
            line_box = self.line_boxes[self.lines[item - self.first] - self.first_line]
        else:
            left, top, right, bottom = self.page.word_boxes[item].tolist()
            line_box = self.page.line_boxes[self.page.word_lines[item]].tolist()
        width, scale = right - left, slot.height / (line_box[3] - line_box[1])
        if scale == 1.0:
            return width, slot.top + top - line_box[1], slot.top + bottom - line_box[1]
        if not 1 / CLOSE <= scale <= CLOSE:
            width = max(_snap(width * scale), 1 / GRID)
        upper, lower = (_snap(slot.top + (y - line_box[1]) * scale) for y in (top, bottom))
        return width, min(upper, slot.bottom - 1 / GRID), max(lower, upper + 1 / GRID)

    def _gap(self) -> float:
        """The paragraph's median space."""
        boxes, lines = self.boxes, self.lines
        height = self.line_boxes[0][3] - self.line_boxes[0][1]
        gaps = sorted(boxes[i][0] - boxes[i - 1][2] for i in range(1, self.count) if lines[i] == lines[i - 1])
        gap = gaps[len(gaps) // 2] if gaps else GAP * height
        return _snap(min(max(gap, GAPS[0] * height), GAPS[1] * height)) or 1 / GRID

    def _hard(self) -> frozenset[Item]:
        """Words that stood at the start of a line though the line before had room for them: there it was ended."""
        boxes, lines, starts = self.boxes, self.lines, []
        for i in range(1, self.count):
            if lines[i] != lines[i - 1]:
                limit = self.slots[lines[i - 1] - self.first_line].limit
                if boxes[i - 1][2] + self.gap + boxes[i][2] - boxes[i][0] <= limit:
                    starts.append(self.first + i)
        return frozenset(starts)

    def _character(self) -> float:
        """The mean width of a character."""
        texts = self.page.words[self.first : self.first + self.count]
        return sum(box[2] - box[0] for box in self.boxes) / sum(map(len, texts))


def _snap(value: float) -> float:
    return round(value * GRID) / GRID
