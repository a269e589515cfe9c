"""Digital ink as a first-class thing: read it, make it, draw it, measure it."""

from synthink.ink.model import Ink, InkError, Span, SpanKind, Stroke

__all__ = ["Ink", "InkError", "Span", "SpanKind", "Stroke"]
