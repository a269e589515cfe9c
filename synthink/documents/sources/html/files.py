"""What the browser is given of a web page: files from the disk or the web, and none that it may not have."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urldefrag, urlsplit

from synthink.documents.page.files import file_bytes
from synthink.documents.page.model import DocumentError
from synthink.documents.sources.html.web import Fetched, Web

T = TypeVar("T")

MAX_BYTES = 32 * 2**20
"""Of one file; a document with all it shows has three times as many."""
LOCAL = "http://page.invalid/"
"""Where local files seem to lie: a page from there cannot reach `file:` addresses."""
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KINDS = {"stylesheet": "stylesheets", "image": "pictures", "font": "fonts"}
"""What the browser is given, by its name for it."""
_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page to open: a file or an address."""

    name: str
    path: Path | None = None
    url: str = ""
    root: Path | None = None
    """The folder whose files a local page may show, where that is allowed; else the folder it lies in."""

    public_only: bool = False
    """Whether the host of `url` may not lie on a private address either."""

    @property
    def folder(self) -> Path:
        """`root` without links in it."""
        assert self.path is not None
        return (self.root or self.path.parent).resolve()


class NotLoaded(DocumentError):
    """A page may not have one of the files that it shows. Its message goes on where `pictures` or the like begins."""


class PageFiles:
    """Hands the browser the files of one page, and no others."""

    def __init__(self, place: WebPage, timeout_s: float, local: bool) -> None:
        self.place, self.local = place, local
        self.left = 3 * MAX_BYTES
        self.gate = asyncio.Semaphore(8)
        self.web = Web("" if place.public_only else urlsplit(place.url).hostname or "", timeout_s)
        self.first: Fetched | None = None
        self.open = 0
        """How many files the browser waits for."""
        self.requests = 0
        """The number of requests that were answered, or denied."""
        self.not_loaded: dict[str, str] = {}
        """Why a picture, style sheet or font is missing on the page, by its address."""

    async def main(self) -> str:
        """Get the page itself; the address that the browser shall go to."""
        if self.place.path is not None:
            data = file_bytes(self.place.path, MAX_BYTES)
            kind = "application/xhtml+xml" if self.place.path.suffix.lower() == ".xhtml" else "text/html"
            relative = self.place.path.relative_to(self.place.root or self.place.path.parent).as_posix()
            self.first = Fetched(LOCAL + quote(relative), kind + _charset(data), False, data)
        else:
            self.first = await self._fetched(urldefrag(self.place.url).url)
            kind = self.first.content_type.partition(";")[0].strip().lower()
            if kind not in ("text/html", "application/xhtml+xml") or self.first.attachment:
                what = "offers a download" if self.first.attachment else f"serves {kind or 'no type'}"
                raise DocumentError(f"{self.place.name}: {what}, not a web page")
        body = self.first.body
        if body.startswith(b"%PDF-") or (b"\0" in body and not body.startswith(UTF16)):
            raise DocumentError(f"{self.place.name}: is no text, hence no web page")
        return self.first.url

    async def answer(self, route: Any) -> None:
        """Called for everything that the browser wants."""
        self.open += 1
        try:
            await self._answer(route)
        finally:
            self.open -= 1
            self.requests += 1

    async def quiet(self) -> None:
        """Wait until the browser waits for no file."""
        while self.open:
            await asyncio.sleep(0.02)

    async def _answer(self, route: Any) -> None:
        request = route.request
        file = None
        if self.first is not None and request.is_navigation_request() and request.frame.parent_frame is None:
            file, self.first = self.first, None  # a second navigation would be a page's own doing
        elif request.resource_type in _KINDS and request.method == "GET":
            try:
                file = await self._part(request.url)
            except DocumentError as error:
                reason = str(error) if isinstance(error, NotLoaded) else "of web pages that could not be fetched"
                self.not_loaded[request.url] = f"{_KINDS[request.resource_type]} {reason}"
        if file is None:
            await route.abort("aborted")  # which leaves the page as it is, where it wants to go elsewhere
        else:
            await route.fulfill(status=200, body=file.body, headers={"content-type": file.content_type})

    async def _part(self, url: str) -> Fetched:
        """A picture, style sheet or font. Raises `DocumentError` where there is none, or none that may be had."""
        if self.place.path is None:
            return await self._fetched(url)
        if not url.startswith(LOCAL):
            raise NotLoaded("from the web, which a page on the disk does not get")
        if not self.local:
            raise NotLoaded("beside web pages, which allow_local_files=true loads")
        folder = self.place.folder
        path = Path(os.path.realpath(folder / unquote(urlsplit(url).path).lstrip("/")))
        if not path.is_relative_to(folder):
            raise NotLoaded("outside of the folder of their web page")
        return Fetched(url, _TYPES.get(path.suffix.lower(), ""), False, file_bytes(path, MAX_BYTES))

    async def _fetched(self, url: str) -> Fetched:
        async with self.gate:
            most = max(0, min(MAX_BYTES, self.left))
            fetched = await _in_thread(lambda: self.web.fetch(url, most))
        self.left -= len(fetched.body)
        return fetched


def _charset(data: bytes) -> str:
    """Said outright where it is certain; else the page's own word counts."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"


async def _in_thread(work: Callable[[], T]) -> T:
    """As `asyncio.to_thread`, in a thread that nobody waits for: a server may keep it busy for ever."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if not done.done():
            if error is None:
                done.set_result(result)  # type: ignore[arg-type]
            else:
                done.set_exception(error)

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: too late
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, daemon=True).start()
    return await done
