"""The strokes of an SVG drawing: its shapes, where they are placed and how they are painted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import Budget, Points, fault, point_array
from synthink.ink.files.svg import transforms
from synthink.ink.files.svg.css_transforms import PLACING, placing
from synthink.ink.files.svg.paths import polylines
from synthink.ink.files.svg.transforms import NUMBER, Matrix, Polyline
from synthink.ink.files.svg.writer import USER_SPACE

MOST_POINTS = 5_000_000
"""The most points that the curves of one drawing may come to."""
MOST_USED = 10_000
"""The most elements that `use` may repeat, beside as many as the file has."""
PROPERTIES = (
    *("fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width"),
    *("display", "visibility", "opacity"),
)
"""The properties that say whether a shape is a stroke, and of what pen."""
SHAPES = ("path", "polyline", "polygon", "line")
"""The elements that may be strokes."""
OTHER_SHAPES = ("rect", "circle", "ellipse", "text", "image")
"""The elements that are drawn and are no strokes."""
_CONTAINERS = ("svg", "g", "a", "switch")
_EMPTY = ("none", "transparent")
_CLEAR = re.compile(
    r"#[0-9a-f]{3}0|#[0-9a-f]{6}00|(?:rgb|hsl)a?\([^,/]+(?:,[^,/]+,[^,/]+,|/)\s*[0.]+%?\s*\)", re.ASCII | re.IGNORECASE
)
"""Colours whose share of opacity is 0."""
_AMOUNTS = ("opacity", "fill-opacity", "stroke-opacity", "stroke-width")
_NUMBER = re.compile(NUMBER, re.ASCII)
_DEEPEST_USE = 20

Style = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Visit:
    """An element that is to be drawn. matrix: from its parent's user space to the page. uses: the elements that `use`
    is repeating around it; size: what `use` says of the width and height of a symbol."""

    node: XmlNode
    matrix: Matrix
    inherited: Style
    uses: tuple[XmlNode, ...] = ()
    size: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Drawing:
    """Collects the strokes of a drawing. styles: the declarations that hold for an element; colors, widths: of the pen
    of each stroke, as they are written; ignored: counts of what is no stroke; skipped: of what cannot be read."""

    reading: Reading
    styles: Mapping[XmlNode, Style]
    strokes: list[Points] = field(default_factory=list)
    colors: list[str] = field(default_factory=list)
    widths: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    _named: dict[str, XmlNode] = field(default_factory=dict)
    _used: int = 0
    _budget: Budget = field(init=False)

    def __post_init__(self) -> None:
        self._budget = Budget(self.reading)

    def draw(self, root: XmlNode) -> None:
        """Collect the strokes of an element and all below it, in document order."""
        for node in root.walk():
            self._used -= 1
            if "id" in node.attributes:
                self._named.setdefault(node.attributes["id"], node)
        waiting = [_Visit(root, np.eye(3), {})]
        while waiting:
            visit = waiting.pop()
            if visit.uses:
                self._used += 1
                if self._used > MOST_USED:
                    self.reading.fail(f"repeats more than {MOST_USED} elements by use", visit.node.where)
            waiting.extend(reversed(list(self._visit(visit))))

    def _visit(self, visit: _Visit) -> Iterator[_Visit]:
        """Draw an element; yields those below it, or those that it uses."""
        node = visit.node
        style = self._style(node, visit.inherited)
        if style.get("display") == "none" or "opacity" in _zeros(style):
            self.ignored["hidden"] += 1
            return
        try:
            with np.errstate(all="ignore"):  # what is not finite is refused with the points
                matrix = self._placed(visit)
            if node.tag in SHAPES:
                self._shape(node, matrix, style)
            elif node.tag in OTHER_SHAPES:
                self.ignored["shapes"] += 1
            elif node.tag == "use":
                yield from self._use(visit, matrix, style)
            elif node.tag in _CONTAINERS or (node.tag == "symbol" and visit.uses and visit.uses[-1] is node):
                children = node.children
                if node.tag == "switch":  # a viewer draws the first that it can
                    children = [child for child in children if child.tag != "foreignObject"][:1]
                for child in children:
                    yield _Visit(child, matrix, style, visit.uses)
        except ValueError as error:
            self.reading.skip(str(error), node.where, node.offset)
            self.skipped += 1

    def _placed(self, visit: _Visit) -> Matrix:
        """The matrix from an element's user space to the page."""
        node, matrix = visit.node, visit.matrix
        style = self.styles.get(node, {})
        if "transform" in node.attributes or not style.keys().isdisjoint(PLACING):
            matrix = matrix @ placing(node.attributes, style)
        if node.tag in ("svg", "symbol") and USER_SPACE not in node.attributes:
            matrix = matrix @ transforms.viewport({**node.attributes, **visit.size})
        return matrix

    def _use(self, visit: _Visit, matrix: Matrix, style: Style) -> Iterator[_Visit]:
        """The element that a `use` repeats at its place."""
        about = visit.node.attributes
        reference = about.get("href", about.get("xlink:href", "")).strip()
        target = self._named.get(reference[1:]) if reference.startswith("#") else None
        if target is None:
            raise ValueError(f"uses {quoted(reference, 40)}, which is not in the file")
        if target in visit.uses or len(visit.uses) >= _DEEPEST_USE:
            raise ValueError(f"uses {quoted(reference, 40)}, which uses itself, or others too deep")
        x, y = (transforms.length(about.get(name, "0")) for name in "xy")
        if x is None or y is None:
            raise ValueError("has a place that is no length in px")
        with np.errstate(all="ignore"):  # what is not finite is refused with the points
            moved = matrix @ np.array(((1, 0, x), (0, 1, y), (0, 0, 1)))
        size: dict[str, str] = {name: about[name] for name in ("width", "height") if name in about}
        yield _Visit(target, moved, style, (*visit.uses, target), size)

    def _style(self, node: XmlNode, inherited: Style) -> dict[str, str]:
        """All that holds for an element: inherited, from its attributes, from style sheets and its own `style`."""
        own = {name: node.attributes[name].strip() for name in PROPERTIES if name in node.attributes}
        own |= {name: value for name, value in self.styles.get(node, {}).items() if name in PROPERTIES}
        above = {name: value for name, value in inherited.items() if name not in ("display", "opacity")}
        return above | {name: value for name, value in own.items() if value != "inherit"}

    def _shape(self, node: XmlNode, matrix: Matrix, style: Style) -> None:
        if style.get("visibility") in ("hidden", "collapse"):
            self.ignored["hidden"] += 1
            return
        zeros = _zeros(style)
        has_pen = _paints(style.get("stroke", "black")) and not {"stroke-opacity", "stroke-width"} & zeros
        is_filled = _paints(style.get("fill", "none" if has_pen else "black")) and "fill-opacity" not in zeros
        if is_filled or not has_pen:
            self.ignored["outlines" if is_filled else "unpainted"] += 1
            return
        for points in _polylines(node, matrix, MOST_POINTS - self._budget.points):
            stroke = point_array(points[:, 0], points[:, 1])
            reason = fault(stroke)
            if reason is not None:
                self.reading.skip(reason, node.where, node.offset)
                self.skipped += 1
                continue
            self._budget.add(len(stroke))
            self.strokes.append(stroke)
            self.colors.append(style.get("stroke", ""))
            self.widths.append(style.get("stroke-width", ""))


