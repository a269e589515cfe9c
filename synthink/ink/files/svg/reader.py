"""SVG as ink: each subpath of `path`, each `polyline`, `polygon` and `line` is a stroke, in px of the page. No times.

A shape with a fill is an outline, not a stroke: it is left out and counted in metadata `ignored_outlines`. A shape for
which nothing says how it is filled is taken for a stroke, though SVG would fill it black. Circles, rectangles, text and
the like are counted in `ignored_shapes`. What is only defined (`defs`, `symbol`, ..) or not displayed is not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np

from synthink.errors import quoted
from synthink.ink.files import safe_xml
from synthink.ink.files.base import Reading, WritableInkFormat
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.strokes import Budget, Points, fault, point_array
from synthink.ink.files.svg import transforms
from synthink.ink.files.svg.paths import polylines
from synthink.ink.files.svg.transforms import Matrix, Polyline
from synthink.ink.model import Ink

MOST_POINTS = 5_000_000
"""The most points that the curves of one drawing may come to."""
_USER_SPACE = (
    "data-synthink-space"  # on the root of what we write: coordinates are the ink's, the viewBox only shows them
)
_ABOUT = ("label", "writer", "units")
_SHAPES = ("path", "polyline", "polygon", "line")
_IGNORED = ("rect", "circle", "ellipse", "text", "image", "use")
_INVISIBLE = ("defs", "symbol", "clipPath", "mask", "marker", "pattern", "metadata", "style", "script", "foreignObject")
_STYLES = ("fill", "fill-opacity", "display", "visibility")
_EMPTY = ("none", "transparent")
_PEN = 0.008  # share of the larger side of the ink: what looks like a pen on a line of text
_LEAST_PEN = 1e-3


class SvgFormat(WritableInkFormat):
    """Drawings stored as SVG."""

    suffixes = (".svg",)
    sniff_order = 40

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the root element is `svg`; a file named .svg that shows no root is taken for one, too."""
        root = safe_xml.root_name(head)
        return root == "svg" or (root is None and path.suffix.lower() == ".svg")

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield the one ink of the file. Raises `InkError`."""
        root = safe_xml.load(path, reading)
        if root.tag != "svg":
            reading.fail(f"is no SVG: its root element is {quoted(root.tag)}, not svg", "", root.offset)
        before = reading.skipped.total()
        drawing = _Drawing(reading, _rules(root))
        drawing.visit(root, np.eye(3), {})
        properties: dict[str, Any] = {
            "title": next((node.words() for node in root.find("title")), None),
            "ignored_outlines": drawing.ignored["outline"],
            "ignored_shapes": drawing.ignored["shape"],
            "skipped_strokes": reading.skipped.total() - before,
        }
        about: dict[str, Any] = {name: root.attributes.get(f"data-{name}") for name in _ABOUT}
        if about["units"] is None and _USER_SPACE not in root.attributes:
            about["units"] = "px"
        metadata = {name: value for name, value in properties.items() if value}
        yield Ink(drawing.strokes, source=path.name, metadata=metadata, **about)

    def write(self, path: Path, inks: Sequence[Ink]) -> None:
        """Write one ink as browsers show it and `read` gives it back point for point; times and pressures are lost.

        Raises `InkError` for several inks, and for what XML cannot hold (control characters).
        """
        safe_xml.write_lines(path, inks, "SVG", _lines)


@dataclass(slots=True)
class _Drawing:
    reading: Reading
    rules: Mapping[str, Mapping[str, str]]
    strokes: list[Points] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    budget: Budget = field(init=False)

    def __post_init__(self) -> None:
        self.budget = Budget(self.reading)

    def visit(self, node: XmlNode, matrix: Matrix, inherited: Mapping[str, str]) -> None:
        """Collect the strokes of an element and all below it. matrix: from its parent's user space to the page."""
        style = self._style(node, inherited)
        if node.tag in _INVISIBLE or style.get("display") == "none":
            return
        shape = node.tag in _SHAPES
        if shape and style.get("visibility") in ("hidden", "collapse"):
            return
        if shape and style.get("fill", "none") not in _EMPTY and style.get("fill-opacity") not in ("0", "0.0"):
            self.ignored["outline"] += 1
            return
        self.ignored["shape"] += node.tag in _IGNORED
        try:
            with np.errstate(all="ignore"):  # what is not finite is refused with the points
                matrix = self._placed(node, matrix)
            for points in _polylines(node, matrix, MOST_POINTS - self.budget.points) if shape else ():
                self._add(points, node)
        except ValueError as error:
            self.reading.skip(str(error), node.where, node.offset)
            return
        for child in node.children if not shape else ():
            self.visit(child, matrix, style)

    def _placed(self, node: XmlNode, matrix: Matrix) -> Matrix:
        if "transform" in node.attributes:
            matrix = matrix @ transforms.transform(node.attributes["transform"])
        if node.tag == "svg" and _USER_SPACE not in node.attributes:
            matrix = matrix @ transforms.viewport(node.attributes)
        return matrix

    def _style(self, node: XmlNode, inherited: Mapping[str, str]) -> dict[str, str]:
        """What holds for the element: from its attributes, the sheet's rules for its name and classes, its `style`."""
        style = {name: value for name, value in inherited.items() if name != "display"}
        style |= {name: node.attributes[name].strip() for name in _STYLES if name in node.attributes}
        if self.rules:
            for name in (node.tag, *(f".{name}" for name in node.attributes.get("class", "").split())):
                style |= self.rules.get(name, {})
        return style | _declared(node.attributes["style"]) if "style" in node.attributes else style

    def _add(self, points: Polyline, node: XmlNode) -> None:
        stroke = point_array(points[:, 0], points[:, 1])
        reason = fault(stroke)
        if reason is not None:
            self.reading.skip(reason, node.where, node.offset)
            return
        self.budget.add(len(stroke))
        self.strokes.append(stroke)


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


