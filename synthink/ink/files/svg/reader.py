"""SVG as ink: each subpath of `path`, each `polyline`, `polygon` and `line` is a stroke, in px of the page. No times.

A shape with a fill is an outline, not a stroke: it is left out and counted in metadata `ignored_outlines`, one that is
painted by neither pen nor fill in `unpainted_shapes`. A shape for which nothing says how it is painted is taken for a
stroke, though SVG would fill it black. Circles, rectangles, text and the like are counted in `ignored_shapes`, and what
is not displayed in `hidden_elements`. Metadata `colors` and `widths` are those of the pens, as they are written, where
the file says any. What is only defined (`defs`, `symbol`, ..) is drawn where it is used. A drawing without strokes is
an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from synthink.errors import quoted
from synthink.ink.files import safe_xml
from synthink.ink.files.base import Reading, WritableInkFormat
from synthink.ink.files.fates import EVERYTHING, Fates, left_out
from synthink.ink.files.safe_xml import unknown_in
from synthink.ink.files.svg.css_transforms import PLACING
from synthink.ink.files.svg.drawing import OTHER_SHAPES, PROPERTIES, SHAPES, Drawing
from synthink.ink.files.svg.styles import StyleSheet
from synthink.ink.files.svg.writer import USER_SPACE, svg_lines
from synthink.ink.model import Ink

_ABOUT = ("label", "writer", "units")
_PAINT = " ".join(name for name in PROPERTIES if not name.startswith("stroke"))
_COMMON = f"id class style transform transform-origin {_PAINT}"
_READ = (*PROPERTIES, *PLACING)
_SHAPE = f"{_COMMON} stroke-opacity"
_PEN = "stroke stroke-width"


class SvgFormat(WritableInkFormat):
    """Drawings stored as SVG."""

    suffixes = (".svg", ".svgz")
    sniff_order = 40
    fates = Fates(
        read={
            "svg": f"{_SHAPE} x y width height viewBox preserveAspectRatio version baseProfile xml:space",
            **dict.fromkeys(("g", "a", "switch", "defs"), _SHAPE),
            "symbol": f"{_SHAPE} viewBox preserveAspectRatio",
            "use": f"{_SHAPE} x y width height href xlink:href",
            "path": f"{_SHAPE} d",
            **dict.fromkeys(("polyline", "polygon"), f"{_SHAPE} points"),
            "line": f"{_SHAPE} x1 y1 x2 y2",
            "style": "type id media xml:space",
        },
        metadata={
            "title": "id",
            **dict.fromkeys(("svg", "g", "a", "switch", "defs", "symbol", "use"), _PEN),
            **dict.fromkeys(SHAPES, _PEN),
            **dict.fromkeys(OTHER_SHAPES, EVERYTHING),
        },
    )

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the root element is `svg`; a file named .svg that shows no root is taken for one, too."""
        root = safe_xml.root_name(head)
        return root == "svg" or (root is None and path.suffix.lower() == ".svg")

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield the one ink of the file. Raises `InkError`."""
        root = safe_xml.load(path, reading)
        if root.tag != "svg":
            reading.fail(f"is no SVG: its root element is {quoted(root.tag)}, not svg", "", root.offset)
        is_ours = USER_SPACE in root.attributes
        sheet = StyleSheet(reading)
        for node in root.walk():
            if node.tag == "style" and node.attributes.get("type", "").strip().lower() in ("", "text/css"):
                sheet.read(node.text, node.attributes.get("media", ""))
        styles = sheet.styles(root)
        drawing = Drawing(reading, styles)
        drawing.draw(root)
        counts = Counter[str]() if is_ours else unknown_in(root, self.fates) + sheet.left_out
        counts += Counter(f"style {name}" for style in styles.values() for name in style if name not in _READ)
        if not drawing.strokes and not is_ours:
            reading.skip(_why_empty(drawing, counts))
            return
        properties: dict[str, Any] = {
            "title": next((node.words() for node in root.find("title")), None),
            "ignored_outlines": drawing.ignored["outlines"],
            "unpainted_shapes": drawing.ignored["unpainted"],
            "ignored_shapes": drawing.ignored["shapes"],
            "hidden_elements": drawing.ignored["hidden"],
            "skipped_strokes": drawing.skipped,
            "colors": drawing.colors if any(drawing.colors) and not is_ours else None,
            "widths": drawing.widths if any(drawing.widths) and not is_ours else None,
        }
        about: dict[str, Any] = {name: root.attributes.get(f"data-{name}") for name in _ABOUT}
        if about["units"] is None and not is_ours:
            about["units"] = "px"
        metadata = {name: value for name, value in properties.items() if value} | left_out(counts)
        yield Ink(drawing.strokes, source=path.name, metadata=metadata, **about)

    def write(self, path: Path, inks: Sequence[Ink]) -> None:
        """Write one ink as browsers show it and `read` gives it back point for point; times and pressures are lost.

        Raises `InkError` for several inks, and for what XML cannot hold (control characters).
        """
        safe_xml.write_lines(path, inks, "SVG", svg_lines)


def _why_empty(drawing: Drawing, counts: Counter[str]) -> str:
    reasons = {
        "with a fill, which is an outline": drawing.ignored["outlines"],
        "that neither pen nor fill paints": drawing.ignored["unpainted"],
        "of other kinds than path, polyline, polygon and line": drawing.ignored["shapes"],
        "that are not displayed": drawing.ignored["hidden"],
        "that cannot be read": drawing.skipped,
    }
    shapes = [f"{count} shapes {reason}" for reason, count in reasons.items() if count]
    others = [f"{count} {name}" for name, count in counts.most_common() if " " not in name]
    found_instead = ", ".join([*shapes, *others[:4]]) or "no path, polyline, polygon or line"
    return f"has no strokes: it holds {found_instead}"
