"""Selectors of CSS, and which of them the elements of a tree fit (CSS 2.1, chapter 5).

The tree is walked from its root: which steps of a selector an element fits follows from those that the elements above
it fit, so that work is in proportion to elements and steps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from synthink.ink.files.safe_xml import XmlNode

_MOST_STEPS = 50  # of one selector
_NAME = r"-?[A-Za-z_\u0080-\U0010ffff](?:[\w-]|[^\x00-\x7f])*+"
_PART = re.compile(
    rf"""(?P<type>\*|{_NAME}) | \.(?P<class>{_NAME}) | \#(?P<id>[\w\u0080-\U0010ffff-]++)
    | \[\s*+(?P<attribute>{_NAME})\s*+(?:(?P<operator>[~|^$*]?=)\s*+(?P<value>"[^"]*+"|'[^']*+'|[^\]\s"']++)\s*+)?+\]
    | (?P<root>:root)""",
    re.VERBOSE,
)
_COMBINATOR = re.compile(r"\s*+(?P<child>>)\s*+|(?P<descendant>\s++)")

Specificity = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """All that a selector asks of one element. is_child: of the element directly above, not of any above."""

    type: str = "*"
    classes: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str, str], ...] = ()
    is_root: bool = False
    is_child: bool = False

    def fits(self, node: XmlNode, classes: frozenset[str], is_root: bool) -> bool:
        """Whether the step asks nothing that the element is not."""
        return (
            (self.type in ("*", node.tag))
            and self.classes <= classes
            and all(node.attributes.get("id") == name for name in self.identifiers)
            and (is_root or not self.is_root)
            and all(_has(node, *attribute) for attribute in self.attributes)
        )


def parse_selector(selector: str) -> tuple[Step, ...] | None:
    """The steps of a selector, None for one that is not read."""
    steps: list[Step] = []
    at = 0
    is_child = False
    while at < len(selector) and len(steps) <= _MOST_STEPS:
        parts: list[re.Match[str]] = []
        while (match := _PART.match(selector, at)) and not (parts and match["type"]):
            parts.append(match)
            at = match.end()
        if not parts:
            return None
        steps.append(_step(parts, is_child))
        if at < len(selector):
            combinator = _COMBINATOR.match(selector, at)
            if combinator is None or combinator.end() == len(selector):
                return None
            is_child, at = combinator["child"] is not None, combinator.end()
    return tuple(steps) if 0 < len(steps) <= _MOST_STEPS else None


def _step(parts: Sequence[re.Match[str]], is_child: bool) -> Step:
    def texts(group: str) -> frozenset[str]:
        return frozenset(part[group] for part in parts if part[group] is not None)

    attributes = [
        (part["attribute"], part["operator"] or "", (part["value"] or "").strip("\"'"))
        for part in parts
        if part["attribute"] is not None
    ]
    is_root = any(part["root"] is not None for part in parts)
    return Step(parts[0]["type"] or "*", texts("class"), texts("id"), tuple(attributes), is_root, is_child)


def specificity(steps: Sequence[Step]) -> Specificity:
    return (
        0,
        sum(len(step.identifiers) for step in steps),
        sum(len(step.classes) + len(step.attributes) + step.is_root for step in steps),
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

    def matches(self, node: XmlNode, above: Bits, parent: Bits, is_root: bool) -> tuple[list[int], Bits]:
        """The places of selectors that an element fits, and the bits of those that it fits in part.

        above: the bits of all elements above it together; parent: of the one directly above.
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
                before = (parent if step.is_child else above).get(place, 0) if number else 1
                if before >> max(number - 1, 0) & 1 and step.fits(node, classes, is_root):
                    if number == len(steps) - 1:
                        places.append(place)
                    else:
                        here[place] = here.get(place, 0) | 1 << number
        return places, here


def _key(step: Step) -> str:
    """A name that every element has which fits the step: an identifier, else a class, else its own name."""
    identifiers, classes = sorted(step.identifiers), sorted(step.classes)
    return f"#{identifiers[0]}" if identifiers else f".{classes[0]}" if classes else step.type
