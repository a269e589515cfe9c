"""The tasks of `meters`: what is asked, what is taken for an answer, and how good it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from synthink import Box, Prompts, Sample, SentenceAnswers, Weight, Weights
from synthink.draw import Points
from synthink.labels import (
    NONE,
    PLAIN,
    alike,
    centre_distance,
    denies,
    format_box,
    intersection_over_union,
    is_box,
    named_words,
    parse_box,
    readings,
)

TASKS = ("read", "read_unit", "type", "digits", "detect", "registers", "caption")
KINDS = ("drum", "lcd", "led", "dials", "gauge")
BETWEEN = 0.1  # of the way from one figure to the next: a wheel that is farther from both stands between them
TASK_KINDS = {"digits": ("drum", "lcd", "led", "dials"), "registers": ("drum", "lcd")}
"""The kinds of meters of which a task is asked, where it is not asked of all."""
DEVICES = {
    **{"drum": "a mechanical counter", "lcd": "a liquid crystal display", "led": "a display of light-emitting diodes"},
    **{"dials": "a row of dials", "gauge": "a round gauge"},
}
IN_SHORT = {
    "read": "what do they read",
    "read_unit": "what do they read, in which unit",
    "type": "which kind of display is it",
    "digits": "where is each figure",
    "detect": "where is the display",
    "registers": "what does one of two registers read",
    "caption": "what is to be seen",
}
"""The tasks in a few words."""
_NUMBER = re.compile(r"(?<![A-Za-z0-9.])-?[0-9]{1,15}(?:\.[0-9]{1,9})?")


class MeterTasks(Weights):
    """The weights of the tasks."""

    read: Weight = 0.4
    """The answer is the reading, with as many figures as the meter shows; the red pointers below a water meter's wheels
    are no part of it."""
    read_unit: Weight = 0.2
    """The answer is the reading with its unit."""
    type: Weight = 0.05
    """The answer is the kind of display: drum, lcd, led, dials or gauge."""
    digits: Weight = 0.1
    """The answer is each figure behind its box; not asked of gauges."""
    detect: Weight = 0.1
    """The answer is the box of the display."""
    registers: Weight = 0.1
    """The meter has two counters; the answer is the reading of one of them. Asked of drums and LCDs."""
    caption: Weight = 0.05
    """The answer is a sentence that says what is to be seen."""


class MeterKinds(Weights):
    """The weights of the kinds of displays."""

    noun = "kind"

    drum: Weight = 0.35
    """Number wheels behind a window."""
    lcd: Weight = 0.2
    """Seven-segment digits on a liquid crystal."""
    led: Weight = 0.1
    """Seven-segment digits that shine."""
    dials: Weight = 0.15
    """Dials with ten figures each, whose neighbours turn against each other."""
    gauge: Weight = 0.2
    """A pointer over a round scale."""


class MeterPrompts(Prompts):
    """The questions of each task, of which one is drawn for each row."""

    placeholders: ClassVar[dict[str, str]] = {"registers": "{register}"}

    read: tuple[str, ...] = ("extract meter value from this image",)
    """The questions of `read`."""
    read_unit: tuple[str, ...] = ("What does the meter read, with its unit?",)
    """The questions of `read_unit`."""
    type: tuple[str, ...] = ("What kind of display does the meter have?",)
    """The questions of `type`."""
    digits: tuple[str, ...] = ("Find the digits of the reading",)
    """The questions of `digits`."""
    detect: tuple[str, ...] = ("detect display",)
    """The questions of `detect`."""
    registers: tuple[str, ...] = ("What does register {register} read?",)
    """{register} becomes the name that is printed beside it."""
    caption: tuple[str, ...] = ("Describe the meter",)
    """The questions of `caption`."""


class MeterAnswers(SentenceAnswers):
    """The answers of `meters`: how they are written, read and scored. They stand alone."""

    has_sentences = False

    def templates(self, task: str) -> tuple[str, ...]:
        return PLAIN

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        raise NotImplementedError

    @property
    def answer_format(self) -> str:
        """The format of boxes in answers."""
        raise NotImplementedError

    def right_answer(self, task: str, annotations: Mapping[str, Any]) -> str:
        """The answer to a task about a meter with these annotations."""
        reading, unit, kind = annotations["reading"], annotations["unit"], annotations["kind"]
        if task in ("read", "registers"):
            return str(reading)
        if task == "read_unit":
            return f"{reading} {unit}"
        if task == "type":
            return str(kind)
        if task == "detect":
            return format_box(annotations["display_box"], self.size_px, self.answer_format)
        if task == "digits":
            places = zip(annotations["place_digits"], annotations["place_boxes"], strict=True)
            boxes = ((format_box(box, self.size_px, self.answer_format), digit) for digit, box in places)
            return " ; ".join(f"{box} {digit}" for box, digit in boxes if digit)
        return f"A meter with {DEVICES[kind]} that reads {reading} {unit}."

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        """`correct` and, by task: `interval` (the last number of the answer is one that a careful person may read),
        `figures` (share of the figures that are right, counted from the decimal mark), `unit`, `overlap` of boxes.

        `figure_1`, `figure_2`, ... say whether the first figure from the right is right, and the second.
        `digits` is correct where all figures are right and each box overlaps its figure's by half. `correct_lenient`
        takes the answer out of whatever sentence it stands in: the only number, with or without zeros before it.
        """
        return self.both(sample, answer, self._score, self._understood)

    def _score(self, sample: Sample, answer: str) -> dict[str, float]:
        """The scores of an answer as it stands."""
        truth, text = sample.suffix.strip(), answer.strip()
        if sample.task == "type":
            return {"correct": float(text.casefold() == truth.casefold())}
        if sample.task == "detect":
            shared = intersection_over_union(self._box(truth), self._box(text))
            return {"correct": float(shared >= 0.5), "overlap": shared}
        if sample.task == "digits":
            return self._score_digits(truth, text)
        reading, number = sample.annotations["reading"], last_number(text)
        low, high = sample.annotations["interval"]
        scores = {
            "correct": float(text == truth),
            "interval": float(number is not None and low <= float(number) <= high),
            "figures": 0.0 if number is None else right_figures(reading, number),
        }
        if sample.annotations["kind"] != "gauge":
            places = right_places(reading, number or "")
            scores |= {f"figure_{place}": float(is_right) for place, is_right in enumerate(places, 1)}
        if sample.task in ("read_unit", "caption"):
            scores["unit"] = float(_names_unit(sample, text))
        return scores

    def _understood(self, sample: Sample, answer: str) -> bool:
        """Whether a sentence says the truth."""
        if sample.task in ("detect", "digits"):
            return any(self._score(sample, reading)["correct"] for reading in readings(answer))
        if sample.task == "type":
            return named_words(answer, KINDS) == {sample.suffix}
        if any(alike(sample.suffix, reading) for reading in readings(answer)):
            return True
        numbers = {Decimal(number) for number in _NUMBER.findall(answer[-1000:])}
        is_read = numbers == {Decimal(sample.annotations["reading"])} and not denies(answer)
        if sample.task == "caption":
            device = DEVICES[sample.annotations["kind"]].removeprefix("a ")
            return is_read and _names_unit(sample, answer) and device in answer.casefold()
        return is_read and (sample.task != "read_unit" or _names_unit(sample, answer))

    def _score_digits(self, truth: str, text: str) -> dict[str, float]:
        wanted, answered = self._digits(truth), self._digits(text)
        if answered is None or wanted is None:
            return {"correct": 0.0, "figures": 0.0, "overlap": 0.0}
        pairs = list(zip(wanted, answered, strict=False))
        longest = max(len(wanted), len(answered))
        overlaps = [intersection_over_union(one, other) for (one, _), (other, _) in pairs]
        figures = sum(one == other for (_, one), (_, other) in pairs) / longest
        all_right = figures == 1 and min(overlaps) >= 0.5
        return {"correct": float(all_right), "figures": figures, "overlap": sum(overlaps) / longest}

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        """The kind of display that an answer names, where that is asked."""
        if sample.task != "type":
            return None
        text = answer.strip().casefold()
        return text if text in KINDS else NONE

    def part_classes(self, sample: Sample, answer: str) -> dict[str, str]:
        """The figure at each place, `place 1` the last; and, again, at the places of wheels between two figures, as
        `place 2, between figures`."""
        columns = sample.annotations
        if sample.task in ("type", "detect") or columns["kind"] == "gauge":
            return {}
        truth, number = columns["reading"], last_number(answer) or ""
        if sample.task == "digits":
            truth, number = (_figures(self._digits(text)) for text in (sample.suffix, answer))
        figures = [figure if figure.isdecimal() else NONE for _, figure in figure_pairs(truth, number)]
        wheels = columns["place_positions"][::-1] if columns["kind"] == "drum" else ()
        between = [place for place, position in enumerate(wheels, 1) if BETWEEN < position % 1 < 1 - BETWEEN]
        return {
            **{f"place {place}": figure for place, figure in enumerate(figures, 1)},
            **{f"place {place}, between figures": figures[place - 1] for place in between if 1 < place <= len(figures)},
        }

    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether an answer is a number, a kind, a box, figures with boxes, or a sentence: what the task asks for."""
        text = answer.strip()
        if sample.task in ("read", "registers"):
            return _NUMBER.fullmatch(text) is not None
        if sample.task == "type":
            return text.casefold() in KINDS
        if sample.task == "detect":
            return is_box(self._box(text))
        return self._digits(text) is not None if sample.task == "digits" else last_number(text) is not None

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        """`relative_error` of a reading, at most 1, which also stands for an answer without a number; `distance_px`
        between the middles of boxes."""
        if sample.task == "detect":
            truth = self._box(sample.suffix)
            return {} if truth is None else {"distance_px": centre_distance(truth, self._box(answer), self.size_px)}
        if sample.task in ("type", "digits"):
            return {}
        value, number = float(sample.annotations["value"]), last_number(answer)
        if number is None:
            return {"relative_error": 1.0}
        return {"relative_error": min(1.0, abs(float(number) - value) / max(abs(value), 1e-9))}

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """The box of an answer, or the boxes of its figures."""
        if sample.task == "detect":
            box = self._box(answer)
            return [] if box is None else [box.outline()]
        digits = self._digits(answer) if sample.task == "digits" else None
        return [box.outline() for box, _ in digits or []]

    def _box(self, text: str) -> Box | None:
        return parse_box(text, self.size_px, self.answer_format)

    def _digits(self, text: str) -> list[tuple[Box, str]] | None:
        """Boxes and figures of an answer of `digits`; None where it is anything else."""
        digits: list[tuple[Box, str]] = []
        for part in text.split(";"):
            place, _, figure = part.strip().rpartition(" ")
            box = self._box(place)
            if box is None or len(figure) != 1 or figure not in "0123456789":
                return None
            digits.append((box, figure))
        return digits


