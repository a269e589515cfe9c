"""Web pages as documents: headless Chromium lays them out, DOM ranges say where each word stands.

Scripts are off. The browser itself opens no connection: every file it asks for is handed to it, from the disk or the
web, when it is allowed to have it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthink.documents.page.files import decoded
from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.html.files import LOCAL, PageFiles, WebPage
from synthink.documents.sources.html.measure import MEASURE
from synthink.documents.sources.html.pages import pages_of
from synthink.documents.sources.html.script import BARE, BARE_STYLE, STILL, STYLE
from synthink.errors import ConfigError

WIDTH = 980  # CSS pixels: how wide a window pages are laid out for
HEIGHT = 600  # CSS pixels, at first: then the window is as high as the page
MOST_ROWS = 12_000
"""Of the picture: what lies further down is left out. Chromium draws no picture of more than 16,384 rows."""
MOST_WORDS = 50_000
LEAST_IMAGE = 24  # CSS pixels
TRIES = 8
"""How often a page is measured and its picture taken, until nothing has moved meanwhile."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_ARGUMENTS = (
    *("--disable-lcd-text", "--font-render-hinting=none", "--force-color-profile=srgb", "--hide-scrollbars"),
    # No connection of its own, not even ahead of a request (`rel=preconnect`): no host has an address, and all goes to
    # a proxy that nobody runs.
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>"),
)


def read_html(
    places: Sequence[WebPage],
    *,
    scale: float,
    timeout_s: float,
    allow_local_files: bool,
    skipped: Counter[str],
    take: Callable[[list[Page]], bool],
    refuse: Callable[[DocumentError, str], None],
    not_loaded: Callable[[str, str], None],
) -> None:
    """Hand the pages of each place to `take`, until it says that no more are wanted.

    scale: pixels to a CSS pixel. timeout_s: for one place, with all it shows. allow_local_files: give a local page the
    pictures and styles of its own folder. skipped: reason -> words and pages that were left out. refuse: is handed the
    error of a place that cannot be read, with its name. not_loaded: is handed the reason for which a picture,
    stylesheet or font is missing on a page, and its name. Raises `ConfigError` without playwright or a browser.
    """
    # In a thread of its own: playwright refuses to run inside another event loop, which every notebook has.
    with ThreadPoolExecutor(1) as pool:
        reading = _read(places, _Reading(scale, timeout_s, allow_local_files, skipped, not_loaded), take, refuse)
        pool.submit(asyncio.run, reading).result()


@dataclass(frozen=True, slots=True)
class _Reading:
    scale: float
    timeout_s: float
    local: bool
    skipped: Counter[str]
    not_loaded: Callable[[str, str], None]


async def _read(
    places: Sequence[WebPage],
    reading: _Reading,
    take: Callable[[list[Page]], bool],
    refuse: Callable[[DocumentError, str], None],
) -> None:
    async with _browser() as browser:
        for place in places:
            try:
                pages = await _pages(browser, place, reading)
            except DocumentError as error:
                refuse(error, place.name)
                continue
            if not take(pages):
                break


@contextlib.asynccontextmanager
async def _browser() -> AsyncIterator[Any]:
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError:
        raise ConfigError("source", "html", "web pages need playwright: pip install 'synthink[html]'") from None
    async with async_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        path = os.fspath(own) if own.is_file() else next(filter(None, map(shutil.which, BROWSERS)), None)
        if path is None:
            raise ConfigError("source", "html", "there is no Chromium; run: playwright install chromium")
        # Chromium's sandbox cannot be set up by root.
        sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0
        try:
            browser = await playwright.chromium.launch(
                executable_path=path, chromium_sandbox=sandbox, args=list(_ARGUMENTS)
            )
        except Error as error:
            raise ConfigError("source", "html", f"{path} does not start: {_first_line(error)}") from None
        try:
            yield browser
        finally:
            await browser.close()


