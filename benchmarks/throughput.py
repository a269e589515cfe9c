"""Rows a second: synthink against the simplest program that draws such pictures, side by side in one run.

    python -m benchmarks.throughput             # three sizes, camera, stages, variety, workers, memory, import
    python -m benchmarks.throughput --quick     # fewer rows

Figures are CPU seconds of one process, in turns, and ratios of the same round: machines are shared and noisy.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import synthink
from benchmarks import floor
from synthink.api import make_plan
from synthink.build.plan import Plan, Shard
from synthink.build.shard import TEMPORARY, make_shard
from synthink.owned_folder import WORK

ROUNDS = 7
SPLITS = {"train": 90_000_000}
"""More rows than any benchmark draws, and no more shards than a dataset may have."""


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def shard_writer(plan: Plan, rows: int, folder: Path) -> Callable[[], None]:
    """Draws and writes the next `rows` rows as one Parquet shard, all of it: encode, columns, file, fsync, checksum."""
    room = f"{WORK}/{TEMPORARY}"
    (folder / room).mkdir(parents=True, exist_ok=True)
    number = iter(range(10**9))

    def write() -> None:
        i = next(number)
        make_shard(plan, Shard("train", i, 99999, i * rows, (i + 1) * rows), folder, room, lambda done: None)

    return write


def floor_writer(rows: int, side: int, folder: Path, camera: bool) -> Callable[[], None]:
    """The floor draws, encodes and writes as many pictures."""
    font = floor.load_font(side // 8)
    folder.mkdir(parents=True, exist_ok=True)

    def write() -> None:
        for i in range(rows):
            picture = floor.circled_word(i, side, font)
            data = floor.photographed(picture) if camera else floor.png(picture)
            (folder / f"{i}.{'jpg' if camera else 'png'}").write_bytes(data)

    return write


def compare(side: int, rows: int, scratch: Path, camera: str = "none") -> tuple[float, float, float]:
    """Rows a second of synthink and of the floor, and the median ratio of the rounds."""
    plan = make_plan("circled_letters", splits=SPLITS, fields={"picture_px": side, "camera": camera})
    ours = shard_writer(plan, rows, scratch / f"ours-{side}-{camera}")
    theirs = floor_writer(rows, side, scratch / f"floor-{side}-{camera}", camera != "none")
    for _ in range(1 if camera != "none" else 4):
        ours()  # every face has shown its letters once, as in any dataset of some size
    theirs()
    pairs = [(cpu(ours), cpu(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(floor_s / our_s for our_s, floor_s in pairs)
    return rows / min(pair[0] for pair in pairs), rows / min(pair[1] for pair in pairs), ratio


def encoding(side: int, rows: int) -> float:
    """Rows a second of encoding alone, of pictures that were drawn before."""
    data = synthink.dataset("circled_letters", size=rows, picture_px=side)
    pictures = [data.source.row("train", i)["image"] for i in range(rows)]
    return rows / min(cpu(lambda: [picture.encode() for picture in pictures]) for _ in range(ROUNDS))


def stages(rows: int, scratch: Path) -> dict[str, float]:
    """Share of a shard's CPU time in each stage at 448 px."""
    plan = make_plan("circled_letters", splits=SPLITS, fields={})
    write = shard_writer(plan, rows, scratch / "stages")
    for _ in range(4):
        write()
    source, generator = plan.source, plan.generator
    split = source.split("train")
    chosen = cpu(lambda: [generator._compose(split.context(i)) for i in range(rows)])  # type: ignore[attr-defined]
    drawn = cpu(lambda: [source.row("train", i) for i in range(rows)])
    pictures = [source.row("train", i)["image"] for i in range(rows)]
    encoded = cpu(lambda: [picture.encode() for picture in pictures])
    whole = cpu(write)
    parts = {
        "choose, set the word, place": chosen,
        "render, read the labels off": drawn - chosen,
        "encode": encoded,
        "columns, Parquet, checksum, file": max(0.0, whole - drawn - encoded),
    }
    total = sum(parts.values())
    return {name: seconds / total for name, seconds in parts.items()}


