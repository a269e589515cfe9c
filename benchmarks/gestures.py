"""Rows of gestures a second: synthink against the simplest program that draws such pictures, in turns in one run.

    python -m benchmarks.gestures               # 448 and 224 px, tasks, documents, stages, memory
    python -m benchmarks.gestures --quick       # fewer rows

The documents are warm: every page that the rows show was made before. Figures are CPU seconds of one process.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import synthink
from benchmarks import floor
from benchmarks.throughput import ROUNDS, SPLITS, cpu, shard_writer
from synthink.api import make_plan
from synthink.build.plan import Plan
from synthink.documents.asset import Documents

POOL = 64  # documents, so that all are warm after a few hundred rows


def floor_writer(rows: int, side: int, folder: Path) -> Callable[[], None]:
    """The floor draws, encodes and writes as many pictures."""
    page = floor.printed_page()
    folder.mkdir(parents=True, exist_ok=True)

    def write() -> None:
        for i in range(rows):
            (folder / f"{i}.png").write_bytes(floor.png(floor.inked_page(i, side, page)))

    return write


def plan_of(side: int, **fields: object) -> Plan:
    return make_plan(
        "gestures",
        splits=SPLITS,
        fields={"picture_px": side, "documents": {"count": POOL, "share_across_splits": True}, **fields},
    )


def compare(side: int, rows: int, scratch: Path, **fields: object) -> tuple[float, float, float]:
    """Rows a second of synthink and of the floor, and the median ratio of the rounds."""
    ours = shard_writer(plan_of(side, **fields), rows, scratch / f"ours-{side}-{len(fields)}")
    theirs = floor_writer(rows, side, scratch / f"floor-{side}")
    for _ in range(1 + 500 // rows):
        ours()
    theirs()
    pairs = [(cpu(ours), cpu(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(floor_s / our_s for our_s, floor_s in pairs)
    return rows / min(pair[0] for pair in pairs), rows / min(pair[1] for pair in pairs), ratio


def stages(rows: int) -> dict[str, float]:
    """Milliseconds a row in each stage at 448 px."""
    plan = plan_of(448)
    source, generator = plan.source, plan.generator
    split = source.split("train")
    for i in range(3 * POOL):
        source.row("train", i)
    drawn = cpu(lambda: [source.row("train", i, packed=True) for i in range(rows)])

    def compose() -> None:
        for i in range(rows):
            ctx = split.context(i)
            task = "recognise_gesture"
            choices = generator._choices[task]  # type: ignore[attr-defined]
            kind = choices.kind(ctx.stream("gesture"))
            crops = generator._crops(ctx, task, choices, kind, 40.0, 1.75)  # type: ignore[attr-defined]
            next(crop for crop in crops if not isinstance(crop, str))

    composed = cpu(compose)
    pictures = [source.row("train", i, packed=True)["image"] for i in range(rows)]
    encoded = cpu(lambda: [picture.encode() for picture in pictures])
    kinds = sum(type(picture).__name__ == "IndexedPicture" for picture in pictures)
    return {
        "a gesture composed": composed / rows * 1e3,
        "a row drawn": drawn / rows * 1e3,
        "encoded": encoded / rows * 1e3,
        "share with a palette": kinds / rows,
    }


def making_documents(count: int) -> float:
    """Synthetic pages made a second."""
    data = synthink.dataset("gestures", size=1, documents={"count": 10 * count, "share_across_splits": True})
    pool = data.source.split("train").pools["documents"]
    stream = data.source.split("train").context(0).stream("benchmark")
    start = time.process_time()
    seen = {pool.draw(stream).name for _ in range(count)}
    return len(seen) / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rows")
    parser.add_argument("--pdf", help="a PDF file or folder: its rows a second, too")
    options = parser.parse_args()
    rows = 100 if options.quick else 250
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for side in (448, 224):
            ours, theirs, ratio = compare(side, rows, scratch)
            print(f"{side} px, gestures and detection: {ours:,.0f} rows/s; floor {theirs:,.0f}; ratio {ratio:.2f}")
        only = {"tasks": {"recognise_gesture": 1, "detect_text": 0}}
        ours, theirs, ratio = compare(448, rows, scratch, **only)
        print(f"448 px, gestures alone: {ours:,.0f} rows/s; floor {theirs:,.0f}; ratio {ratio:.2f}")
        if options.pdf:
            documents = Documents(source=options.pdf, share_across_splits=True)
            ours, theirs, ratio = compare(448, rows, scratch, documents=documents.plain())
            print(f"448 px, PDF documents: {ours:,.0f} rows/s; floor {theirs:,.0f}; ratio {ratio:.2f}")
        for stage, figure in stages(rows).items():
            print(f"{stage}: {figure:.2f}{'' if 'share' in stage else ' ms'}")
        print(f"synthetic pages: {making_documents(20 if options.quick else 60):.1f} a second")
        print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
