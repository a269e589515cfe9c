"""Batches made ready ahead of time, by threads that read and by processes that draw."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from synthink.core.source import Source
from synthink.errors import DrawError, ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.rows import ENDLESS, Dataset, DrawnRows, Rows
from synthink.train.data.loading import Loader
from synthink.train.data.order import Order
from tests.support import environment
from tests.train.patches import PREFIX, SIDE, Patches, make

pytestmark = pytest.mark.heavy

BATCH = 5
Seen = list[tuple[str, str, bytes]]


def seen(examples: Sequence[Example]) -> Seen:
    """What a learner is handed, as things that can be compared."""
    assert all(example.image.shape == (SIDE, SIDE, 3) and example.image.dtype == np.uint8 for example in examples)
    return [(example.id, example.suffix, example.image.tobytes()) for example in examples]


def loader(rows: Sequence[Rows], workers: int, prepare: Any = seen, shuffled: bool = True) -> Loader:
    order = Order([len(each) for each in rows], [1.0] * len(rows), 3, shuffled)
    return Loader(rows, order, prepare, SIDE, BATCH, workers)


def drawn(fails_at: int = -1, count: int = ENDLESS, control: bool = False) -> DrawnRows:
    return DrawnRows(Source(Patches(fails_at=fails_at), seed=1), "train", count, "patches", control)


def ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE  # nobody need have asked how it ended
    except psutil.NoSuchProcess:
        return True


def drawing() -> list[psutil.Process]:
    """The living children of this process but for Python's own, which stays."""
    found = [each for each in psutil.Process().children(recursive=True) if not ended(each)]
    return [each for each in found if "resource_tracker" not in " ".join(each.cmdline())]


def all_end(processes: list[psutil.Process], limit_s: float = 60) -> bool:
    """Whether all end within the limit, which is far longer than it takes."""
    for _ in range(int(limit_s / 0.05)):
        if all(map(ended, processes)):
            return True
        psutil.wait_procs(processes, timeout=0.05)
    return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset(make(tmp_path_factory.mktemp("loading") / "data", 33, 4, 0))


# --- threads ----------------------------------------------------------------------------------------------------------


def test_threads_give_the_rows_in_order_whatever_their_number(folder: Dataset) -> None:
    rows = [folder.rows("train"), folder.rows("validation")]
    order = Order([33, 4], [1.0, 1.0], 3)
    wanted = [
        [rows[dataset].example(row).id for dataset, row in order.batch(number * BATCH, BATCH)] for number in range(20)
    ]
    found = []
    for workers in (1, 2, 7):
        with loader(rows, workers) as loading:
            found.append(list(islice(loading.batches(0), 20)))
    assert found[0] == found[1] == found[2]
    assert [[name for name, *_ in batch] for batch in found[0]] == wanted
    with loader(rows, 3) as loading:
        assert list(islice(loading.batches(13), 7)) == found[0][13:]


def test_no_more_is_read_ahead_than_two_batches_a_worker(folder: Dataset) -> None:
    asked: list[int] = []

    class Counting(Order):
        def batch(self, start: int, count: int) -> list[tuple[int, int]]:
            asked.append(start)
            return super().batch(start, count)

    rows = folder.rows("train")
    with Loader([rows], Counting([len(rows)], [1.0], 3), seen, SIDE, BATCH, 2) as loading:
        for number, _ in enumerate(islice(loading.batches(7), 5), start=1):
            assert asked == [BATCH * each for each in range(7, 7 + 2 * 2 + number - 1)]


