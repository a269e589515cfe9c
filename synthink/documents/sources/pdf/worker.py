"""PDF files from outside, read in a process of their own: a hang or crash of the library costs one page."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from synthink.documents.page.files import file_bytes
from synthink.documents.page.model import DocumentError, Page
from synthink.documents.proof.proof import proof_of_document
from synthink.documents.sources.pdf.messages import PageMessages
from synthink.documents.sources.pdf.page import UnusablePage
from synthink.documents.sources.pdf.reader import (
    DEFAULTS,
    PageBegins,
    PageEvent,
    PdfLimits,
    each_page,
)
from synthink.documents.sources.source import SCALE
from synthink.errors import AssetError
from synthink.processes import CannotStart, Send, Worker, WorkerDied


@dataclass(frozen=True)
class Request:
    """A file to read from the page `first` on, counted from 0; scale: the pixels of a point."""

    path: Path
    scale: float
    limits: PdfLimits
    first: int = 0


Reader = Worker[Request, Counter[str]]


def read_pdfs(
    paths: Iterable[Path | str],
    *,
    scale: float = SCALE,
    limits: PdfLimits = DEFAULTS,
    skipped: Counter[str] | None = None,
    unusable: dict[str, str] | None = None,
    room_mb: Callable[[], float] | None = None,
) -> Iterator[tuple[Path, list[Page] | DocumentError]]:
    """Each file with its pages, or with the reason why it was refused; one process reads file after file.

    Documents are named by their file's name, so names of files should differ. skipped: what was left out is counted
    here. unusable: the reasons of a file's pages that are damaged, beyond a limit or end the process that reads them,
    by the page's name; what it holds when a file's turn comes is forgotten. room_mb: asked before each file, in place
    of `limits.kept_mb`.
    """
    counts = Counter[str]() if skipped is None else skipped
    names: dict[str, str] = {} if unusable is None else unusable
    process = _Process(limits)
    try:
        for path in map(Path, paths):
            names.clear()
            kept_mb = room_mb() if room_mb else limits.kept_mb
            pages = _Pages(path, limits.most, kept_mb, limits.file_seconds)
            fault = _read_all(process, Request(path, scale, replace(limits, kept_mb=kept_mb)), pages)
            counts.update(pages.left_out if fault is None else {})
            names.update(pages.unusable)
            yield path, pages.pages if fault is None else fault
    finally:
        process.stop()


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


class _TooSlow(RuntimeError):
    """The file has had its time."""


class _Pages:
    """The pages of one file that have come so far, no more than were asked for, and what was left out of it."""

    def __init__(self, path: Path, most: int, kept_mb: float, seconds: float = DEFAULTS.file_seconds) -> None:
        self.pages: list[Page] = []
        self.end = time.monotonic() + seconds
        """When the file has had its time."""
        self.unusable: dict[str, str] = {}
        self.left_out = Counter[str]()
        self.lost = 0
        """How many pages ended the process that read them."""
        self.current: PageBegins | None = None
        self._path, self._most, self._room = path, most, kept_mb * 2**20

    @property
    def room_mb(self) -> float:
        """The memory that is left for pages."""
        return self._room / 2**20

    def add(self, event: PageEvent) -> None:
        """Take what the process reports."""
        if isinstance(event, PageBegins):
            self.current = event
            if time.monotonic() > self.end:
                raise _TooSlow("the file takes too long to read")
        elif isinstance(event, UnusablePage) and len(self.unusable) < DEFAULTS.max_pages:
            self.unusable[event.name] = f"page: {event.reason}"
        elif isinstance(event, Page) and len(self.pages) < self._most and self._room >= 0:
            self.pages.append(event)
            self._room -= event.raster.bytes
        else:
            raise _TooMuch(f"{self._path}: the process that read it sent more pages than it was asked for")

    def lose(self, page: PageBegins, reason: str, most: int) -> int:
        """Count the page that ended the process; returns the page to go on with. Where more than `most` did so, the
        others are counted, too, and there is none to go on with."""
        self.lost += 1
        self.current = None
        self.left_out += page.left_out
        self.left_out[f"page: {reason}"] += 1
        self.unusable[f"{self._path.name}#{page.number + 1}"] = f"page: {reason}"
        behind = page.count - page.number - 1
        if self.lost <= most:
            return page.number + 1
        self.left_out[f"pages behind {self.lost} that cannot be read"] += behind
        return page.count


class _Process:
    """The process that reads: started when it is wanted, and again when it has died."""

    def __init__(self, limits: PdfLimits) -> None:
        self._limits = limits
        self._reader: Reader | None = None

    def read(self, request: Request, pages: _Pages, seconds: float) -> Counter[str]:
        """Have a file read, and return the counts of what was left out. Raises `AssetError` and `OSError`
        for the file, and `RuntimeError` for the page that the process failed on or died of."""
        self._reader = reader = self._reader or _start(self._limits)
        try:
            return reader.call(request, pages.add, seconds)
        except WorkerDied as death:
            reason = _ending(reader, death, seconds)
            self.stop()
            raise RuntimeError(reason) from None
        except (_TooMuch, _TooSlow):
            self.stop()
            raise

    def stop(self) -> None:
        if self._reader is not None:
            self._reader.stop()
        self._reader = None


def _read_all(process: _Process, request: Request, pages: _Pages) -> DocumentError | None:
    """Read a file's pages; one that ends the process is left out, and another process reads those behind it. Returns
    the reason why the file is refused."""
    limits, first = request.limits, 0
    while True:
        own = replace(limits, most=limits.most - len(pages.pages), kept_mb=pages.room_mb)
        if first and (own.most == 0 or own.kept_mb < 0):
            return None
        try:
            pages.left_out += process.read(replace(request, limits=own, first=first), pages, limits.seconds)
        except (AssetError, OSError) as error:
            return DocumentError(str(error) if isinstance(error, AssetError) else f"{request.path}: {error}")
        except RuntimeError as error:  # the end of the process, or whatever the library made of the file
            page = pages.current
            if page is None or limits.strict:
                remedy = "" if page is None else "; documents.strict=false leaves such pages out"
                place = "" if page is None else f"#{page.number + 1}"
                return DocumentError(f"{request.path}{place}: {error}{remedy}")
            first = pages.lose(page, str(error), limits.most_lost if time.monotonic() < pages.end else 0)
            if first == page.count:
                return None
        else:
            return None


def _start(limits: PdfLimits) -> Reader:
    """The process that reads. It imports no main module, and may be the child of a worker that draws rows."""
    try:
        return Worker(_read, "interpreter", partial(_limit_memory, limits.memory_mb), messages=PageMessages(limits))
    except (CannotStart, WorkerDied) as fault:
        raise DocumentError(f"pdf: the process that reads PDF files did not start ({fault})") from None


def _ending(reader: Reader, death: WorkerDied, seconds: float) -> str:
    """Why the process is no more."""
    if reader.timed_out:
        return f"took longer than {seconds:g} s to read"
    return f"the PDF library crashed on it, ran out of memory, or sent what it never sends ({death})"


def _read(request: Request, report: Send) -> Counter[str]:
    """Send page after page, so that neither side holds more than one of them twice; return what was left out."""
    path, limits = request.path, request.limits
    skipped = Counter[str]()
    try:
        data = file_bytes(path, limits.max_bytes)
        prove = proof_of_document()
        for event in each_page(data, path.name, request.scale, limits, skipped, prove=prove, first=request.first):
            report(event)
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