def last_number(text: str) -> str | None:
    """The last number in a text, which is what an answer is taken to say; None where there is none."""
    numbers = _NUMBER.findall(text[-1000:])
    return numbers[-1] if numbers else None


def right_figures(truth: str, answer: str) -> float:
    """The share of figures that two numbers have in common, counted from the decimal mark to both sides."""
    (units, _, part), (other, _, rest) = truth.partition("."), answer.partition(".")
    pairs = [*_from_the_mark(units[::-1], other[::-1]), *_from_the_mark(part, rest)]
    return sum(one == two for one, two in pairs) / max(len(pairs), 1)


def right_places(truth: str, answer: str) -> list[bool]:
    """Whether each figure of a number is right, from the last one on: the one in its place from the decimal mark."""
    return [figure == answered for figure, answered in figure_pairs(truth, answer)]


def figure_pairs(truth: str, answer: str) -> list[tuple[str, str]]:
    """Each figure of a number, from the last one on, and what an answer has in its place from the decimal mark, which
    may be nothing."""
    (units, _, part), (other, _, rest) = truth.partition("."), answer.partition(".")
    decimals = [(figure, rest[place : place + 1]) for place, figure in enumerate(part)]
    before = [(figure, other[::-1][place : place + 1]) for place, figure in enumerate(units[::-1])]
    return [*decimals[::-1], *before]


def _figures(digits: Sequence[tuple[Box, str]] | None) -> str:
    return "".join(figure for _, figure in digits or ())


def _from_the_mark(one: str, two: str) -> Sequence[tuple[str, str]]:
    length = max(len(one), len(two))
    return list(zip(one.ljust(length), two.ljust(length), strict=True))


def _names_unit(sample: Sample, text: str) -> bool:
    """Whether a text names the meter's unit, in one of its spellings."""
    return any(_names(text, spelling) for spellings in sample.annotations["units"] for spelling in spellings)


def _names(text: str, spelling: str) -> bool:
    """Whether a text names a unit: as a word of its own."""
    return re.search(rf"(?<![A-Za-z]){re.escape(spelling)}(?![A-Za-z0-9])", text, re.IGNORECASE) is not None
