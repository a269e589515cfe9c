"""Web pages in real Chromium: which words are seen and where, and what a page may not do."""

from __future__ import annotations

import asyncio
import http.server
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from synthink.documents.asset import Documents
from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.html import reader as html
from synthink.documents.sources.html.files import PageFiles, WebPage
from synthink.documents.sources.html.pages import _cuts
from synthink.documents.sources.html.reader import read_html
from synthink.documents.sources.html.web import check_address
from synthink.errors import ConfigError

pytestmark = pytest.mark.heavy

pytest.importorskip("playwright")
needs_browser = pytest.mark.skipif(not any(map(shutil.which, html.BROWSERS)), reason="no Chromium on this machine")
TEXT = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore."

SHOWN = """<!doctype html><meta charset="utf-8"><style>body {font: 17px serif; margin: 24px; color: #222}</style>
<h1>Fjord jf <em>half off jf</em></h1>
<p>Water is H<sub>2</sub>O, <b>Bo</b>ld <i>Wolf of fluff</i>.<sup>[1]</sup> Next Ångström
cafe\u0301 soft\u00adhyphen.</p>
<p style="text-transform: uppercase">upper straße</p><p style="letter-spacing: 3px">spaced out</p>
<table><tr><td>Cell one</td><td>Cell two</td></tr><tr><td>Cell three</td><td>Cell four</td></tr></table>
"""
WORDS = """Fjord jf half off jf Water is H2O, Bold Wolf of fluff.[1] Next Ångström café softhyphen. UPPER STRASSE spaced
out Cell one Cell two Cell three Cell four"""

UNSEEN = """<!doctype html><meta charset="utf-8"><p>Seen</p>
<p style="display:none">a</p><p style="visibility:hidden">b</p><div style="opacity:0.02"><p>c</p></div>
<p style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)">d</p>
<p style="overflow:hidden;width:60px;white-space:nowrap">long-word-that-is-cut-off</p>
<div style="position:relative">under<div style="position:absolute;inset:0;background:#ddd"></div></div>
<p style="color:white">white</p><p><span style="display:inline-block;transform:rotate(20deg)">turned</span></p>
<p dir="rtl">שלום</p><p>مرحبا</p><p style="writing-mode:vertical-rl">upright</p>
<p style="width:40px;overflow-wrap:anywhere">brokenoverlines</p><p style="position:absolute;left:-900px">left</p>
<svg width="80" height="40"><text x="5" y="20">drawn</text></svg>
<p>whole<span style="display:inline-block;transform:rotate(9deg)">part</span></p><script>document.write("run")</script>
<p>Last</p>"""

# Dots for cut words, words turned over, reordered, masked, extended by the style sheet, in capitals, shut away.
DOUBTFUL = """<!doctype html><meta charset="utf-8"><style>
p, div {font: 16px sans-serif; margin: 8px; width: 300px} .narrow {width: 130px; white-space: nowrap; overflow: hidden}
.dots {text-overflow: ellipsis} .first {text-overflow: ellipsis !important}
.lines {display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; width: 130px}
.low {max-height: 38px} .xyz::after {content: "XYZ"} .qq::before {content: "QQ"} .dot::after {content: "\\a0\\b7\\a0"}
.over {position: relative} .over::after {content: "tip"; position: absolute; left: 44px}
.line::first-line {text-transform: uppercase} .big::first-letter {text-transform: uppercase}
</style>
<div class="narrow dots">one these documents</div><div class="narrow first">two these documents</div>
<div class="narrow" style="text-overflow: ellipsis !important">three these documents</div>
<div class="lines">four these are documents about handwriting</div>
<div class="lines low">five these are documents about handwriting</div>
<p style="scale: -1 1">six mirrored</p><p style="scale: 1.1; translate: 20px">seven</p>
<p style="offset-path: path('M0 0L100 100')">eight along</p>
<p>nine \u202eabc def\u202c end <b>of it</b></p><p>ten</p><p>eleven \u05d0\u05d1 12% 3x <i>twelve</i> \u05d2</p>
<p style="-webkit-text-security: disc">thirteen hidden</p><p style="filter: blur(4px)"><b>fourteen blurred</b></p>
<p style="mask-image: linear-gradient(black, transparent)"><b>fifteen masked</b></p>
<p>sixteen <a class="xyz">link</a> far <b class="qq">bold</b> seventeen <a class="dot">eighteen</a><a>nineteen</a></p>
<p>say <q>this is said</q> here</p><p class="over">under it all</p>
<p class="line">the first line of this is in large letters, the rest is not</p><p class="big">great begin</p>
<p style="text-transform: capitalize">foo-bar o'neil x/y “quoted” <b>b</b>old \u01c6ep</p>
<p lang="tr" style="text-transform: uppercase">istanbul</p>
<details><summary>Sum</summary>inside</details><p style="content-visibility: hidden">unseen</p>
<marquee>running</marquee><p>Last</p>"""
SURE = """one these two these four these are documents about handwriting five these are documents about seven ten eleven
twelve sixteen far seventeen eighteen nineteen say is here under letters, the rest is not O'neil “Quoted” İSTANBUL Sum
Last"""

