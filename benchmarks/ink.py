"""Handwriting a second: as strokes, and as rows of `ink_strokes` written to Parquet.

    python -m benchmarks.ink

Figures are CPU seconds of one process, in turns; the floor sets the same line in one outline font by Pillow and writes
the PNG, which has neither strokes nor writers.
"""

from __future__ import annotations

import platform
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

import synthink
from benchmarks import floor
from benchmarks.throughput import ROUNDS, SPLITS, cpu, shard_writer
from synthink.api import make_plan
from synthink.ink import Writer, handwriting
from synthink.streams import StreamKey

WORDS = ("strawberry", "helicopter", "basketball", "volleyball", "dictionary", "photograph", "restaurant", "university")
LINES = (  # 24 letters each, and the spaces between
    "some people write letters to",
    "every good boy deserves cake",
    "a brown horse jumps over gate",
    "we drank tea under the old oak",
    "bring your winter coat today",
)
WRITERS = 50


def strokes_writer(texts: tuple[str, ...], count: int) -> Callable[[], None]:
    """Writes so many texts as strokes, by many writers."""
    key = StreamKey("benchmark")
    writers = [Writer.draw(f"w{number}", key.stream(number, "writer"), ()) for number in range(WRITERS)]

    def write() -> None:
        for i in range(count):
            handwriting(texts[i % len(texts)], writers[i % WRITERS], key.stream(i, "hand"))

    return write


def floor_writer(count: int, folder: Path) -> Callable[[], None]:
    """The simplest program that draws such lines and writes PNG files."""
    font = floor.load_font(28)
    folder.mkdir()

    def write() -> None:
        for i in range(count):
            picture = Image.new("RGB", (448, 448), "white")
            ImageDraw.Draw(picture).text((10, 180), LINES[i % len(LINES)], fill=(20, 33, 61), font=font)
            (folder / f"{i}.png").write_bytes(floor.png(picture))

    return write


def main() -> None:
    print(f"{platform.machine()}, Python {platform.python_version()}, synthink {synthink.__version__}\n")
    scratch = Path(tempfile.mkdtemp(prefix="synthink-benchmark-"))
    try:
        for name, texts in (("ten-letter words", WORDS), ("lines of 24 letters", LINES)):
            write = strokes_writer(texts, 400)
            write()
            rates = [400 / cpu(write) for _ in range(ROUNDS)]
            print(f"{name} as strokes: {max(rates):,.0f} a second (median {statistics.median(rates):,.0f})")
        fields = {"texts": {"lines": LINES, "share_across_splits": True}}
        plan = make_plan("ink_strokes", splits=SPLITS, fields=fields)
        ours, theirs = shard_writer(plan, 300, scratch / "ours"), floor_writer(300, scratch / "floor")
        for _ in range(4):
            ours()  # every writer has written once, as in any dataset of some size
        pairs = [(cpu(ours), cpu(theirs)) for _ in range(ROUNDS)]
        ratio = statistics.median(floor_s / our_s for our_s, floor_s in pairs)
        rates = [300 / pair[0] for pair in pairs]
        middle = statistics.median(rates)
        print(f"rows of one such line, 448 px, to Parquet: {max(rates):,.0f} a second (median {middle:,.0f})")
        print(f"floor, to files: {300 / min(pair[1] for pair in pairs):,.0f} a second; ratio {ratio:.2f}")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
