"""Writes the file of letters' shapes: `python -m tests.documents.proof.letter_shapes`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from synthink.documents.proof.faces import PARTS, drawn_anew

FILE = Path(__file__).parents[3] / "fonts" / "letter_shapes.npz"

if __name__ == "__main__":
    shapes, measures = drawn_anew()
    np.savez_compressed(FILE, shapes=shapes, measures=np.rint(measures * PARTS).astype(np.float32))
