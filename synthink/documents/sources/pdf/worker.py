"""PDF files from outside, read in a process of their own: a hang or crash of the library is one file's error."""

from __future__ import annotations

import math
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.pdf.reader import DEFAULTS, SCALE, PdfLimits, each_page, read_bytes

_START = "from synthink.documents.sources.pdf.worker import main; main()"
_LENGTH = 8  # bytes before each message that tell its length
_LARGEST = 256 * 2**20  # bytes of a message; a page of the most pixels and characters takes a third of it


def read_pdfs(
    paths: Iterable[Path | str],
    *,
    scale: float = SCALE,
    limits: PdfLimits = DEFAULTS,
    skipped: Counter[str] | None = None,
    room_mb: Callable[[], float] | None = None,
) -> Iterator[tuple[Path, list[Page] | DocumentError]]:
    """Each file with its pages, or with the reason why it was refused; one process reads file after file.

    Documents are named by their file's name, so names of files should differ. room_mb: asked before each file, in
    place of `limits.kept_mb`.
    """
    counts = Counter[str]() if skipped is None else skipped
    worker: _Worker | None = None
    try:
        for path in map(Path, paths):
            if worker is None:
                worker = _Worker(limits)
            kept_mb = room_mb() if room_mb else limits.kept_mb
            answer = worker.read(path, scale, replace(limits, kept_mb=kept_mb))
            if answer is None:
                fault, worker = DocumentError(f"{path}: {worker.ending()}"), None
                yield path, fault
            elif isinstance(answer, str):
                yield path, DocumentError(answer)
            else:
                pages, left_out = answer
                counts.update(left_out)
                yield path, pages
    finally:
        if worker is not None:
            worker.stop()


def read_pdf_file(
    path: Path | str, *, scale: float = SCALE, limits: PdfLimits = DEFAULTS, skipped: Counter[str] | None = None
) -> list[Page]:
    """The pages of one file, read in a process of its own. `DocumentError` when it is refused."""
    ((_, result),) = read_pdfs([path], scale=scale, limits=limits, skipped=skipped)
    if isinstance(result, DocumentError):
        raise result
    return result


class _Worker:
    """The process that reads. Started with `subprocess`, so that no main module is imported again."""

    def __init__(self, limits: PdfLimits) -> None:
        self._limits = limits
        self._late = False
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        _send(self._process.stdin, limits)
        # Wait for it here: starting up is no fault of the first file.
        if _received(self._process.stdout) is None:
            raise DocumentError("pdf: the process that reads PDF files did not start")

    def read(self, path: Path, scale: float, limits: PdfLimits) -> tuple[list[Page], Counter[str]] | str | None:
        """Pages and what was left out, or why the file is refused; None when the process died or was too slow."""
        pages: list[Page] = []
        watch = threading.Timer(self._limits.seconds, self._give_up)
        watch.start()
        try:
            with suppress(OSError):
                _send(self._process.stdin, (path, scale, limits))
            while isinstance(message := _received(self._process.stdout), Page):
                pages.append(message)
        finally:
            watch.cancel()
        if message is None:
            self.stop()
            return None
        return message if isinstance(message, str) else (pages, message)

    def ending(self) -> str:
        """Why the process is no more."""
        if self._late:
            return f"took longer than {self._limits.seconds:g} s to read"
        return f"the PDF library crashed or ran out of memory on it (exit code {self._process.returncode})"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _give_up(self) -> None:
        self._late = True
        self._process.kill()


def main() -> None:
    """The process: reads requests from standard input until it ends, and answers on standard output."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get into the answers
    limits: PdfLimits = _received(sys.stdin.buffer)
    _limit_memory(limits.memory_mb)
    _send(output, "ready")
    while (request := _received(sys.stdin.buffer)) is not None:
        _alarm(math.ceil(limits.seconds) + 5)
        _send(output, _answer(output, *request))
        _alarm(0)


def _answer(output: BinaryIO, path: Path, scale: float, limits: PdfLimits) -> Counter[str] | str:
    """Send page after page, so that neither side holds more than one of them twice; then what was left out, or why
    the file is refused."""
    skipped = Counter[str]()
    try:
        for page in each_page(read_bytes(path, limits), path.name, scale, limits, skipped):
            _send(output, page)
    except DocumentError as error:
        return str(error)
    except MemoryError:
        return f"{path}: needs more than {limits.memory_mb} MB of memory"
    return skipped


def _alarm(seconds: int) -> None:
    """Die after that time even when the parent is gone and cannot kill this process; 0 takes it back."""
    if sys.platform != "win32":
        signal.alarm(seconds)


def _limit_memory(memory_mb: int) -> None:
    """On top of what the process has mapped by now, which depends on the number of processors."""
    if sys.platform == "linux":
        import resource

        mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = mapped + memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))


def _send(pipe: BinaryIO | Any, message: object) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(len(data).to_bytes(_LENGTH, "little"))
    pipe.write(data)
    pipe.flush()


def _received(pipe: BinaryIO | Any) -> Any:
    """The next message; None when the other end is gone, or sends something else."""
    head = pipe.read(_LENGTH)
    size = int.from_bytes(head, "little")
    data = pipe.read(size) if len(head) == _LENGTH and size <= _LARGEST else b""
    return pickle.loads(data) if len(data) == size > 0 else None  # noqa: S301 - from our own process
