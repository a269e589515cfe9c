"""Digital ink as a first-class thing: read it, make it, draw it, measure it."""

from synthink.ink import operations as shape
from synthink.ink.drawing.draw import draw_ink
from synthink.ink.drawing.pens import PENS, Pen
from synthink.ink.handwriting.write import handwriting, trace
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink, InkError, Span, SpanKind, Stroke
from synthink.ink.reading import read_ink
from synthink.ink.writing import write_ink

__all__ = [
    "PENS",
    "Ink",
    "InkError",
    "Pen",
    "Span",
    "SpanKind",
    "Stroke",
    "Writer",
    "draw_ink",
    "handwriting",
    "read_ink",
    "shape",
    "trace",
    "write_ink",
]
