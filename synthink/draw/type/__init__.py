"""Faces: fonts as outlines of glyphs."""
