"""Ink to pixels: pens, colours, and ink placed on a page."""