def _rules(root: XmlNode) -> dict[str, dict[str, str]]:
    """Selector -> declarations, of the simple rules (`.class`, `name`) in the file's style sheets."""
    rules: dict[str, dict[str, str]] = {}
    for node in root.walk():
        if node.tag == "style":
            for rule in node.text.split("}")[:-1]:
                *_, selectors, body = ("", *rule.split("{"))
                for selector in selectors.split(","):
                    rules.setdefault(selector.strip(), {}).update(_declared(body))
    return rules


def _declared(text: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in text.split(";"))
    declarations = {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}
    return {name: value for name, value in declarations.items() if name in _STYLES}


def _lines(ink: Ink) -> Iterator[str]:
    """The lines of the SVG file of an ink."""
    x_y = ink.points[:, :2].astype(np.float64)
    low, high = (x_y.min(axis=0), x_y.max(axis=0)) if len(x_y) else (np.zeros(2), np.zeros(2))
    pen = max(float((high - low).max()) * _PEN, _LEAST_PEN)
    left, top = (low - 2 * pen).tolist()
    width, height = (high - low + 4 * pen).tolist()
    about = {"label": ink.label, "writer": ink.writer, "units": ink.units}
    attributes = [f'{_USER_SPACE}="ink"']
    attributes += [
        f"data-{name}={quoteattr(safe_xml.checked(text, name))}" for name, text in about.items() if text is not None
    ]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.6g}" height="{height:.6g}"'
        f' viewBox="{left:.6g} {top:.6g} {width:.6g} {height:.6g}" {" ".join(attributes)}>'
    )
    yield f'<g fill="none" stroke="#000" stroke-width="{pen:.4g}" stroke-linecap="round" stroke-linejoin="round">'
    # The shortest decimals that read back as the same float32.
    rows = [" ".join(row) for row in ink.points[:, :2].astype("U32").tolist()]
    for start, length in zip(ink.starts.tolist(), ink.lengths.tolist(), strict=True):
        dot = "Z" if length == 1 else ""  # a closed path of no length is drawn as a round dot
        yield f'<path d="M{"L".join(rows[start : start + length])}{dot}"/>'
    yield "</g>"
    yield "</svg>"
