"""Pen gestures over documents: what they are aimed at, how they are drawn, what is written beside them."""

from synthink.gestures.aim import Aim, Strip
from synthink.gestures.kind import Anchor, GestureKind, Mark, kind_named, variant
from synthink.gestures.markpen import MarkPen

__all__ = ["Aim", "Anchor", "GestureKind", "Mark", "MarkPen", "Strip", "kind_named", "variant"]
