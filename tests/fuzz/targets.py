"""What is fuzzed: good files, made or read here, and the public function that reads a damaged one of them."""

from __future__ import annotations

import io
import json
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

import synthink
from tests.ink.files.samples import SAMPLES

FORMATS = ("parquet", "arrow", "webdataset", "jsonl")
SMALL_FONT = 120_000  # bytes


class Target(NamedTuple):
    """A kind of file from outside."""

    goods: Callable[[], Mapping[str, bytes]]
    """Good files by their names, to be damaged."""
    read: Callable[[Path, Mapping[str, bytes], str], object]
    """Reads files as a user would have them read: an empty folder, the files, and the name of the damaged one."""
    files: Callable[[], Mapping[str, bytes]] = dict
    """Files that lie beside the damaged one."""


@cache
def fonts() -> dict[str, bytes]:
    """Small fonts of each kind that is packaged."""
    from synthink.assets.fonts import packaged

    goods: dict[str, bytes] = {}
    for candidate, record in packaged.survey():
        kind = "ttf" if record.is_truetype else "otf"
        if record.reason is None and sum(name.endswith(kind) for name in goods) < 3:
            data = candidate.file.read()
            if len(data) < SMALL_FONT:
                goods[f"{len(goods)}.{kind}"] = data
    return goods


def read_font(folder: Path, files: Mapping[str, bytes], name: str) -> None:
    from synthink.assets.fonts.collect import collect

    (folder / name).write_bytes(files[name])
    collect([str(folder / name)])


@cache
def pdfs() -> dict[str, bytes]:
    """Two pages of words and a picture, packed and as they stand."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    goods = {}
    for packed in (0, 1):
        file = io.BytesIO()
        page = canvas.Canvas(file, pagesize=(200, 120), pageCompression=packed, invariant=1)
        page.drawString(20, 90, "A line of words")
        page.drawImage(ImageReader(Image.new("RGB", (8, 8), "red")), 120, 20, 40, 40)
        page.rotate(20)
        page.drawString(60, 20, "turned")
        page.showPage()
        page.drawString(20, 60, "another page")
        page.save()
        goods[f"packed{packed}.pdf"] = file.getvalue()
    return goods


waiting_pdfs: deque[Path] = deque()


@cache
def pdf_results() -> Iterator[tuple[Path, Any]]:
    """Results of `waiting_pdfs`, one process for all of them: to start one takes longer than to read a file."""
    from synthink.documents.sources.pdf.worker import read_pdfs

    return read_pdfs(waiting_pdfs.popleft() for _ in repeat(None))


def read_pdf(folder: Path, files: Mapping[str, bytes], name: str) -> None:
    (folder / name).write_bytes(files[name])
    waiting_pdfs.append(folder / name)
    _, result = next(pdf_results())
    if isinstance(result, Exception):
        raise result


@cache
def inks() -> dict[str, bytes]:
    """A file of every format of ink."""
    goods = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, make in SAMPLES.items():
            (Path(folder) / name).mkdir()
            path = make(Path(folder) / name)
            if path.is_file():
                goods[f"{name}{''.join(path.suffixes)}"] = path.read_bytes()
    return goods


def read_ink(folder: Path, files: Mapping[str, bytes], name: str) -> None:
    from synthink import ink as inks

    (folder / name).write_bytes(files[name])
    for ink in inks.read_ink(folder / name):
        assert all(np.isfinite(stroke[:, :2]).all() for stroke in ink.strokes)


@cache
def folders() -> dict[str, bytes]:
    """A dataset in each format, all its files."""
    goods = {}
    with tempfile.TemporaryDirectory() as parent:
        for form in FORMATS:
            folder = Path(parent) / form
            synthink.generate(
                "circled_letters",
                format=form,
                output=folder,
                splits={"train": 4},
                picture_px=48,
                words="random",
                workers=1,
            )
            files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
            goods |= {path.relative_to(parent).as_posix(): path.read_bytes() for path in files}
    return goods


def shards() -> dict[str, bytes]:
    """The files of rows of the datasets, one picture for all."""
    names = [
        name for name in folders() if not name.endswith(("synthink.json", "preview.png", "1.png", "2.png", "3.png"))
    ]
    return {name: folders()[name] for name in names}


def manifests() -> dict[str, bytes]:
    return {name: data for name, data in folders().items() if name.endswith("synthink.json")}


def read_dataset(folder: Path, files: Mapping[str, bytes], name: str) -> None:
    """As `verify` and `preview` read shards, and as `evaluate` looks folders through before `datasets` does."""
    from synthink.cli.verb import Call
    from synthink.cli.verbs.preview import Preview
    from synthink.tables.folder import check_folder
    from synthink.verify.verify import verify

    form = name.partition("/")[0]
    for other, content in files.items():
        if other.startswith(f"{form}/"):
            path = folder / other.removeprefix(f"{form}/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    errors = []
    preview = Preview(dataset=str(folder), output=str(folder.with_suffix(".preview")), rows=2)
    for step in (
        lambda: check_folder(folder),
        lambda: verify(folder, rows=1, remake_rows=0),
        lambda: preview.run(Call(words=[])),
    ):
        try:
            step()
        except synthink.SynthinkError as error:
            errors.append(error)
    for path in folder.parent.glob(f"{folder.name}.preview*"):
        path.unlink()
    if errors:
        raise errors[0]


@cache
def checkpoints() -> dict[str, bytes]:
    """What a run leaves: weights, what they were when they were written, what was asked, measured and answered."""
    from synthink.train.big_vision.weights import save
    from synthink.train.checkpoint import record_checkpoint

    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent)
        save(folder / "checkpoint.npz", {"img/a": np.ones((3, 4), np.float32), "llm/b": np.zeros(7, np.float32)})
        record_checkpoint(folder)
        goods = {path.name: path.read_bytes() for path in folder.iterdir()}
    goods["run.json"] = json.dumps({"format_version": 1, "trainer": {"name": "big_vision", "steps": 3}}).encode()
    goods["metrics.jsonl"] = b'{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 0.25, "score": 0.5}\n'
    goods["answers.jsonl"] = (
        b'{"model":"m","shots":0,"id":"i","request":"r","answer":"a","finish":"stop","input_tokens":1,'
        b'"output_tokens":2,"version":"v"}\n'
    )
    return goods


def read_checkpoint(folder: Path, files: Mapping[str, bytes], name: str) -> None:
    from synthink.evaluate.api_models.answer_cache import AnswerCache
    from synthink.train.big_vision.weights import check
    from synthink.train.checkpoint import checkpoint_fault
    from synthink.train.metrics import read_curve
    from synthink.train.run_folder import RunFolder

    for other, content in files.items():
        (folder / other).write_bytes(content)
    checkpoint_fault(folder)
    AnswerCache(folder / "answers.jsonl")
    read_curve(folder / "metrics.jsonl")
    RunFolder(folder).request()
    check(folder / "checkpoint.npz", {"img/a": (3, 4), "llm/b": (7,)})


TARGETS = {
    "fonts": Target(fonts, read_font),
    "pdfs": Target(pdfs, read_pdf),
    "inks": Target(inks, read_ink),
    "datasets": Target(shards, read_dataset, folders),
    "manifests": Target(manifests, read_dataset, folders),
    "checkpoints": Target(checkpoints, read_checkpoint, checkpoints),
}
