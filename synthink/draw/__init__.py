"""Geometry to pixels: the toolkit that generators draw with."""
