"""Handwriting without learned weights: a writer, a pen font, a movement."""
