"""Digital ink as a first-class thing: read it, make it, draw it, measure it."""

from synthink.ink import shape
from synthink.ink.draw import draw_ink
from synthink.ink.handwriting import handwriting, trace
from synthink.ink.model import Ink, InkError, Span, SpanKind, Stroke
from synthink.ink.pens import PENS, Pen
from synthink.ink.reading import read_ink
from synthink.ink.writer import Writer
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
