"""Pen gestures over documents: what they are aimed at, how they are drawn, what is written beside them."""

from synthink.gestures.kind import Anchor, GestureKind, Mark, kind_named, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Strip, Target

__all__ = ["Anchor", "GestureKind", "Mark", "Strip", "StrokeSketcher", "Target", "kind_named", "variant"]
