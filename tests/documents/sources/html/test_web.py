"""Web pages from addresses: hosts, limits, what is fetched and what is not."""

from __future__ import annotations

import asyncio
import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from synthink.documents.asset import Documents
from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.html import reader as html
from synthink.documents.sources.html.files import PageFiles, WebPage
from synthink.documents.sources.html.web import Web
from synthink.errors import ConfigError
from tests.documents.sources.html.reading import needs_browser, read

pytestmark = pytest.mark.heavy


class Server(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        getattr(self, f"get_{self.path.lstrip('/').partition('.')[0]}", self.get_missing)()

    def reply(self, body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def get_missing(self) -> None:
        self.reply(b"<p>not here</p>", status=404)

    def get_good(self) -> None:
        self.reply(
            "<p>Wörter von hier</p><img src='/red.svg' width=50 height=50><script src='/code.js'></script>".encode()
        )

    def get_red(self) -> None:
        self.reply(
            b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='99' height='99' fill='red'/></svg>", "image/svg+xml"
        )

    def get_turning(self) -> None:
        self.reply(
            b"<style>@media (orientation: portrait) {b {background: url(/late.svg)}}</style>"
            b"<picture><source media='(orientation: portrait)' srcset='/late.svg'><img src='/red.svg'></picture>"
            + b"<p>Some <b>words</b> that move</p>"
            * 30
        )

    def get_late(self) -> None:
        time.sleep(0.5)
        self.reply(
            b"<svg xmlns='http://www.w3.org/2000/svg' width='99' height='333'><rect width='99' height='333'/></svg>",
            "image/svg+xml",
        )

    def get_never(self) -> None:
        self.reply(b"<p>begun")
        while True:
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.05)

    def get_slow(self) -> None:
        self.reply(b"<p>begun</p><img src='/never.png'>")

    def get_file(self) -> None:
        self.reply(b"", status=302, Location="file:///etc/hostname")

    def get_private(self) -> None:
        self.reply(b"", status=302, Location="http://10.0.0.1/")

    def get_moved(self) -> None:
        self.reply(b"", status=302, Location="/good")

    def get_loop(self) -> None:
        self.reply(b"", status=302, Location="/loop")

    def get_download(self) -> None:
        self.reply(b"<p>saved</p>", Content_Disposition="attachment; filename=a.html")

    def get_data(self) -> None:
        self.reply(b"%PDF-1.4", "application/pdf")

    def get_huge(self) -> None:
        self.reply(b"<p>word</p>" * 400_000)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@needs_browser
@pytest.mark.whole
def test_a_page_from_the_web_is_read_with_its_pictures_and_without_its_scripts(site: str) -> None:
    Server.asked.clear()
    (page,) = read(WebPage("w", url=f"{site}/moved"))
    assert page.words == ("Wörter", "von", "hier")
    assert len(page.image_boxes) == 1
    assert Server.asked == ["/moved", "/good", "/red.svg"]


@needs_browser
@pytest.mark.whole
def test_words_lie_where_the_picture_shows_them_when_a_higher_window_changes_the_page(site: str) -> None:
    (page,) = read(WebPage("w", url=f"{site}/turning"))
    assert len(page.words) > 60 and set(page.words) == {"Some", "that", "move"}, "the others are black on black"
    assert page.image_boxes[0, 3] - page.image_boxes[0, 1] == 333
    pixels = page.raster.pixels()
    assert all(
        pixels[top:bottom, left:right].min() < 100 for left, top, right, bottom in page.word_boxes.astype(int).tolist()
    )


@needs_browser
@pytest.mark.whole
def test_a_page_that_never_stands_still_is_refused(stored: Callable[..., WebPage]) -> None:
    moving = "<style>@keyframes m {to {padding-left: 300px}} ::details-content {animation: m 1s infinite}</style>"
    with pytest.raises(DocumentError, match=r"a\.html: does not stand still"):
        read(stored(f"{moving}<details open><summary>Title</summary>moving</details>"))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing", "the server answers 404"),
        ("file", "Redirection to url 'file:///etc/hostname' is not allowed"),
        ("private", "redirects to http://10.0.0.1/: lies on a private address"),
        ("loop", "redirect"),
        ("download", "offers a download, not a web page"),
        ("data", "serves application/pdf, not a web page"),
        ("huge", "serves more than 1,000,000 bytes"),
    ],
)
def test_an_address_that_gives_no_page_is_refused(
    site: str, path: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthink.documents.sources.html.files.MAX_BYTES", 1_000_000)

    async def get() -> str:
        return await PageFiles(WebPage(f"{site}/{path}", url=f"{site}/{path}"), 5, False).main()

    with pytest.raises(DocumentError, match=message) as error:
        asyncio.run(get())
    assert f"{site}/{path}" in str(error.value)


@needs_browser
@pytest.mark.parametrize("path", ["never", "slow"])
@pytest.mark.whole
def test_a_page_that_never_finishes_loading_ends_in_time(site: str, path: str) -> None:
    begun = time.monotonic()
    with pytest.raises(DocumentError, match=r"w: did not finish loading within 1\.5 s"):
        read(WebPage("w", url=f"{site}/{path}"), timeout_s=1.5)
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://example.org/a", True),
        ("https://upload.example.org/a.png", True),
        ("http://127.0.0.1:80/", False),
        ("http://[::1]/", False),
        ("http://169.254.169.254/latest", False),
        ("http://localhost/", False),
        ("ftp://example.org/a", False),
        ("file:///etc/passwd", False),
        ("http://", False),
        ("http://[bad", False),
    ],
)
def test_only_public_addresses_are_opened_for_a_public_page(url: str, allowed: bool) -> None:
    if allowed:
        Web("example.org").check(url)
    else:
        with pytest.raises(DocumentError):
            Web("example.org").check(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f000001",
        "localhost.",
        "[::ffff:127.0.0.1]",
        "[2002:7f00:1::]",
        "inner.org",
        "both.org",
    ],
)
def test_no_spelling_and_no_name_of_a_private_address_is_opened_for_a_public_page(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {
        "outer.org": ["93.184.215.14", "2606:2800::1"],
        "inner.org": ["10.0.0.1"],
        "both.org": ["1.1.1.1", "fd00::1"],
    }
    find = socket.getaddrinfo

    def found(host: str, port: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, 0)) for address in known[host]] if host in known else find(host, port)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    Web("example.org").check("http://outer.org/")
    with pytest.raises(DocumentError, match=r"lies on a private address, example\.org does not"):
        Web("example.org").check(f"http://{host}/")


