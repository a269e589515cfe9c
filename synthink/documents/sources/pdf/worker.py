"""PDF files from outside, read in a process of their own: a hang or crash of the library is one file's error."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from synthink.documents.page.files import file_bytes
from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.pdf.messages import PageMessages
from synthink.documents.sources.pdf.reader import DEFAULTS, SCALE, PdfLimits, each_page
from synthink.errors import AssetError
from synthink.processes import CannotStart, Send, Worker, WorkerDied

Request = tuple[Path, float, PdfLimits]
"""A file to read, the pixels of a point, and what the file may take."""
Reader = Worker[Request, Counter[str]]


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
    reader: Reader | None = None
    try:
        for path in map(Path, paths):
            reader = reader or _start(limits)
            kept_mb = room_mb() if room_mb else limits.kept_mb
            pages = _Pages(path, limits.most, kept_mb)
            try:
                left_out = reader.call((path, scale, replace(limits, kept_mb=kept_mb)), pages.add, limits.seconds)
            except (AssetError, OSError, RuntimeError) as error:  # of the file, or whatever the library made of it
                if isinstance(error, _TooMuch):
                    reader.stop()
                    reader = None
                yield path, DocumentError(str(error) if isinstance(error, AssetError) else f"{path}: {error}")
            except WorkerDied as death:
                fault = DocumentError(f"{path}: {_ending(reader, death, limits)}")
                reader.stop()
                reader = None
                yield path, fault
            else:
                counts.update(left_out)
                yield path, pages.pages
    finally:
        if reader is not None:
            reader.stop()


def read_pdf_file(
    path: Path | str, *, scale: float = SCALE, limits: PdfLimits = DEFAULTS, skipped: Counter[str] | None = None
) -> list[Page]:
    """The pages of one file, read in a process of its own. `DocumentError` when it is refused."""
    ((_, result),) = read_pdfs([path], scale=scale, limits=limits, skipped=skipped)
    if isinstance(result, DocumentError):
        raise result
    return result


class _TooMuch(DocumentError):
    """The reading process does not stop where it was asked to."""


class _Pages:
    """The pages of one file that have come so far, no more than were asked for."""

    def __init__(self, path: Path, most: int, kept_mb: float) -> None:
        self.pages: list[Page] = []
        self._path, self._most, self._room = path, most, kept_mb * 2**20

    def add(self, page: Page) -> None:
        if len(self.pages) == self._most or self._room < 0:
            raise _TooMuch(f"{self._path}: the process that read it sent more pages than it was asked for")
        self.pages.append(page)
        self._room -= page.raster.bytes


def _start(limits: PdfLimits) -> Reader:
    """The process that reads. It imports no main module, and may be the child of a worker that draws rows."""
    try:
        return Worker(_read, "interpreter", partial(_limit_memory, limits.memory_mb), messages=PageMessages(limits))
    except (CannotStart, WorkerDied) as fault:
        raise DocumentError(f"pdf: the process that reads PDF files did not start ({fault})") from None


def _ending(reader: Reader, death: WorkerDied, limits: PdfLimits) -> str:
    """Why the process is no more."""
    if reader.timed_out:
        return f"took longer than {limits.seconds:g} s to read"
    return f"the PDF library crashed on it, ran out of memory, or sent what it never sends ({death})"


def _read(request: Request, report: Send) -> Counter[str]:
    """Send page after page, so that neither side holds more than one of them twice; return what was left out."""
    path, scale, limits = request
    skipped = Counter[str]()
    try:
        for page in each_page(file_bytes(path, limits.max_bytes), path.name, scale, limits, skipped):
            report(page)
    except MemoryError:
        raise DocumentError(f"{path}: needs more than {limits.memory_mb} MB of memory") from None
    return skipped


def _limit_memory(memory_mb: int) -> None:
    """On top of what the process has mapped by now, which depends on the number of processors."""
    if sys.platform == "linux":
        import resource

        mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = mapped + memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