def test_threads_end_with_the_context(folder: Dataset) -> None:
    before = set(threading.enumerate())
    with loader([folder.rows("train")], 4) as loading:
        next(loading.batches(0))
        assert set(threading.enumerate()) - before
    assert set(threading.enumerate()) <= before
    with pytest.raises(KeyboardInterrupt), loader([folder.rows("train")], 4) as loading:
        next(loading.batches(0))
        raise KeyboardInterrupt
    assert set(threading.enumerate()) <= before


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"image": png()[:50]}, "row-6: the picture cannot be decoded"),
        ({"image": b""}, "row-6: "),
        ({"suffix": None}, "row-6: suffix is None, not text"),
    ],
    ids=["torn picture", "no picture", "no text"],
)
def test_a_broken_row_is_named(tmp_path: Path, broken: dict[str, Any], told: str) -> None:
    rows = [{"id": f"row-{index}", "image": png(), "prefix": PREFIX, "suffix": "x"} for index in range(9)]
    rows[6] |= broken
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "train.parquet")
    with loader([Dataset(tmp_path).rows("train")], 2) as loading, pytest.raises(ModelError) as caught:
        list(islice(loading.batches(0), 3))
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_an_error_of_the_learner_comes_out_as_it_is(folder: Dataset) -> None:
    def refuse(examples: Sequence[Example]) -> None:
        raise ModelError(f"{examples[0].id} is too long")

    with loader([folder.rows("train")], 2, refuse) as loading, pytest.raises(ModelError, match="is too long"):
        next(loading.batches(0))


# --- processes --------------------------------------------------------------------------------------------------------


def test_processes_give_the_rows_that_are_drawn_here() -> None:
    rows = drawn()
    wanted = [rows.example(index) for index in range(8 * BATCH)]
    with loader([rows], 2, shuffled=False) as loading:
        found = list(islice(loading.batches(0), 8))
        assert found == [seen(wanted[first : first + BATCH]) for first in range(0, 8 * BATCH, BATCH)]
        assert list(islice(loading.batches(5), 3)) == found[5:], "from any start"
    with loader([rows], 1, shuffled=False) as loading:
        assert list(islice(loading.batches(6), 2)) == found[6:], "one process"


def test_rows_without_signal_are_shuffled_like_a_folders(folder: Dataset) -> None:
    """The control of a folder sees the same questions in the same order."""
    control = folder.control("train")
    assert control is not None
    with loader([folder.rows("train")], 1) as reading, loader([control], 1) as drawing:
        pairs = zip(islice(reading.batches(0), 8), islice(drawing.batches(0), 8), strict=True)
        for one, other in pairs:
            assert [row[:2] for row in one] == [row[:2] for row in other]
            assert [row[2] for row in one] != [row[2] for row in other]


def test_a_row_that_cannot_be_drawn_is_named_and_nothing_is_left() -> None:
    before = set(drawing())
    with loader([drawn(fails_at=7)], 1, shuffled=False) as loading:
        batches = loading.batches(0)
        next(batches)
        workers = [each for each in drawing() if each not in before]
        assert workers
        with pytest.raises(DrawError, match=r"patches row 7 of split train.*no light today"):
            next(batches)
    assert all_end(workers)


def test_a_process_that_dies_is_told() -> None:
    before = set(drawing())
    with loader([drawn()], 1, shuffled=False) as loading:
        batches = loading.batches(0)
        next(batches)
        for process in drawing():
            if process not in before:
                process.kill()
        with pytest.raises(ModelError, match="a process that draws rows has died"):
            list(islice(batches, 100))


SCRIPT = """
import sys
import psutil
from tests.train.data.test_loading import drawn, loader

if __name__ == "__main__":
    with loader([drawn()], 2, shuffled=False) as loading:
        next(loading.batches(0))
        print(*(child.pid for child in psutil.Process().children(recursive=True)), flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "script.py").write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "script.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    with process:
        yield process
        process.kill()


@pytest.mark.whole
def test_drawing_processes_end_with_their_parent_even_when_it_is_killed(begun: subprocess.Popen[str]) -> None:
    assert begun.stdout is not None
    children = [psutil.Process(int(pid)) for pid in begun.stdout.readline().split()]
    assert len(children) >= 2
    assert not any(map(ended, children))
    begun.kill()
    begun.wait()
    try:
        assert all_end(children)
    finally:
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
