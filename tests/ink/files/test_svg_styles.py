"""Style sheets of SVG, what `use` repeats, and drawings that hold no strokes."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from synthink.ink.files.base import Reading
from synthink.ink.files.svg.drawing import MOST_USED
from synthink.ink.files.svg.reader import SvgFormat
from synthink.ink.files.svg.styles import StyleSheet
from synthink.ink.model import Ink, InkError
from tests.ink.files.reading import read as read_file
from tests.ink.files.test_svg import strokes_of, svg_of

PATH = 'd="M0 0L1 1"'
KEPT = '<path d="M9 9L8 8" style="fill:none!important;stroke:#000 !important;display:inline ! important"/>'


def read(tmp_path: Path, body: str, strict: bool = True) -> Ink:
    (tmp_path / "a.svg").write_bytes(svg_of(body))
    (ink,) = read_file(SvgFormat, tmp_path / "a.svg", strict)
    return ink


BODY = f'<g id="g" class="c d"><a><path id="p" class="a b" {PATH}/></a></g>'


@pytest.mark.parametrize(
    ("sheet", "is_stroke"),
    [
        ("path{fill:red}", False),
        ("*{fill:red}", False),
        (".a{fill:red}", False),
        ("#p{fill:red}", False),
        ("path.a.b#p{fill:red}", False),
        ("path.a.z{fill:red}", True),
        ("a path{fill:red}", False),
        ("g path{fill:red}", False),
        ("g > path{fill:red}", True),
        ("g>a>path{fill:red}", False),
        (".c .a{fill:red}", False),
        (".a .c{fill:red}", True),
        ("svg #g a .b{fill:red}", False),
        ("g g path{fill:red}", True),
        (":root path{fill:red}", False),
        ("path:root{fill:red}", True),
        ("[d]{fill:red}", False),
        ("[class~=b]{fill:red}", False),
        ('path[id="p"]{fill:red}', False),
        ("path[id=q]{fill:red}", True),
        ("[id^='q']{fill:red}", True),
        # Lists, and what is not read in one.
        ("rect, path{fill:red}", False),
        ("rect,circle{fill:red}", True),
        ("path:hover, .z{fill:red}", True),
        # What is more specific, important or later.
        ("#p{fill:none} path{fill:red}", True),
        ("path{fill:red} #p{fill:none}", True),
        (".a{fill:none} path{fill:red}", True),
        ("a .a{fill:red} .a{fill:none}", False),
        (".a{fill:none} .b{fill:red}", False),
        (".b{fill:red} .a{fill:none}", True),
        ("path{fill:red !important} #p{fill:none}", False),
        ("path{fill:red!important;fill:none}", False),
        ("path{fill:red;fill:none}", True),
        ("#p{fill:red}path{fill:none ! IMPORTANT}", True),
        # Media and other blocks.
        ("@media print{path{fill:red}}", True),
        ("@media screen{path{fill:red}}", False),
        ("@media print, screen{path{fill:red}}", False),
        ("@media all{path{fill:red}}", False),
        ("@media{path{fill:red}}", False),
        ("@media not print{path{fill:red}}", False),
        ("@media not screen{path{fill:red}}", True),
        ("@media only screen{path{fill:red}}", False),
        ("@media (min-width: 400px){path{fill:red}}", True),
        ("@media print and (color){path{fill:red}}", True),
        ("@MEDIA PRINT{path{fill:red}}path{fill:red}", False),
        ("@media screen{@media print{path{fill:red}}}", True),
        ("@media print{@media screen{path{fill:red}}}", True),
        ("@media print{.z{}} path{fill:red}", False),
        ("@supports (fill: red){path{fill:red}}", False),
        ("@supports not (fill: red){path{fill:red}}", True),
        ("@layer own{path{fill:red}}", False),
        ("*|path{fill:red}", False),
        ('@namespace svg "http://www.w3.org/2000/svg"; svg|path{fill:red}', False),
        ("path{fill:rgba(9,9,9,0)}", True),
        ("path{fill:RGB(9 9 9 / 0%)}", True),
        ("path{fill:#99990001}", False),
        ("path{fill:#99999900}", True),
        ("@font-face{src:url(x)} path{fill:red}", False),
        ("@keyframes k{from{fill:red}to{fill:red}}", True),
        ('@import "a.css"; path{fill:red}', False),
        ('@charset "utf-8"; path{fill:red}', False),
        # Comments, strings and what is broken.
        ("/* path{fill:red} */", True),
        ("/* { */ path{fill:red}", False),
        ("path/**/{fill/**/:red/*;fill:none*/}", False),
        ('.z{content:"}"} path{fill:red}', False),
        (".z{content:'{'} path{fill:red}", False),
        ("} path{fill:red}", False),
        ("path{fill:red", False),  # the end closes what is open
        ("path{fill}", True),
        ("path{{fill:red}}", True),
        ("<!-- path{fill:red} -->", False),
        ("path{fill-opacity:0;fill:red}", True),
        ("path{FILL:red}", False),
    ],
)
def test_which_rules_hold(tmp_path, sheet, is_stroke):
    escaped = sheet.replace("&", "&amp;").replace("<", "&lt;")
    ink = read(tmp_path, f"<style>{escaped}</style>{BODY}{KEPT}")
    assert [stroke[0, 0] for stroke in ink.strokes] == [0, 9][not is_stroke :]
    assert ink.metadata.get("ignored_outlines", 0) == (not is_stroke)


@pytest.mark.parametrize(
    ("attributes", "points"),
    [
        ('style="transform:translate(100px, 50px)"', [[100, 50], [110, 50]]),
        ('style="transform:translateX(1in) scale(2)" transform="rotate(90)"', [[96, 0], [116, 0]]),
        ('style="transform:none" transform="rotate(90)"', [[0, 0], [10, 0]]),
        ('style="translate:5px;rotate:.25turn;scale:200% 1"', [[5, 0], [5, 20]]),
        ('style="transform:matrix(0,1,-1,0,3,4)"', [[3, 4], [3, 14]]),
        ('class="m"', [[5, -5], [5, 5]]),
        ('transform="rotate(90)" transform-origin="5 0"', [[5, -5], [5, 5]]),
        ('style="transform:scale(-1,1);transform-origin:5px 5px"', [[10, 0], [0, 0]]),
        ('style="transform:translate(1px);transform-box:fill-box;transform-origin:center"', [[1, 0], [11, 0]]),
        ('style="transform:translate(50%)"', "'50%' is no length in px"),
        ('style="transform:translate(50,0)"', "'50' is no length in px"),
        ('style="transform:rotate3d(1,1,1,45deg)"', "'rotate3d' of '1 1 1 45deg' is not read"),
        ('style="transform:rotate(45)"', "'45' is no angle"),
        ('style="transform:scale(2deg)"', "'2deg' is no factor"),
        ('style="transform:scale(x)"', "'x' is no number that is read"),
        ('style="transform:turn"', "transform 'turn' cannot be read"),
        ('style="rotate:45deg;transform-box:fill-box"', "is turned in its 'fill-box'"),
        ('style="rotate:45deg;transform-origin:center"', "transform-origin 'center' is no x and y in px"),
    ],
)
def test_what_style_sheets_move(tmp_path, attributes, points):
    text = f'<style>.m{{rotate:90deg;transform-origin:5px 0}}</style><path d="M0 0L10 0" {attributes}/>'
    if isinstance(points, str):
        with pytest.raises(InkError, match=points):
            read(tmp_path, text)
    else:
        np.testing.assert_allclose(read(tmp_path, text).strokes[0][:, :2], points, atol=1e-5)


@pytest.mark.parametrize(
    ("body", "is_stroke"),
    [
        (f'<path fill="red" {PATH} style="fill:none"/>', True),
        (f'<style>path{{fill:none}}</style><path fill="red" {PATH}/>', True),
        (f'<style>path{{fill:red}}</style><path {PATH} style="fill:none"/>', True),
        (f'<style>path{{fill:red!important}}</style><path {PATH} style="fill:none"/>', False),
        (f'<style media="print">path{{fill:red}}</style><path {PATH}/>', True),
        (f"<style>g{{fill:red}}</style><g><path {PATH}/></g>", False),
        (f'<style>g{{fill:red}} .a{{fill:none}}</style><g><path class="a" {PATH}/></g>', True),
        (f'<style>g{{fill:none}} .a{{fill:inherit}}</style><g><path class="a" fill="red" {PATH}/></g>', True),
        (f'<style type="text/less">path{{fill:red}}</style><path {PATH}/>', True),
        (f'<g opacity="0"><path {PATH}/></g>', False),
        (f'<g opacity="0.5"><path {PATH} style="opacity:1"/></g>', True),
        (f'<path stroke="#0000" {PATH}/>', False),
        (f'<path stroke="none" {PATH}/>', False),
        (f'<path stroke="none" fill="none" {PATH}/>', False),
        (f'<path stroke="red" stroke-width="0" fill="none" {PATH}/>', False),
        (f'<path stroke="red" stroke-opacity="-1" fill="none" {PATH}/>', False),
        (f'<path stroke="red" stroke-width="0px" fill="none" {PATH}/>', False),
        (f'<path stroke="red" stroke-width="0.5em" fill="red" fill-opacity="0%" {PATH}/>', True),
        (f'<path stroke="red" {PATH}/>', True),
        (f"<path {PATH}/>", True),
    ],
)
def test_what_is_a_stroke(tmp_path, body, is_stroke):
    assert strokes_of(tmp_path, body + KEPT) == [[[0, 0], [1, 1]], [[9, 9], [8, 8]]][not is_stroke :]


def test_what_does_not_hold_is_counted(tmp_path):
    sheet = """@import url(a); path:hover, g:nth-child(x), .z{fill:red} @font-face{x:y} @media (color){z{x:y}}
    path{stroke-linecap:round}"""
    body = f'<style>{sheet}</style><path stroke="#123" stroke-width="2" {PATH} own="1" style="opacity:.5"/><desc/>'
    assert read(tmp_path, body).metadata == {
        "colors": ["#123"],
        "widths": ["2"],
        "left_out": {
            "@import": 1,
            "@font-face": 1,
            "@media that depends on a window": 1,
            "style rules with selectors that are not read": 2,
            "style stroke-linecap": 1,
            "path own": 1,
            "desc": 1,
        },
    }


@pytest.mark.parametrize(
    ("selector", "outlines"),
    [
        ("path:first-child", "a"),
        ("path:last-child", "e"),
        ("path:nth-child(2n+1)", "ace"),
        ("path:nth-child(odd)", "ace"),
        ("path:nth-child( even )", "bd"),
        ("path:nth-child(3)", "c"),
        ("path:nth-child(-n + 2)", "ab"),
        ("path:nth-child(n+4)", "de"),
        ("path:only-child", ""),
        ("path:first-of-type", "a"),
        (":last-of-type", "e"),
        ("path:not(.x)", "abde"),
        ("path:not(:last-child)", "abcd"),
        ("path:not(.x):not(#a)", "bde"),
        (".x + path", "d"),
        (".x ~ path", "de"),
        ("#a+path+path", "c"),
        ("#a ~ .x ~ path", "de"),
        ("g .x + path", "d"),
        ("g > .x+path ~ path", "e"),
        ("#b + #a", ""),
        ("path:hover", ""),
    ],
)
def test_places_siblings_and_nots(tmp_path, selector, outlines):
    """The paths a to e, of which c has the class x."""
    paths = "".join(
        f'<path id="{name}" class="{"x" * (name == "c")}" d="M{at} 0h1"/>' for at, name in enumerate("abcde")
    )
    body = f"<style>path{{fill:none}} {selector}{{fill:red!important}}</style><g>{paths}</g>{KEPT}"
    kept = [name for name in "abcde" if name not in outlines]
    assert [stroke[0][0] for stroke in strokes_of(tmp_path, body)] == [*map("abcde".index, kept), 9]


def test_many_siblings_are_compared_in_a_moment(tmp_path):
    paths = f"<path {PATH}/>" * 10_000
    start = time.monotonic()
    with pytest.raises(InkError, match="too many elements and style rules"):
        read(tmp_path, f"<style>{'path ~ path ~ path, path + path, ' * 20} g{{fill:none}}</style>{paths}")
    assert time.monotonic() - start < 5


GROUP = f'<g id="g" transform="translate(1)"><path {PATH}/><path d="M5 5h1"/></g>'
SYMBOL = '<symbol id="s" viewBox="0 0 10 10"><path d="M5 5h1"/></symbol>'
TWICE = f'<g id="a"><path {PATH}/></g><g id="b"><use href="#a" x="1"/><use href="#a" x="2"/></g>'


@pytest.mark.parametrize(
    ("body", "starts"),
    [
        (f'<defs><path id="p" {PATH}/></defs><use href="#p"/>', [[0, 0]]),
        (f'<defs><path id="p" {PATH}/></defs><use xlink:href="#p" x="5" y="6"/>', [[5, 6]]),
        (f'<path id="p" {PATH}/><use href="#p" transform="scale(2)" x="1"/>', [[0, 0], [2, 0]]),
        (f'<defs>{GROUP}</defs><use href="#g"/>', [[1, 0], [6, 5]]),
        (f'{SYMBOL}<use href="#s" width="20" height="20"/>', [[10, 10]]),
        (f'<symbol id="s"><path {PATH}/></symbol>', []),
        (f'<defs>{TWICE}</defs><use href="#b" y="3"/>', [[1, 3], [2, 3]]),
        (f'<defs><path id="p" {PATH}/></defs><use href="#p" fill="red"/>', []),
        (f'<defs><path id="p" {PATH} fill="none"/></defs><g fill="red"><use href="#p"/></g>', [[0, 0]]),
        (f'<defs><path id="p" {PATH}/></defs><style>use{{fill:red}}</style><use href="#p"/>', []),
        (f'<defs><clipPath id="c"><path {PATH}/></clipPath></defs><use href="#c"/>', []),
        (f'<switch><foreignObject/><g><path {PATH}/></g><g><path d="M7 7h1"/></g></switch>', [[0, 0]]),
    ],
)
def test_what_is_defined_is_drawn_where_it_is_used(tmp_path, body, starts):
    assert [stroke[0] for stroke in strokes_of(tmp_path, body + KEPT)] == [*starts, [9, 9]]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<use href="#z"/>', "use on line 1, offset 41: uses '#z', which is not in the file; strict=False"),
        ('<use href="b.svg#z"/>', "uses 'b.svg#z', which is not in the file"),
        ("<use/>", "uses '', which is not in the file"),
        ('<g id="g"><use href="#g"/></g>', "uses '#g', which uses itself"),
        ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', "which uses itself"),
        ('<path id="p" d="M0 0h1"/><use href="#p" x="5%"/>', "a place that is no length in px"),
    ],
)
def test_uses_that_lead_nowhere(tmp_path, body, reason):
    with pytest.raises(InkError, match=reason):
        read(tmp_path, body)
    assert read(tmp_path, body + KEPT, strict=False).metadata["skipped_strokes"] >= 1


@pytest.mark.timeout(30)
def test_uses_that_multiply_are_bounded(tmp_path):
    levels = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 15))
    started = time.process_time()
    with pytest.raises(InkError, match=f"repeats more than {MOST_USED} elements by use"):
        read(tmp_path, f'<defs><path id="g0" {PATH}/>{levels}</defs><use href="#g14"/>')
    assert time.process_time() - started < 10


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "sheet",
    [
        "* " * 49 + "path{fill:red}",
        "* " * 500_000 + "path{fill:red}",
        ".a{}" * 15_000,
        "a{}" * 30_000,
        "a," * 1_000_000 + "b{}",
        "@media screen{" * 100_000,
        "@media" + "(a)and" * 100_000 + "{",
        "/*" * 500_000,
        '"' + "\\" * 1_000_000,
        "[a=" * 100_000,
        "{" * 1_000_000,
        ".a{fill:" + "!" * 1_000_000,
        ".a{" + ";" * 1_000_000 + "}",
        '""' * 500_000 + "{}",
    ],
)
def test_hostile_sheets_cost_little(tmp_path, sheet):
    nested = "<g class='a'>" * 90 + "<path d='M0 0h1'/>" * 500 + "</g>" * 90
    started = time.process_time()
    try:
        read(tmp_path, f"<style>{sheet}</style>{nested}{KEPT}")
    except InkError as error:
        assert "style rules" in str(error)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "has no strokes: it holds no path, polyline, polygon or line"),
        ('<path d=""/>', "has no strokes"),
        (f'<path fill="red" {PATH}/><path fill="red" {PATH}/>', "2 shapes with a fill, which is an outline"),
        ("<rect/><circle/><text>a</text>", "3 shapes of other kinds than path"),
        (f'<g display="none"><path {PATH}/></g><filter/>', "1 shapes that are not displayed, 1 filter"),
    ],
)
def test_a_drawing_without_strokes_says_why(tmp_path, body, reason):
    with pytest.raises(InkError, match=f"{reason}.*; strict=False"):
        read(tmp_path, body)
    (tmp_path / "a.svg").write_bytes(svg_of(body))
    reading = Reading("a.svg", strict=False)
    assert list(SvgFormat().read(tmp_path / "a.svg", reading)) == [] and reading.skipped.total() == 1


def test_sheets_add_up():
    sheet = StyleSheet(Reading("a"))
    for text in ("a{fill:red", "b{fill:red}", "@media print{", "c{fill:red}"):
        sheet.read(text)
    assert len(sheet.rules) == 3