def _paints(paint: str) -> bool:
    """Whether a colour can be seen."""
    return paint.lower() not in _EMPTY and not _CLEAR.fullmatch(paint.strip())


def _zeros(style: Style) -> set[str]:
    """The properties that make what they are said of invisible: opacities and widths of 0, and those below, which count
    as 0."""
    numbers = {name: _NUMBER.match(style.get(name, "")) for name in _AMOUNTS}
    return {name for name, number in numbers.items() if number and float(number[0]) <= 0}


def _polylines(node: XmlNode, matrix: Matrix, most: int) -> Iterator[Polyline]:
    if node.tag == "path":
        if node.attributes.get("d", "").strip() not in ("", "none"):
            yield from polylines(node.attributes["d"], matrix, most)
        return
    if node.tag == "line":
        ends = [transforms.length(node.attributes.get(name, "0")) for name in ("x1", "y1", "x2", "y2")]
        if None in ends:
            raise ValueError("has an end that is no length in px")
        values = [end or 0.0 for end in ends]
    else:
        values = transforms.numbers(node.attributes.get("points", ""))
    if len(values) % 2:
        raise ValueError(f"has {len(values)} coordinates, which are no pairs")
    points = np.array(values).reshape(-1, 2)
    if node.tag == "polygon":
        points = np.concatenate((points, points[:1]))
    if len(points):
        yield transforms.placed(points, matrix)