async def _pages(browser: Any, place: WebPage, reading: _Reading) -> list[Page]:
    from playwright.async_api import Error

    context = await browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=reading.scale,
        java_script_enabled=False,
        accept_downloads=False,
        bypass_csp=True,
        service_workers="block",
    )
    try:
        async with asyncio.timeout(reading.timeout_s):
            files = PageFiles(place, reading.timeout_s, reading.local)
            main = await files.main()
            page = await context.new_page()
            await page.route("**/*", files.answer)
            await page.goto(main, wait_until="load", timeout=0)
            height = await page.evaluate(STILL, STYLE)
            if height is None:
                raise DocumentError(f"{place.name}: is no well-formed web page")
            await page.set_viewport_size(
                {"width": WIDTH, "height": max(1, min(height, int(MOST_ROWS / reading.scale)))}
            )
            measured, picture, bare = await _measured(page, files)
    except TimeoutError:
        raise DocumentError(f"{place.name}: did not finish loading within {reading.timeout_s:g} s") from None
    except Error as error:
        raise DocumentError(f"{place.name}: the browser cannot show it: {_first_line(error)}") from None
    finally:
        await context.close()
    for address, reason in files.not_loaded.items():
        reading.not_loaded(reason, f"{place.name}: {address.partition('?')[0].removeprefix(LOCAL)}")
    pictures = decoded(picture, place.name), decoded(bare, place.name)
    return pages_of(place.name, *pictures, measured, reading.scale, reading.skipped)


async def _measured(page: Any, files: PageFiles) -> tuple[dict[str, Any], bytes, bytes]:
    """What is where on the page, the picture of it (PNG), and that of the page without its letters.

    A window of another height may want other pictures and styles, and the page is laid out anew as they come.
    """
    session = await page.context.new_cdp_session(page)

    async def snapshot() -> dict[str, Any]:
        taken: dict[str, Any] = await session.send(
            "DOMSnapshot.captureSnapshot", {"computedStyles": ["visibility", "opacity"]}
        )
        return taken

    for _ in range(TRIES):
        await files.quiet()
        answered, before = files.requests, await snapshot()
        measured = await page.evaluate(MEASURE, [MOST_WORDS, LEAST_IMAGE, _generated(before)])
        picture = await page.screenshot(type="png", animations="allow", timeout=0)
        await files.quiet()
        if files.requests == answered and _laid_out(before) == _laid_out(await snapshot()):
            await page.evaluate(BARE, BARE_STYLE)
            return measured, picture, await page.screenshot(type="png", animations="allow", timeout=0)
    raise DocumentError(f"{files.place.name}: does not stand still")


def _laid_out(snapshot: dict[str, Any]) -> tuple[Any, Any]:
    document = snapshot["documents"][0]
    return document["layout"], document["textBoxes"]


def _generated(snapshot: dict[str, Any]) -> list[tuple[list[float], bool, bool, int]]:
    """What is printed that is no text of the page: before and after elements, numbers of lists, in closed shadow trees.

    Of each piece the box, whether it begins and ends with a blank, and its number of words with letters or digits.
    """
    strings, document = snapshot["strings"], snapshot["documents"][0]
    nodes, layout, pieces = document["nodes"], document["layout"], document["textBoxes"]
    roots = {
        node
        for kind in (nodes["pseudoType"], nodes["shadowRootType"])
        for node, value in zip(kind["index"], kind["value"], strict=True)
        if strings[value] not in ("first-letter", "user-agent", "open")
    }
    generated: list[bool] = []
    for node, parent in enumerate(nodes["parentIndex"]):
        generated.append(node in roots or (0 <= parent < node and generated[parent]))
    times = Counter(pieces["layoutIndex"])
    texts = []
    for index, (left, top, width, height) in zip(pieces["layoutIndex"], pieces["bounds"], strict=True):
        text = strings[layout["text"][index]]
        visible = strings[layout["styles"][index][0]] == "visible"
        if text.strip() and generated[layout["nodeIndex"][index]] and visible:
            is_complete, box = times[index] == 1, [left, top, left + width, top + height]
            texts.append(
                (
                    box,
                    is_complete and text[0].isspace(),
                    is_complete and text[-1].isspace(),
                    sum(any(map(str.isalnum, word)) for word in text.split()),
                )
            )
    return texts


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
