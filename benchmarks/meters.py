"""Rows a second of `meters`, beside a program that pastes pictures of digits: `python -m benchmarks.meters [ROWS]`.

Figures are CPU seconds of one process, in turns, encoding and files included: machines are shared and noisy.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks import floor
from benchmarks.throughput import SPLITS, cpu, shard_writer
from synthink.api import make_plan

ROUNDS, SIDE = 5, 448


def digit_pictures() -> list[Image.Image]:
    """The ten figures, white on black, drawn once."""
    font = floor.load_font(SIDE // 9)
    pictures = []
    for figure in "0123456789":
        picture = Image.new("RGB", (SIDE // 12, SIDE // 8), "#141414")
        ImageDraw.Draw(picture).text((2, 0), figure, fill="white", font=font)
        pictures.append(picture)
    return pictures


def floor_writer(rows: int, folder: Path, camera: bool) -> Callable[[], None]:
    """Six digits pasted on a grey case, encoded and written."""
    digits = digit_pictures()
    case = Image.new("RGB", (SIDE, SIDE), "#b8b4a8")
    ImageDraw.Draw(case).rectangle((60, 60, 388, 388), fill="#e9e8e2")
    folder.mkdir(parents=True, exist_ok=True)

    def write() -> None:
        for number in range(rows):
            picture = case.copy()
            for place, figure in enumerate(f"{number * 7919 % 10**6:06}"):
                picture.paste(digits[int(figure)], (90 + place * 45, 120))
            data = floor.photographed(picture) if camera else floor.png(picture)
            (folder / f"{number}.{'jpg' if camera else 'png'}").write_bytes(data)

    return write


def compare(rows: int, scratch: Path, camera: str) -> tuple[float, float, float]:
    """Rows a second of synthink and of the floor, and the median ratio of the rounds."""
    plan = make_plan("meters", splits=SPLITS, fields={"picture_px": SIDE, "camera": camera})
    ours = shard_writer(plan, rows, scratch / f"ours-{camera}")
    theirs = floor_writer(rows, scratch / f"floor-{camera}", camera != "none")
    ours()  # faces have shown their figures once, as in any dataset of some size
    theirs()
    pairs = [(cpu(ours), cpu(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(floor_s / our_s for our_s, floor_s in pairs)
    return rows / min(pair[0] for pair in pairs), rows / min(pair[1] for pair in pairs), ratio


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"| rows a second, one core, {SIDE} px | synthink, to Parquet | floor, to files | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="synthink-benchmark-") as scratch:
        for camera in ("none", "device"):
            ours, theirs, ratio = compare(rows, Path(scratch), camera)
            print(f"| camera={camera} | {ours:,.0f} | {theirs:,.0f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