def test_a_host_that_is_not_found_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: object) -> list[Any]:
        time.sleep(1)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(DocumentError, match=r"was not found within 0\.1 s"):
        Web("example.org", 0.1).check("http://slow.org/")


def test_the_users_own_host_may_be_private() -> None:
    Web("localhost").check("http://localhost:8000/a")


@needs_browser
@pytest.mark.whole
def test_documents_come_from_web_pages(stored: Callable[..., WebPage], tmp_path: Path, site: str) -> None:
    for number in range(3):
        stored(f"<p>Page number {number}</p>", f"{number}.html")
    stored("<p></p>", "empty.html")
    opened = Documents(source=[str(tmp_path), f"{site}/good"]).open()
    assert {page.document for page in opened.pages} == {"0.html", "1.html", "2.html", f"{site}/good"}
    record = opened.record()
    assert record["skipped"] == {"pages without words and pictures": 1}
    with pytest.raises(ConfigError, match=r"holds no page that can be used .1 file: the server answers 404"):
        Documents(source=f"{site}/missing", strict=False).open()


@needs_browser
@pytest.mark.whole
def test_a_page_that_sends_the_reader_elsewhere_is_read_itself(stored: Callable[..., WebPage]) -> None:
    going = '<noscript><meta http-equiv="refresh" content="0;url=http://page.invalid/b.html"></noscript><p>Stay</p>'
    assert read(stored(going))[0].words == ("Stay",)
    going = '<meta http-equiv="refresh" content="0;url=file:///etc/hostname"><p>Stay</p>'
    assert read(stored(going))[0].words == ("Stay",)


@needs_browser
@pytest.mark.slow
def test_pages_are_read_inside_an_event_loop(stored: Callable[..., WebPage]) -> None:
    """As in a notebook."""

    async def work() -> list[Page]:
        return read(stored("<p>Word</p>"))

    assert asyncio.run(work())[0].words == ("Word",)


def test_without_a_browser_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, stored: Callable[..., WebPage]) -> None:
    monkeypatch.setattr(html, "BROWSERS", ())
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    with pytest.raises(ConfigError, match="playwright install chromium"):
        read(stored("<p>Word</p>"))


def test_without_playwright_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, stored: Callable[..., WebPage]) -> None:
    monkeypatch.setitem(__import__("sys").modules, "playwright.async_api", None)
    with pytest.raises(ConfigError, match=r"pip install 'synthink\[html\]'"):
        read(stored("<p>Word</p>"))
