"""Selectors of CSS, and which of them the elements of a tree fit (CSS 2.1, chapter 5).

The tree is walked from its root: which steps of a selector an element fits follows from those that the elements above
it fit, so that work is in proportion to elements and steps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthink.ink.files.safe_xml import XmlNode

_MOST_STEPS = 50  # of one selector
_NAME = r"-?[A-Za-z_\u0080-\U0010ffff](?:[\w-]|[^\x00-\x7f])*+"
_PART = re.compile(
    rf"""(?:(?:\*|{_NAME})?\|)?(?P<type>\*|{_NAME}) | \.(?P<class>{_NAME}) | \#(?P<id>[\w\u0080-\U0010ffff-]++)
    | \[\s*+(?P<attribute>{_NAME})\s*+(?:(?P<operator>[~|^$*]?=)\s*+(?P<value>"[^"]*+"|'[^']*+'|[^\]\s"']++)\s*+)?+\]
    | :not\(\s*+(?P<not>[^()\s]++)\s*+\)
    | :(?P<place>(?:first|last|only)-(?:child|of-type)\b|nth-child(?=\())(?:\(\s*+(?P<nth>[^()]*+)\))?+
    | (?P<root>:root\b)""",
    re.VERBOSE,
)
_COMBINATOR = re.compile(r"\s*+([>+~])\s*+|\s++")
_NTH = re.compile(r"(?:(?P<step>[+-]?\d{0,6})n)?\s*(?P<first>[+-]?\s*\d{1,6})?", re.ASCII | re.IGNORECASE)
_NAMED_NTH = {"odd": (2, 1), "even": (2, 0)}

Specificity = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an element among the children of its parent, and among those of its name; numbers from 1."""

    number: int = 1
    count: int = 1
    number_of_type: int = 1
    count_of_type: int = 1
    is_root: bool = False

    def fits(self, kind: str, step: int, first: int) -> bool:
        """Whether it is the first, the last, the only one, or one of each `step` from the number `first` on."""
        if kind == "nth-child":
            turns, rest = divmod(self.number - first, step) if step else (0, self.number - first)
            return rest == 0 and turns >= 0
        of_type = kind.endswith("of-type")
        number, count = (self.number_of_type, self.count_of_type) if of_type else (self.number, self.count)
        return (number == 1 or kind.startswith("last")) and (number == count or kind.startswith("first"))


@dataclass(frozen=True, slots=True)
class Step:
    """All that a selector asks of one element.

    combinator: where the step before is sought: in any element above (a blank), in the one directly above (`>`), in the
    one before of the same parent (`+`), or in any before (`~`). places: what is asked of its place among those of its
    parent, with the step and the first number of `nth-child`. nots: what it must not be.
    """

    type: str = "*"
    classes: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str, str], ...] = ()
    is_root: bool = False
    combinator: str = " "
    places: tuple[tuple[str, int, int], ...] = ()
    nots: tuple[Step, ...] = ()

    def fits(self, node: XmlNode, classes: frozenset[str], place: Place) -> bool:
        """Whether the step asks nothing that the element is not."""
        is_root = place.is_root
        return (
            (self.type in ("*", node.tag))
            and self.classes <= classes
            and all(node.attributes.get("id") == name for name in self.identifiers)
            and (is_root or not self.is_root)
            and all(_has(node, *attribute) for attribute in self.attributes)
            and all(place.fits(*wanted) for wanted in self.places)
            and not any(step.fits(node, classes, place) for step in self.nots)
        )


def parse_selector(selector: str) -> tuple[Step, ...] | None:
    """The steps of a selector, None for one that is not read."""
    steps: list[Step] = []
    at = 0
    combinator = " "
    while at < len(selector) and len(steps) <= _MOST_STEPS:
        parts: list[re.Match[str]] = []
        while (match := _PART.match(selector, at)) and not (parts and match["type"]):
            parts.append(match)
            at = match.end()
        if not parts:
            return None
        step = _step(parts, combinator)
        if step is None:
            return None
        steps.append(step)
        if at < len(selector):
            match = _COMBINATOR.match(selector, at)
            if match is None or match.end() == len(selector):
                return None
            combinator, at = match[1] or " ", match.end()
    return tuple(steps) if 0 < len(steps) <= _MOST_STEPS else None


def _step(parts: Sequence[re.Match[str]], combinator: str) -> Step | None:
    """The step that its parts make, None where one of them is not read."""

    def texts(group: str) -> frozenset[str]:
        return frozenset(part[group] for part in parts if part[group] is not None)

    attributes = [
        (part["attribute"], part["operator"] or "", (part["value"] or "").strip("\"'"))
        for part in parts
        if part["attribute"] is not None
    ]
    is_root = any(part["root"] is not None for part in parts)
    places = [_place(part["place"], part["nth"]) for part in parts if part["place"] is not None]
    nots = [parse_selector(part["not"]) for part in parts if part["not"] is not None]
    if None in places or any(steps is None or len(steps) > 1 or steps[0].nots for steps in nots):
        return None
    return Step(
        parts[0]["type"] or "*",
        texts("class"),
        texts("id"),
        tuple(attributes),
        is_root,
        combinator,
        tuple(place for place in places if place is not None),
        tuple(steps[0] for steps in nots if steps is not None),
    )


def _place(kind: str, nth: str | None) -> tuple[str, int, int] | None:
    """What is asked of an element's place, None for a number that cannot be read."""
    if kind != "nth-child":
        return (kind, 0, 0) if nth is None else None
    text = (nth or "").strip().lower()
    if text in _NAMED_NTH:
        return (kind, *_NAMED_NTH[text])
    match = _NTH.fullmatch(text)
    if match is None or not text:
        return None
    step = match["step"]
    return (
        kind,
        0 if step is None else int(f"{step}1" if step in ("", "+", "-") else step),
        int(re.sub(r"\s", "", match["first"] or "0")),
    )


def specificity(steps: Sequence[Step]) -> Specificity:
    steps = [part for step in steps for part in (step, *step.nots)]
    return (
        0,
        sum(len(step.identifiers) for step in steps),
        sum(len(step.classes) + len(step.attributes) + len(step.places) + step.is_root for step in steps),
        sum(step.type != "*" for step in steps),
    )


def _has(node: XmlNode, name: str, operator: str, value: str) -> bool:
    """Whether the element has an attribute with such a value."""
    written = node.attributes.get(name)
    if written is None:
        return False
    match operator:
        case "=":
            return written == value
        case "~=":
            return value in written.split()
        case "|=":
            return written == value or written.startswith(f"{value}-")
        case "^=":
            return bool(value) and written.startswith(value)
        case "$=":
            return bool(value) and written.endswith(value)
        case "*=":
            return bool(value) and value in written
    return True


Bits = dict[int, int]
"""Place of a selector -> a number whose bit n says that an element fits step n, with all steps before it above."""


class Matcher:
    """Compares elements with the steps of selectors, found by a name that they ask for. checks: comparisons so far."""

    def __init__(self, selectors: Sequence[tuple[Step, ...]]) -> None:
        self.selectors = selectors
        self.checks = 0
        self._by_name: dict[str, list[tuple[int, int]]] = {}
        for place, steps in enumerate(selectors):
            for number, step in enumerate(steps):
                self._by_name.setdefault(_key(step), []).append((place, number))

    def matches(self, node: XmlNode, around: Mapping[str, Bits], place_of_node: Place) -> tuple[list[int], Bits]:
        """The places of selectors that an element fits, and the bits of those that it fits in part.

        around: the bits by combinator: of all elements above it together, of the one directly above, of the one before
        it, of all before it of the same parent.
        """
        places: list[int] = []
        here: Bits = {}
        if not self.selectors:
            return places, here
        classes = frozenset(node.attributes.get("class", "").split())
        for name in ("*", node.tag, f"#{node.attributes.get('id', '')}", *(f".{name}" for name in classes)):
            for place, number in self._by_name.get(name, ()):
                self.checks += 1
                steps = self.selectors[place]
                step = steps[number]
                before = around[step.combinator].get(place, 0) if number else 1
                if before >> max(number - 1, 0) & 1 and step.fits(node, classes, place_of_node):
                    if number == len(steps) - 1:
                        places.append(place)
                    else:
                        here[place] = here.get(place, 0) | 1 << number
        return places, here


def _key(step: Step) -> str:
    """A name that every element has which fits the step: an identifier, else a class, else its own name."""
    identifiers, classes = sorted(step.identifiers), sorted(step.classes)
    return f"#{identifiers[0]}" if identifiers else f".{classes[0]}" if classes else step.type
