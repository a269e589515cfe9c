"""Measures the proof on PDF files: `python -m tests.documents.proof.measure FOLDER [LIES]`.

First, how many words of the files are left out, and by which reason, where the reader knows which letter stands where;
then, without that knowledge, how many lies are caught on the pages and how many true words are left out.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

from synthink.documents import DocumentError, Page
from synthink.documents.sources.pdf.reader import read_pdf
from tests.documents.proof.lies import Score, tell_lies

_LEAST = 20  # words of a page that lies are put into


def pages_of(path: Path, skipped: Counter[str], *, prove: bool) -> list[Page]:
    try:
        return read_pdf(path.read_bytes(), path.name, skipped=skipped, prove=prove)[:3]
    except DocumentError:
        return []


def main(folder: Path, most: int) -> None:
    """Print what was measured."""
    score, choice, reasons = Score(), random.Random(9), Counter[str]()
    words = pages = 0
    plain = with_proof = 0.0
    for path in sorted(folder.glob("*.pdf")):
        if path.stat().st_size > 2**21:
            continue
        start = time.process_time()
        true = pages_of(path, Counter(), prove=False)
        middle = time.process_time()
        pages_of(path, reasons, prove=True)
        plain, with_proof = plain + middle - start, with_proof + time.process_time() - middle
        words, pages = words + sum(len(page.words) for page in true), pages + len(true)
        for page in true[:1]:
            if score.lies.total() < most and len(page.words) >= _LEAST:
                tell_lies(page, choice, score, most=10)
    left_out = {reason: number for reason, number in reasons.items() if reason.startswith("words ")}
    print(f"{words:,} words on {pages:,} pages; left out: {left_out}")
    print(f"reading: {1e3 * plain / pages:.0f} ms a page, with the proof {1e3 * with_proof / pages:.0f} ms")
    print(score, "missed:", score.missed[:40], sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
