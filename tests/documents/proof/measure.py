"""Measures the proof on PDF files: `python -m tests.documents.proof.measure FOLDER [LIES]`.

First, how many words of the files are left out, and by which reason, where the reader knows which letter stands where,
and how many words of fonts that lie are caught; then, without that knowledge, how many lies are caught on the pages and
how many true words are left out.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from synthink.documents import DocumentError, Page
from synthink.documents.proof.letters import PlacedLetters
from synthink.documents.proof.proof import proved
from synthink.documents.sources.pdf.reader import DEFAULTS, SCALE, each_page
from tests.documents.proof.lies import Score, lying_fonts, tell_lies

_LEAST = 20  # words of a page that lies are put into
_PAGES = 3  # of a file


def pages_of(path: Path, skipped: Counter[str]) -> list[tuple[Page, PlacedLetters]]:
    placed: list[PlacedLetters] = []

    def keep(page: Page, skipped: Counter[str], letters: PlacedLetters) -> Page:
        placed.append(letters)
        return page

    try:
        events = each_page(path.read_bytes(), path.name, SCALE, replace(DEFAULTS, most=_PAGES), skipped, prove=keep)
        pages = [event for event in events if isinstance(event, Page)]
    except DocumentError:
        return []
    return list(zip(pages, placed, strict=True))


def main(folder: Path, most: int) -> None:
    """Print what was measured."""
    score, of_fonts, choice, reasons = Score(), Score(), random.Random(9), Counter[str]()
    words = pages = 0
    reading = proving = 0.0
    for path in sorted(folder.glob("*.pdf")):
        if path.stat().st_size > 2**21:
            continue
        start = time.process_time()
        true = pages_of(path, Counter())
        middle = time.process_time()
        for page, letters in true:
            proved(page, reasons, letters)
        reading, proving = reading + middle - start, proving + time.process_time() - middle
        words, pages = words + sum(len(page.words) for page, _ in true), pages + len(true)
        for page, letters in true[:1]:
            if len(page.words) >= _LEAST:
                lying_fonts(page, letters, choice, of_fonts)
                if score.lies.total() < most:
                    tell_lies(page, choice, score, most=10)
    left_out = {reason: number for reason, number in reasons.items() if reason.startswith("words ")}
    print(f"{words:,} words on {pages:,} pages; left out: {left_out}")
    print(f"reading: {1e3 * reading / pages:.1f} ms a page, the proof {1e3 * proving / pages:.1f} ms more")
    print("fonts that lie:", of_fonts, of_fonts.missed[:20], sep="\n")
    print("without letters' boxes:", score, "missed:", score.missed[:40], sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
