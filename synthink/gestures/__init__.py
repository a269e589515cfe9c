"""Pen gestures over documents: what they are aimed at, how they are drawn, what is written beside them."""
