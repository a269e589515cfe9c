"""Measures the proof of words on PDF files: `python -m benchmarks.page_proof FOLDER [LIES] [EVERY]`.

First, how many words of the files are left out, and by which reason, where the reader knows which letter stands where,
what that costs, and how many words of fonts that lie are caught; then, with the boxes alone of the words that remained,
how many lies are caught and how many true words are left out. LIES: at most, of those with boxes alone (1,000).
EVERY: each so many of the files (1).
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthink.documents import DocumentError, Page
from synthink.documents.proof.letters import PlacedLetters
from synthink.documents.proof.proof import proof_of_document
from synthink.documents.sources.pdf.reader import DEFAULTS, each_page
from synthink.documents.sources.source import SCALE
from tests.documents.proof.lies import Score, lying_fonts, tell_lies

LEAST = 20
"""Words of a page that lies are put into."""
PAGES = 3
"""Pages of a file."""
SAME = 0.6
"""The share of two pages' different words, from which on they are variants of one."""
LARGEST = 2**21
"""Bytes of a file."""


@dataclass
class Measure:
    """What was measured so far."""

    most: int
    by_boxes: Score = field(default_factory=Score)
    by_fonts: Score = field(default_factory=Score)
    left_out: Counter[str] = field(default_factory=Counter)
    words: int = 0
    pages: int = 0
    seconds: float = 0.0
    """In the proof."""
    aside: float = 0.0
    """Seconds in lies."""
    choice: random.Random = field(default_factory=lambda: random.Random(9))
    known: list[frozenset[str]] = field(default_factory=list)
    """The words of each page that lies with boxes alone were put into."""

    def is_new(self, page: Page) -> bool:
        """Whether a page is no variant of one before: folders of test files have many of one document."""
        words = frozenset(page.words)
        if len(words) == 0 or any(len(words & other) > SAME * len(words | other) for other in self.known):
            return False
        self.known.append(words)
        return True

    def read(self, path: Path) -> None:
        """Read a file, and prove its pages."""
        prove_page, is_first = proof_of_document(), True

        def prove(page: Page, skipped: Counter[str], letters: PlacedLetters) -> Page:
            nonlocal is_first
            start = time.process_time()
            result = prove_page(page, self.left_out, letters)
            middle = time.process_time()
            if is_first and len(page.words) >= LEAST:
                lying_fonts(page, letters, self.choice, self.by_fonts)
                if self.by_boxes.lies.total() < self.most and self.is_new(result):
                    tell_lies(result, self.choice, self.by_boxes)
            is_first = False
            self.seconds, self.aside = self.seconds + middle - start, self.aside + time.process_time() - middle
            self.words, self.pages = self.words + len(page.words), self.pages + 1
            return result

        try:
            limits = replace(DEFAULTS, most=PAGES)
            events = each_page(path.read_bytes(), path.name, SCALE, limits, Counter(), prove=prove)
            for _ in events:
                pass
        except DocumentError:
            return


def main(folder: Path, most: int = 1000, every: int = 1) -> None:
    """Print what was measured."""
    measure, start = Measure(most), time.process_time()
    for path in sorted(folder.glob("*.pdf"))[::every]:
        if path.stat().st_size <= LARGEST:
            measure.read(path)
    reading = time.process_time() - start - measure.seconds - measure.aside
    left_out = {reason: number for reason, number in measure.left_out.items() if reason.startswith("words ")}
    print(f"{measure.words:,} words on {measure.pages:,} pages; left out: {left_out}")
    per_page = 1e3 / measure.pages
    print(f"reading: {reading * per_page:.1f} ms a page, the proof {measure.seconds * per_page:.1f} ms more")
    print("fonts that lie:", measure.by_fonts, measure.by_fonts.missed[:20], sep="\n")
    print("boxes alone:", measure.by_boxes, measure.by_boxes.missed[:40], sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