FIELDS = """<!doctype html><style>body > * {position: absolute; left: 20px; width: 200px; height: 24px}</style>
<p style="top: 0">Words</p><textarea style="top: 60px">area</textarea><select style="top: 120px"><option>option</select>
<iframe style="top: 180px" srcdoc="<p>framed"></iframe><object style="top: 240px" data="a.pdf"></object>
<embed style="top: 300px" src="a.pdf"><meter style="top: 360px" value=".5"></meter>
<progress style="top: 420px" value=".5"></progress><audio style="top: 480px; height: 40px" controls></audio>
<input style="top: 540px" value="typed"><input style="top: 600px; opacity: 0" value="unseen">
<video style="top: 660px; height: 20px" controls></video>
<div style="top: 720px"><template shadowrootmode="open">in a tree of its own</template></div>
<ol style="top: 780px; padding-left: 40px; list-style: decimal inside">
<li>item</ol><p style="top: 840px"><button>Button</button></p>"""


def read(*places: WebPage, skipped: Counter[str] | None = None, **options: Any) -> list[Page]:
    found: list[Page] = []

    def take(pages: list[Page]) -> bool:
        found.extend(pages)
        return True

    def refuse(error: DocumentError, name: str) -> None:
        raise error

    given: dict[str, Any] = {"scale": 1.0, "timeout_s": 20, "allow_local_files": False, **options}
    read_html(places, skipped=Counter() if skipped is None else skipped, take=take, refuse=refuse, **given)
    return found


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., WebPage]:
    def store(content: str, name: str = "a.html") -> WebPage:
        (tmp_path / name).write_text(content, encoding="utf-8")
        return WebPage(name, tmp_path / name)

    return store


def left_over(page: Page) -> int:
    """Dark pixels outside of all words' boxes."""
    pixels = page.raster.pixels()
    dark = (pixels if pixels.ndim == 2 else pixels.min(axis=2)) < 200
    for left, top, right, bottom in page.word_boxes:
        dark[int(np.floor(top)) : int(np.ceil(bottom)), int(np.floor(left)) : int(np.ceil(right))] = False
    return int(dark.sum())


@needs_browser
@pytest.mark.parametrize("scale", [1.0, pytest.param(1.5, marks=pytest.mark.slow)])
def test_every_word_is_found_and_its_ink_lies_in_its_box(stored: Callable[..., WebPage], scale: float) -> None:
    (page,) = read(stored(SHOWN), scale=scale)
    assert list(page.words) == WORDS.split()
    assert page.size_px[0] == round(html.WIDTH * scale)
    assert left_over(page) == 0
    assert page.name == "a.html#1" and page.document == "a.html"
    heights = np.diff(page.line_boxes[:, [1, 3]], axis=1)[:, 0]
    ratios = (page.baselines - page.line_boxes[:, 1]) / heights
    assert ((ratios > 0.6) & (ratios < 0.9)).all()
    starts = page.paragraph_words[0].tolist()
    assert [page.words[start] for start in starts] == ["Fjord", "Water", "UPPER", "spaced", *["Cell"] * 4]


