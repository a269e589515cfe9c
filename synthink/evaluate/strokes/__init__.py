"""A classical reader of gestures: no training, no weights. It reads the strokes themselves, never the picture.

`page_reader.py` reads ink on a page, `predictor.py` is `predictor=strokes`. Both ask `reader.py`, which compares a mark
with sketches (`templates.py`, `features.py`), looks for what it is aimed at (`aims.py`) and holds it against the own
check of a class (`class_check.py`); `partition.py` tells the mark from the handwriting beside it.
The constants are those with which `benchmarks/strokes.py` says the best figures for rows of another seed.
"""
