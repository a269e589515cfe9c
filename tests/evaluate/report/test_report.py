"""Reports of real rows: whole without scripts and without anything from outside, whatever a model answered."""

from __future__ import annotations

import io
import json
import math
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from synthink.core.registry import find_generator
from synthink.documents.sources.html.reader import BROWSERS
from synthink.evaluate.chance import Chance
from synthink.evaluate.curves import CurvePoint
from synthink.evaluate.intervals import Interval
from synthink.evaluate.report.data import Background, Forgetting, ReportData, Shots
from synthink.evaluate.report.pictures import best_and_worst
from synthink.evaluate.report.plots import curve_plot, shots_plot
from synthink.evaluate.report.report import write_report
from synthink.evaluate.report.tables import OTHERS, square
from synthink.evaluate.scoring import score_answers
from synthink.evaluate.summary import Summary, summarise
from synthink.evaluate.verdict import verdict
from synthink.previews.contact_sheet import contact_sheet
from tests.evaluate.answered import FIELDS, rows_of, scored

pytestmark = [pytest.mark.heavy, pytest.mark.whole]

EVIL = (
    "<script>alert(1)</script>\"'><img src=http://evil.example/x onerror=alert(2)>| `a` [b](http://evil.example)"
    " \u202e$x_1$"
)
VOID = {"meta", "img", "br", "input", "path", "use", "circle", "polyline", "rect", "line", "polygon"}
ALONE = {"data:", "#"}


