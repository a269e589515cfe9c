"""Writes the file of letters' shapes: `python -m tests.documents.proof.letter_shapes`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from synthink.documents.proof.faces import PARTS, drawable, drawn_anew

FILE = Path(__file__).parents[3] / "fonts" / "letter_shapes.npz"


def arrays() -> dict[str, np.ndarray]:
    """The arrays of the file, as the faces here draw them."""
    characters, shapes, measures = drawn_anew()
    codes = np.array([ord(char) for char in characters], dtype=np.uint32)
    measures = np.rint(measures * PARTS).astype(np.float32)
    return {"characters": codes, "shapes": shapes, "measures": measures, "drawable": drawable()}


if __name__ == "__main__":
    np.savez_compressed(FILE, **arrays())