@needs_browser
def test_words_that_cannot_be_seen_or_read_are_left_out_and_counted(stored: Callable[..., WebPage]) -> None:
    skipped = Counter[str]()
    (page,) = read(stored(UNSEEN), skipped=skipped)
    assert page.words == ("Seen", "Last")
    assert skipped == {
        "words hidden": 3,
        "words cut off": 2,
        "words covered": 1,
        "words that cannot be seen": 1,
        "words turned or vertical": 3,
        "words written from right to left": 2,
        "words broken over lines": 1,
        "words in drawings or forms": 1,
        "words on the edge between two pages": 0,
    }


@needs_browser
def test_words_of_which_it_is_doubtful_what_is_shown_are_left_out(stored: Callable[..., WebPage]) -> None:
    skipped = Counter[str]()
    pages = read(stored(DOUBTFUL), skipped=skipped)
    assert [word for page in pages for word in page.words] == SURE.split()
    assert skipped == {
        "words cut off": 6,
        "words turned or vertical": 4,
        "words written from right to left": 10,
        "words blurred or masked": 6,
        "words joined to what a style sheet prints": 6,
        "words of doubtful capitals": 14,
        "words hidden": 3,
        "words on the edge between two pages": 0,
    }


@needs_browser
def test_what_is_printed_besides_words_is_known(stored: Callable[..., WebPage]) -> None:
    (page,) = read(stored(FIELDS))
    assert page.words == ("Words", "item", "Button")
    assert sorted({round(box[1] / 60) * 60 for box in page.unread.tolist()}) == [*range(60, 541, 60), 660, 720, 780]


@needs_browser
def test_places_of_print_that_is_no_word_are_told(stored: Callable[..., WebPage]) -> None:
    """Words that cannot be used, fields of forms; not pictures, which the page has as such."""
    (page,) = read(
        stored(
            "<p>One two <span dir=rtl>שלום</span> three</p><p><textarea>four</textarea></p>"
            "<svg width=90 height=90><rect width=90 height=90 fill=navy></rect></svg>"
        )
    )
    assert page.words == ("One", "two", "three") and len(page.image_boxes) == 1
    word, field = page.unread
    one, two, three = page.word_boxes
    assert two[2] < word[0] < word[2] < three[0] and word[1] < one[3]
    assert one[3] < field[1] and field[3] < page.image_boxes[0, 1]


@needs_browser
def test_a_long_page_is_cut_between_lines(stored: Callable[..., WebPage]) -> None:
    text = "".join(f"<p>{number} {TEXT}</p>" for number in range(120))
    pages = read(stored(f"<style>p {{width: 400px}}</style>{text}"))
    assert len(pages) > 3 and {page.document for page in pages} == {"a.html"}
    assert max(page.size_px[1] for page in pages) <= 1600
    words = [word for page in pages for word in page.words]
    assert words == [word for number in range(120) for word in f"{number} {TEXT}".split()]
    assert all(left_over(page) == 0 for page in pages)


def test_cuts_cross_as_few_boxes_as_can_be() -> None:
    boxes = np.array([(0, y, 10, y + 15) for y in range(0, 3000, 20)], dtype=float)
    cuts = _cuts(boxes, 3000, 1600)
    assert cuts[0] == 0 and cuts[-1] == 3000 and all(0 < low < 1601 for low in np.diff(cuts))
    assert all(not ((boxes[:, 1] < cut) & (cut < boxes[:, 3])).any() for cut in cuts)
    solid = np.array([(0, 0, 10, 5000)], dtype=float)
    assert _cuts(solid, 5000, 1600) == [0, 1600, 3200, 4800, 5000]


