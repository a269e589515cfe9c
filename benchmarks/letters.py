"""How well real letters are read by neighbours among ours: the share of small letters that are named rightly.

    python -m benchmarks.letters FOLDER [--writers 110]

FOLDER is the part data/1c of UNIPEN's train_r01_v07 (CC BY 4.0, The International Unipen Foundation, doi
10.5281/zenodo.1195803; its CD-ROM of 1999 said research only), with its folder `include` beside `data`. Some of its
letters are whole words by mistake. The three nearest of our letters vote; real letters read by those of other real
writers show what can be had.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthink.ink.handwriting.pen_font import pen_font_names
from synthink.ink.handwriting.write import handwriting
from synthink.ink.handwriting.writer import Writer
from synthink.streams import StreamKey

Floats = npt.NDArray[np.float64]
SETS = ("cea", "ced", "aga", "art", "kai", "pri")
FILES, OF_A_LETTER = 30, 3  # of a set; of each writer
PLACES = 24  # along a letter
AHEAD, DIRECTION = 0.04, 0.35  # share of the way over which a direction is taken; how much it counts
TEXT = "the quick brown fox jumps over a lazy dog"
NEAREST = 3


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--writers", type=int, default=110, metavar="N", help="of our letters (110)")
    options = parser.parse_args(arguments)
    writers, names, real = real_letters(options.folder)
    half = np.isin(writers, np.unique(writers)[::2])
    print(f"{len(names)} letters of {len(np.unique(writers))} writers")
    print(f"real by real: {accuracy(names[half], real[half], names[~half], real[~half]):.3f}")
    for hands in ((), *((name,) for name in pen_font_names())):
        named, ours = written_letters(options.writers, hands)
        print(f"real by {hands[0] if hands else 'all hands'}: {accuracy(named, ours, names, real):.3f}")


def real_letters(folder: Path) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.str_], Floats]:
    """Writers (n), names (n) and features (n, f) of small letters."""
    from synthink.ink.reading import read_ink

    written: Counter[tuple[str, str]] = Counter()
    rows: list[tuple[str, str, Floats]] = []
    for part in SETS:
        for file in sorted((folder / part).rglob("*.dat"))[:FILES]:
            for ink in read_ink(file, strict=False):
                name, writer = ink.label or "", f"{part} {ink.writer}"
                if len(name) == 1 and name.isascii() and name.islower() and written[writer, name] < OF_A_LETTER:
                    features = letter_features([stroke[:, :2].astype(np.float64) for stroke in ink.strokes])
                    if features is not None:
                        written[writer, name] += 1
                        rows.append((writer, name, features))
    writers, names, features_ = zip(*rows, strict=True)
    return np.array(writers), np.array(names), np.array(features_)


def written_letters(count: int, hands: Sequence[str]) -> tuple[npt.NDArray[np.str_], Floats]:
    """Names and features of the letters of `TEXT` by so many writers."""
    key = StreamKey("letters", 0)
    rows: list[tuple[str, Floats]] = []
    for number in range(count):
        stream = key.stream(number, "writer")
        ink = handwriting(TEXT, Writer.draw(f"writer {number}", stream, hands), stream)
        strokes = ink.strokes
        for span in ink.spans:
            if span.kind == "character":
                parts = [strokes[part][first:stop, :2].astype(np.float64) for part, first, stop in span.parts]
                features = letter_features(parts)
                if features is not None:
                    rows.append((span.label, features))
    names, features_ = zip(*rows, strict=True)
    return np.array(names), np.array(features_)


def letter_features(strokes: Sequence[Floats]) -> Floats | None:
    """Places along all strokes in the order of writing, within the letter's box, and directions; None for a dot."""
    walks = [np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T)))) for line in strokes]
    ends = np.cumsum([walk[-1] for walk in walks])
    if not ends[-1] > 0:
        return None
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    at = (np.arange(PLACES) + 0.5) / PLACES * ends[-1]
    owner = np.minimum(np.searchsorted(ends, at, side="right"), len(ends) - 1)
    places, ways = np.empty((PLACES, 2)), np.empty((PLACES, 2))
    for number, (line, walk) in enumerate(zip(strokes, walks, strict=True)):
        own = owner == number
        here = at[own] - (ends[number] - walk[-1])
        for axis in (0, 1):
            places[own, axis] = np.interp(here, walk, line[:, axis])
            before, after = (np.interp(here + step * ends[-1], walk, line[:, axis]) for step in (-AHEAD, AHEAD))
            ways[own, axis] = after - before
    places = (places - (low + high) / 2) / float((high - low).max())
    ways *= DIRECTION / np.maximum(np.hypot(*ways.T), 1e-9)[:, np.newaxis]
    return np.concatenate((places.ravel(), ways.ravel()))


def accuracy(
    names: npt.NDArray[np.str_], known: Floats, expected: npt.NDArray[np.str_], asked: Floats, nearest: int = NEAREST
) -> float:
    """The share of letters that most of their nearest known ones, or the nearest, name rightly."""
    square = (known**2).sum(axis=1) - 2 * asked @ known.T
    votes = names[np.argsort(square, axis=1)[:, :nearest]]
    right = 0
    for row, name in zip(votes.tolist(), expected.tolist(), strict=True):
        (first, count), *_ = Counter(row).most_common(1)
        right += (first if count > 1 else row[0]) == name
    return right / len(expected)


if __name__ == "__main__":
    main()