def variety(rows: int = 1000) -> dict[str, int]:
    """Distinct values among the first rows of train at the defaults."""
    data = synthink.dataset("circled_letters", size=rows)
    drawn = [data.source.row("train", i) for i in range(rows)]
    return {
        "fonts": len({row["font"] for row in drawn}),
        "sizes": len({round(row["text_size_px"]) for row in drawn}),
        "words": len({row["word"].casefold() for row in drawn}),
        "colourings": len({(row["paper_colour"], row["text_colour"], row["mark_colour"]) for row in drawn}),
        "marks": len({(row["mark_shape"], round(row["mark_line_width_px"], 1)) for row in drawn}),
    }


def scaling(rows: int, scratch: Path) -> float:
    """How much faster two workers are than one, wall clock, in turns."""
    times: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(3):
        for workers in (1, 2):
            start = time.perf_counter()
            output = scratch / f"scaling-{turn}-{workers}"
            synthink.generate("circled_letters", splits={"train": rows}, output=output, workers=workers)
            times[workers].append(time.perf_counter() - start)
            shutil.rmtree(output)
    return statistics.median(one / two for one, two in zip(times[1], times[2], strict=True))


def memory(rows: int, scratch: Path) -> float:
    """Peak resident MB of a fresh process that makes so many rows."""
    output = str(scratch / f"memory-{rows}")
    code = (
        "import synthink\n"
        f"synthink.generate('circled_letters', splits={{'train': {rows}}}, output={output!r})\n"
        # Not ru_maxrss, which a child inherits from the process that started it.
        "print([int(line.split()[1]) / 1024 for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def import_seconds() -> float:
    """Median wall time of `import synthink` in fresh processes, the interpreter's own start taken off."""

    def start(code: str) -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begun

    return statistics.median(start("import synthink") - start("pass") for _ in range(ROUNDS))


def textrecognitiondatagenerator(rows: int) -> float | None:
    """Rows a second of TextRecognitionDataGenerator, a line of text on white, not encoded; None when not installed."""
    if importlib.util.find_spec("trdg") is None:
        return None
    from trdg.generators import GeneratorFromStrings

    words = GeneratorFromStrings(list(floor.WORDS), count=rows, background_type=1, size=64)
    return rows / cpu(lambda: [picture for picture, _ in words])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of the rows")
    rows = 200 if parser.parse_args().quick else 1000
    scratch = Path(tempfile.mkdtemp(prefix="synthink-benchmark-"))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}) if hasattr(os, "sched_setaffinity") else None
    cores = os.cpu_count()
    try:
        python = platform.python_version()
        print(f"{platform.machine()}, {cores} cores, Python {python}, synthink {synthink.__version__}\n")
        print("| rows a second, one core | synthink, to Parquet | floor, to files | ratio |\n|---|---|---|---|")
        for side in (224, 448, 512):
            ours, theirs, ratio = compare(side, rows, scratch)
            print(f"| {side} px | {ours:,.0f} | {theirs:,.0f} | {ratio:.2f} |", flush=True)
        ours, theirs, ratio = compare(448, rows // 5, scratch, "photo")
        print(f"| 448 px, camera=photo | {ours:,.0f} | {theirs:,.0f} | {ratio:.2f} |")
        print(f"\nencoding alone, 448 px, the same pictures: {encoding(448, rows):,.0f} a second")
        trdg = textrecognitiondatagenerator(rows // 10)
        print("TextRecognitionDataGenerator: " + (f"{trdg:,.0f} a second" if trdg else "not installed"))
        print("\nstages: " + "; ".join(f"{name} {share:.0%}" for name, share in stages(rows, scratch).items()))
        print("distinct in 1,000 rows: " + ", ".join(f"{name} {count}" for name, count in variety().items()))
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, range(cores or 1))
        print(f"two workers against one: {scaling(12 * rows, scratch):.2f} times")
        for count in (10 * rows, 100 * rows):
            print(f"peak memory: {memory(count, scratch):.0f} MB for {count:,} rows")
        print(f"import synthink: {import_seconds():.2f} s")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
