"""Web pages in real Chromium: which words are seen and where, and what a page may not do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synthink.documents.page.model import Page
from synthink.documents.sources.html import reader as html
from synthink.documents.sources.html.files import WebPage
from synthink.documents.sources.html.pages import _cuts
from tests.documents.sources.html.reading import needs_browser, read

pytestmark = pytest.mark.heavy


pytest.importorskip("playwright")


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
@pytest.mark.whole
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
@pytest.mark.whole
def test_words_of_which_it_is_doubtful_what_is_shown_are_left_out(stored: Callable[..., WebPage]) -> None:
    skipped = Counter[str]()
    pages = read(stored(DOUBTFUL), skipped=skipped)
    assert [word for page in pages for word in page.words] == SURE.split()
    assert skipped == {
        "words cut off": 6,
        "words turned or vertical": 4,
        "words written from right to left": 10,
        "words blurred, masked or doubled": 6,
        "words joined to what a style sheet prints": 6,
        "words of doubtful capitals": 14,
        "words that a style sheet or a list prints": 3,
        "words hidden": 3,
        "words on the edge between two pages": 0,
    }


@needs_browser
@pytest.mark.whole
def test_what_is_printed_besides_words_is_known(stored: Callable[..., WebPage]) -> None:
    skipped = Counter[str]()
    (page,) = read(stored(FIELDS), skipped=skipped)
    assert page.words == ("Words", "in", "a", "tree", "of", "its", "own", "item", "Button")
    assert sorted({round(box[1] / 60) * 60 for box in page.unread.tolist()}) == [*range(60, 541, 60), 660, 780]
    assert skipped == {
        "words in drawings or forms": 3,
        "frames whose words are not read": 3,
        "words that a style sheet or a list prints": 1,
        "words on the edge between two pages": 0,
    }


@needs_browser
@pytest.mark.whole
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
@pytest.mark.slow
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
@pytest.mark.whole
def test_a_local_page_reaches_its_folder_only_when_asked(stored: Callable[..., WebPage], tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), "red").save(tmp_path / "red.png")
    (tmp_path.parent / "secret.png").write_bytes((tmp_path / "red.png").read_bytes())
    place = stored(
        '<p>Text</p><img src="red.png" width="60" height="40"><img src="../secret.png" width="60" height="40">'
        f'<img src="file://{tmp_path}/red.png" width="60" height="40"><iframe src="red.png"></iframe>'
        '<img src="http://127.0.0.1:9/a.png">'
        '<link rel="stylesheet" href="big.css">'
    )
    (tmp_path / "big.css").write_text("p {font-size: 40px}", encoding="utf-8")
    missing: list[dict[str, str]] = [{}, {}]
    (closed,) = read(place, missing=missing[0])
    (opened,) = read(place, missing=missing[1], allow_local_files=True)
    assert len(closed.image_boxes) == 0 and len(opened.image_boxes) == 1
    left, top, right, bottom = opened.image_boxes[0].astype(int)
    assert (opened.raster.pixels()[top + 1 : bottom - 1, left + 1 : right - 1] == (255, 0, 0)).all()
    assert np.diff(closed.line_boxes[0, [1, 3]]) < 30 < np.diff(opened.line_boxes[0, [1, 3]])
    beside = "beside web pages, which allow_local_files=true loads"
    web = "pictures from the web, which a page on the disk does not get"
    assert missing[0] == {
        f"{place.name}: red.png": f"pictures {beside}",
        f"{place.name}: secret.png": f"pictures {beside}",
        f"{place.name}: big.css": f"stylesheets {beside}",
        f"{place.name}: http://127.0.0.1:9/a.png": web,
    }
    assert set(missing[1]) == {f"{place.name}: secret.png", f"{place.name}: http://127.0.0.1:9/a.png"}
