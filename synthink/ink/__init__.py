"""Digital ink: read it and write it, make it by a simulated hand, measure and change it, draw it."""

from synthink.arguments import guard
from synthink.ink import operations
from synthink.ink.drawing.draw import draw_ink
from synthink.ink.drawing.pens import PENS, Pen
from synthink.ink.drawing.placed_ink import INK_COLUMNS, INK_MEANINGS, PlacedInk
from synthink.ink.drawn_shapes import SHAPES, shape_lines
from synthink.ink.files.base import InkFileFormat, Reading, WritableInkFormat
from synthink.ink.handwriting.device import TABLET, WHITEBOARD, Device
from synthink.ink.handwriting.write import handwriting, trace
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink, InkError, Span, SpanKind, Stroke
from synthink.ink.operations import bounding_box, simplify
from synthink.ink.reading import read_ink
from synthink.ink.rings import LOOPS, Ring, level_line
from synthink.ink.writing import write_ink

__all__ = [
    "INK_COLUMNS",
    "INK_MEANINGS",
    "LOOPS",
    "PENS",
    "SHAPES",
    "TABLET",
    "WHITEBOARD",
    "Device",
    "Ink",
    "InkError",
    "InkFileFormat",
    "Pen",
    "PlacedInk",
    "Reading",
    "Ring",
    "Span",
    "SpanKind",
    "Stroke",
    "WritableInkFormat",
    "Writer",
    "bounding_box",
    "draw_ink",
    "handwriting",
    "level_line",
    "operations",
    "read_ink",
    "shape_lines",
    "simplify",
    "trace",
    "write_ink",
]

guard(globals())