class Page(HTMLParser):
    """What a page holds: tags, addresses, text; AssertionError where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.addresses, self.ids, self.text = Counter[str](), [], [], []  # type: ignore[var-annotated]
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
                self.addresses.append(value)
            if name == "id":
                self.ids.append(value)
            assert "url(" not in (value or "") or "url(#" in value
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["svg"]):
            self.text.append(data)


def report_data(name: str, **more: Any) -> ReportData:
    generator, rows = rows_of(name)
    found = scored(name)
    summary = summarise(found)
    curve = [CurvePoint(step, 2 * 0.99**step, None) for step in range(300)] + [CurvePoint(300, math.nan, 0.8)]
    given: dict[str, Any] = {
        "title": f"{name} & <friends>",
        "summary": summary,
        "verdict": verdict(summary, Interval(0.2, 0.15, 0.25, 100), 0.2, curve=curve),
        "background": Background(
            facts={"model": EVIL, "rows": 48},
            config={"generator": generator.plain(), "evil": {EVIL: [EVIL, None, 1.5, (1, 2), Path("a")]}},
            commands=[f"synthink validate generator={name} title='{EVIL}'", "```"],
            curve=curve,
            control_curve=curve[::10],
            shots=[Shots(EVIL, shots, "correct", 0.5, 0.4, 0.6) for shots in (0, 2, 8)],
        ),
        "control": Interval(0.2, 0.15, 0.25, 100),
        "chance": Chance(0.2, "the best guess"),
        "answers": found,
        "sheet": contact_sheet(generator.columns, rows[:4]),
        "forgetting": [Forgetting(EVIL, "correct", Interval(0.9, 0.85, 0.95, 100), Interval(0.5, 0.45, 0.55, 100))],
        **more,
    }
    return ReportData(**given)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.whole
def test_a_report_is_whole_and_needs_nothing_else(name: str, tmp_path: Path) -> None:
    file = write_report(tmp_path, report_data(name))
    text = file.read_text("utf-8")
    page = Page(text)
    assert not page.tags["script"] and not page.tags["link"] and not page.tags["iframe"]
    assert all(address.startswith(tuple(ALONE)) for address in page.addresses)
    assert {address[1:] for address in page.addresses if address[0] == "#"} <= set(page.ids)
    assert max(Counter(page.ids).values()) == 1
    assert re.findall(r"@import|url\((?!#)", text) == []
    words = "".join(page.text)
    for part in ("Scores", "Training", "By group", "Confusion", "Predictions", "Forgetting", "Make it again", "Data"):
        assert part in words
    assert "<script>alert(1)</script>" in words, "an answer is shown as it is"
    shown = [address for address in page.addresses if address.startswith("data:image/")]
    assert len(shown) > 12
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.html",
        "report.md",
        "report.json",
        *(f"report-{each}.png" for each in ("curve", "shots", "data", "best", "worst")),
    }
    for png in tmp_path.glob("*.png"):
        with Image.open(png) as opened:
            assert np.asarray(opened.convert("L")).std() > 5
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["summary"]["rows"] == 48 and data["verdict"]["word"] == "inconclusive"


@pytest.mark.parametrize("name", ["circled_letters", "gestures"])
def test_markdown_says_the_same_and_answers_cannot_mark_it(name: str, tmp_path: Path) -> None:
    write_report(tmp_path, report_data(name))
    text = (tmp_path / "report.md").read_text("utf-8")
    outside = re.sub(r"(`{3,})\w*\n.*?\n\1", "", text, flags=re.DOTALL)
    assert "<script" not in outside and "<img" not in outside and "](http" not in outside and "://" not in outside
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", outside):
        assert (tmp_path / picture).exists()
    for row in re.findall(r"^\|.*$", outside, flags=re.MULTILINE):
        assert row.endswith("|")
    widths = [
        {line.count("|") for line in block.splitlines()} for block in re.findall(r"(?:^\|.*\n)+", outside, re.MULTILINE)
    ]
    assert widths and all(len(width) == 1 for width in widths)


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chromium on this machine")
@pytest.mark.whole
def test_a_browser_shows_it_without_asking_for_anything(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    file = write_report(tmp_path, report_data("gestures"))
    with playwright.sync_playwright() as api:
        browser = api.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, BROWSERS))), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        asked, faults = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: faults.append(message.text))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(file.as_uri())
        assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()] and faults == []
        measured = page.evaluate(
            "() => ({wide: document.documentElement.scrollWidth, "
            "broken: [...document.images].filter(i => !i.naturalWidth).length, "
            "curve: document.querySelector('svg.plot').getBoundingClientRect().height, pictures: "
            "document.querySelectorAll('.shown figure').length})"
        )
        pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
        browser.close()
    assert (
        measured["wide"] <= 1100 and measured["broken"] == 0 and measured["curve"] > 150 and measured["pictures"] > 12
    )
    assert pixels.std() > 10


def test_a_report_of_nothing_but_a_summary(tmp_path: Path) -> None:
    data = ReportData("bare", summarise(scored("circled_letters")))
    page = Page(write_report(tmp_path, data).read_text("utf-8"))
    assert "Scores" in "".join(page.text) and not page.tags["img"]
    assert "## Scores" in (tmp_path / "report.md").read_text()
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] is None


def test_huge_answers_and_many_values_are_cut(tmp_path: Path) -> None:
    generator, rows = rows_of("circled_letters")
    answers = ["<b>" * 400_000] * len(rows)
    found = score_answers([{**row, "font": f"font {number}"} for number, row in enumerate(rows)], answers, generator)
    written = write_report(tmp_path, report_data("circled_letters", answers=found, summary=summarise(found)))
    assert written.stat().st_size < 1_500_000
    assert (tmp_path / "report.md").stat().st_size < 50_000
    assert (tmp_path / "report.json").stat().st_size < 200_000
    Page(written.read_text("utf-8"))


def test_a_picture_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    generator, rows = rows_of("circled_letters")
    found = score_answers([{**row, "image": b"broken"} for row in rows], ["?"] * len(rows), generator)
    page = Page(write_report(tmp_path, report_data("circled_letters", answers=found)).read_text("utf-8"))
    assert "no picture" in "".join(page.text)


def test_the_best_and_the_worst_are_of_all_classes_in_turn() -> None:
    found = scored("gestures")
    best, worst = best_and_worst(found, 8)
    assert all(each.scores["correct"] == 1 for each in best) and all(each.scores["correct"] < 1 for each in worst)
    kinds = {(each.task, each.truth_class) for each in found if each.scores["correct"] == 1}
    assert len({(each.task, each.truth_class) for each in best}) == min(8, len(kinds))
    assert best_and_worst([], 8) == ([], [])


def test_boxes_of_truth_and_answer_are_drawn_where_they_are() -> None:
    from synthink.evaluate.report.pictures import prediction

    generator, rows = rows_of("gestures")
    row = {
        **next(row for row in rows if row["task"] == "detect_text"),
        "suffix": "<loc0000><loc0000><loc0512><loc0512>",
    }
    (found,) = score_answers([row], ["<loc0512><loc0512><loc1023><loc1023>"], generator)
    lines = dict(re.findall(r'class="(truth|given)" points="([^"]+)"', prediction(found).outlines))
    assert [float(x) for x in lines["truth"].split()[2].split(",")] == pytest.approx([80, 80], abs=0.1)
    assert [float(x) for x in lines["given"].split()[2].split(",")] == pytest.approx([160, 160], abs=0.1)


def test_rare_classes_are_put_together_and_no_row_is_lost() -> None:
    confusion = {f"c{i}": {f"c{i}": 50 - i, "<none>": 1, f"c{(i + 1) % 50}": 1} for i in range(50)}
    down, across, cells = square(confusion, 10)
    assert len(down) == 11 and across[-2:] == [OTHERS, "<none>"] and len(across) == 12
    assert sum(cells.values()) == sum(sum(row.values()) for row in confusion.values())


def test_each_part_of_the_answers_has_its_confusion(tmp_path: Path) -> None:
    wheels = {"kind": "drum", "reading": "123", "value": "123", "interval": [123, 124], "units": [["kWh"]]}
    row = {"image": b"", "task": "read", "prefix": "?", "suffix": "123", "place_digits": list("123")}
    rows = [{**row, **wheels, "id": str(i), "place_positions": [1, 2.5, 3.6]} for i in range(4)]
    summary = summarise(score_answers(rows, ["123", "133", "133", "none"], find_generator("meters")(picture_px=64)))
    assert summary.part_confusion == {
        "place 1": {"3": {"3": 3, "<none>": 1}},
        "place 2": {"2": {"2": 1, "3": 2, "<none>": 1}},
        "place 2, between figures": {"2": {"2": 1, "3": 2, "<none>": 1}},
        "place 3": {"1": {"1": 3, "<none>": 1}},
    }
    assert Summary.read(json.loads(json.dumps(summary.plain()))).part_confusion == summary.part_confusion
    page = write_report(tmp_path, ReportData("meters", summary)).read_text("utf-8")
    assert "place 2, between figures | 0.250 | 4 | 2 → 3 (2)" in (tmp_path / "report.md").read_text("utf-8")
    assert "<h3>place 2, between figures</h3>" in page and "2 answered as 3: 2 of 4" in page


def test_plots_of_long_and_of_empty_curves() -> None:
    assert curve_plot([]) is None and shots_plot([]) is None
    long = curve_plot([CurvePoint(step, 1 / (1 + step), None) for step in range(50_000)])
    assert long is not None and len(long.svg) < 150_000
    odd = curve_plot([CurvePoint(0, 0.0, None), CurvePoint(1, -1.0, 0.5)], chance=0.3, score="a$b_{2}$")
    assert odd is not None and odd.png.startswith(b"\x89PNG")


@pytest.mark.whole
def test_the_same_data_make_the_same_page(tmp_path: Path) -> None:
    data = report_data("circled_letters")
    first, second = (write_report(tmp_path / each, data).read_bytes() for each in "ab")
    assert first == second