@needs_browser
def test_a_local_page_reaches_its_folder_only_when_asked(stored: Callable[..., WebPage], tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), "red").save(tmp_path / "red.png")
    (tmp_path.parent / "secret.png").write_bytes((tmp_path / "red.png").read_bytes())
    place = stored(
        '<p>Text</p><img src="red.png" width="60" height="40"><img src="../secret.png" width="60" height="40">'
        f'<img src="file://{tmp_path}/red.png" width="60" height="40"><iframe src="red.png"></iframe>'
        '<link rel="stylesheet" href="big.css">'
    )
    (tmp_path / "big.css").write_text("p {font-size: 40px}", encoding="utf-8")
    (closed,), (opened,) = read(place), read(place, allow_local_files=True)
    assert len(closed.image_boxes) == 0 and len(opened.image_boxes) == 1
    left, top, right, bottom = opened.image_boxes[0].astype(int)
    assert (opened.raster.pixels()[top + 1 : bottom - 1, left + 1 : right - 1] == (255, 0, 0)).all()
    assert np.diff(closed.line_boxes[0, [1, 3]]) < 30 < np.diff(opened.line_boxes[0, [1, 3]])


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
def test_a_page_from_the_web_is_read_with_its_pictures_and_without_its_scripts(site: str) -> None:
    Server.asked.clear()
    (page,) = read(WebPage("w", url=f"{site}/moved"))
    assert page.words == ("Wörter", "von", "hier")
    assert len(page.image_boxes) == 1
    assert Server.asked == ["/moved", "/good", "/red.svg"]


@needs_browser
def test_words_lie_where_the_picture_shows_them_when_a_higher_window_changes_the_page(site: str) -> None:
    (page,) = read(WebPage("w", url=f"{site}/turning"))
    assert len(page.words) > 80 and set(page.words) == {"Some", "words", "that", "move"}
    assert page.image_boxes[0, 3] - page.image_boxes[0, 1] == 333
    pixels = page.raster.pixels()
    assert all(
        pixels[top:bottom, left:right].min() < 100 for left, top, right, bottom in page.word_boxes.astype(int).tolist()
    )


@needs_browser
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
        check_address(url, "example.org")
    else:
        with pytest.raises(DocumentError):
            check_address(url, "example.org")


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
    check_address("http://outer.org/", "example.org")
    with pytest.raises(DocumentError, match=r"lies on a private address, example\.org does not"):
        check_address(f"http://{host}/", "example.org")


def test_a_host_that_is_not_found_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: object) -> list[Any]:
        time.sleep(1)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(DocumentError, match=r"was not found within 0\.1 s"):
        check_address("http://slow.org/", "example.org", 0.1)


def test_the_users_own_host_may_be_private() -> None:
    check_address("http://localhost:8000/a", "localhost")


@needs_browser
def test_documents_come_from_web_pages(stored: Callable[..., WebPage], tmp_path: Path, site: str) -> None:
    for number in range(3):
        stored(f"<p>Page number {number}</p>", f"{number}.html")
    stored("<p></p>", "empty.html")
    opened = Documents(source=[str(tmp_path), f"{site}/good"]).open()
    assert {page.document for page in opened.pages} == {"0.html", "1.html", "2.html", f"{site}/good"}
    record = opened.record()
    assert record["skipped"] == {"pages without words and pictures": 1}
    with pytest.raises(ConfigError, match=r"holds no page that can be used .1 files: the server answers 404"):
        Documents(source=f"{site}/missing", strict=False).open()


@needs_browser
def test_a_page_that_sends_the_reader_elsewhere_is_read_itself(stored: Callable[..., WebPage]) -> None:
    going = '<noscript><meta http-equiv="refresh" content="0;url=http://page.invalid/b.html"></noscript><p>Stay</p>'
    assert read(stored(going))[0].words == ("Stay",)
    going = '<meta http-equiv="refresh" content="0;url=file:///etc/hostname"><p>Stay</p>'
    assert read(stored(going))[0].words == ("Stay",)


@needs_browser
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
