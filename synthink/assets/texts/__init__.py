"""Texts and notes as assets."""
