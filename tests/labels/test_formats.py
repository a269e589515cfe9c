"""Labels: what is written is read back, in every format, and nothing else is taken for a label."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from synthink.draw.geometry import Box
from synthink.errors import ConfigError
from synthink.labels import location_tokens as locations
from synthink.labels.formats import LABEL_FORMATS, Label, format_box, format_label, parse_box, parse_label, quantised

SIZE = (448, 448)
BOX = (20.0, 10.0, 40.0, 30.0)
NASTY = [
    "<loc0001>",
    " <loc0001><loc0002><loc0003><loc0004>",
    "10 20 30 40",
    '"}',
    "[1]",
    "{",
    "`",
    "a\nb",
    " x  y",
    "<loc_1>",
]
every_format = pytest.mark.parametrize("name", LABEL_FORMATS)

sizes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))
places = st.tuples(*[st.floats(-1e5, 1e5) | st.integers(-64, 320_000).map(lambda n: n / 64)] * 4)
texts = st.text(max_size=20) | st.lists(st.sampled_from(NASTY), max_size=4).map(" ".join)
labels = st.builds(Label, st.sampled_from(["select", "instruct_text", "my-kind", "über2"]), places, texts)


@every_format
@given(label=labels, size_px=sizes)
@example(label=Label("select", (0, 0, 448, 448), ""), size_px=SIZE)
@example(label=Label("crop", (-1, -1, 449, 1e9), "\u2028<loc1024>"), size_px=SIZE)
def test_what_is_written_is_read_back(name: str, label: Label, size_px: tuple[int, int]) -> None:
    text = format_label(label, size_px, name)
    said = quantised(label, size_px, name)
    assert text == text.strip() and len(text.splitlines()) == 1
    assert parse_label(text, size_px, name) == said
    assert parse_label(f" {text}\n", size_px, name) == said
    assert format_label(said, size_px, name) == text
    assert quantised(said, size_px, name) == said
    # Half a step from what was meant, where that lies in the picture.
    steps = LABEL_FORMATS[name].steps
    for place, meant, side in zip(said.places, label.places, size_px * 2, strict=True):
        inside = min(max(meant, 0), side)
        assert 0 <= place <= side and abs(place - inside) <= (side / steps if steps else 1) / 2 * (1 + 1e-9) + 1e-9


@every_format
@given(box=places, size_px=sizes)
def test_boxes_alone_are_read_back(name: str, box: tuple[float, float, float, float], size_px: tuple[int, int]) -> None:
    text = format_box(box, size_px, name)
    assert parse_box(f" {text}\n", size_px, name) == Box(*quantised(Label("x", box), size_px, name).places)
    assert parse_label(text, size_px, name) is None
    assert parse_box(format_label(Label("x", box, "y"), size_px, "plain"), size_px, name) is None


@given(box=places, size_px=sizes)
def test_no_bin_is_out_of_range(box: tuple[float, float, float, float], size_px: tuple[int, int]) -> None:
    for name, bins in (("paligemma", 1024), ("florence2", 1000)):
        numbers = [int(digits) for digits in re.findall(r"<loc_?(\d+)>", format_box(box, size_px, name))]
        assert len(numbers) == 4 and all(0 <= number < bins for number in numbers)
    assert format_box(box, size_px, "paligemma") == locations.format_box_tokens(Box(*box), size_px)


@every_format
@given(text=st.text() | st.lists(st.sampled_from([*NASTY, "select", "<loc_999>", '{"bbox_2d": ', ","])).map("".join))
@example(text="[" * 100_000)
@example(text='{"bbox_2d": [1e999, NaN, -Infinity, 1], "label": "select"}')
@example(text='{"box_2d": [true, 1, 2, 3], "label": ["select"]}')
@example(text=f'{{"bbox_2d": [{"9" * 5000}, 1, 2, 3], "label": "select"}}')
@example(text="select " + "9" * 5000 + " 1 2 3")
def test_no_answer_is_an_error(name: str, text: str) -> None:
    label, box = parse_label(text, SIZE, name), parse_box(text, SIZE, name)
    assert label is None or label.text == " ".join(label.text.split())
    assert box is None or all(abs(place) <= 1e6 for place in box)


@pytest.mark.parametrize(
    ("name", "text", "box"),
    [
        ("paligemma", "select <loc0022><loc0045><loc0068><loc0091> fix 2 it", "<loc0022><loc0045><loc0068><loc0091>"),
        ("plain", "select 10 20 30 40 fix 2 it", "10 20 30 40"),
        ("gemini", "select 22 45 67 89 fix 2 it", "22 45 67 89"),
        ("florence2", "select<loc_44><loc_22><loc_89><loc_66> fix 2 it", "<loc_44><loc_22><loc_89><loc_66>"),
        (
            "qwen",
            '{"bbox_2d": [20, 10, 40, 30], "label": "select", "text": "fix 2 it"}',
            '{"bbox_2d": [20, 10, 40, 30]}',
        ),
    ],
)
def test_the_formats(name: str, text: str, box: str) -> None:
    assert format_label(Label("select", BOX, "fix 2 it"), SIZE, name) == text
    assert format_box(BOX, SIZE, name) == box
    bare = format_label(Label("select", BOX), SIZE, name)
    assert bare == text.replace(" fix 2 it", "").replace(', "text": "fix 2 it"', "")
    for wrong in (text * 2, f"not {text}", bare * 2, f"{box}{box}", f"{text[:3]}", box.replace("4", "x")):
        assert parse_box(wrong, SIZE, name) is None
        found = parse_label(wrong, SIZE, name)
        assert found is None or found.text not in ("", "fix 2 it")


@pytest.mark.parametrize(
    "text",
    [
        *("select <loc0001><loc0002><loc0003><loc1024>", "<loc0001><loc0002><loc0003><loc0004>", "select <loc1><loc2>"),
        *(
            "select <loc0001><loc0002><loc0003>",
            "select <loc0001><loc0002><loc0003><loc0004>x",
            "9 <loc0001>",
            "select",
        ),
    ],
)
def test_bins_that_do_not_exist_are_no_label(text: str) -> None:
    assert parse_label(text, SIZE, "paligemma") is None
    assert parse_box("<loc0001><loc0002><loc0003><loc1024>", SIZE, "paligemma") is None


def test_json_of_chat_models_is_read() -> None:
    found = {"box_2d": [0, 250, 500, 1000], "label": "insert", "text": "so \n it"}
    bare = json.dumps(found)
    for text in (bare, json.dumps([found], indent=1), f"```json\n{bare}\n```", f"```\n[{bare}]```"):
        assert parse_label(text, SIZE, "gemini") == Label("insert", (112, 0, 448, 224), "so it")
        assert parse_box(text, SIZE, "gemini") == Box(112, 0, 448, 224)
    assert parse_label(bare.replace("label", "gesture"), SIZE, "gemini") is not None
    assert parse_label(bare.replace("box_2d", "bbox_2d"), SIZE, "qwen") == Label("insert", (0, 250, 500, 1000), "so it")
    for wrong in (f"not {bare}", bare.replace("insert", "in sert"), bare.replace("1000", '"a"'), f"[{bare},{bare}]"):
        assert parse_label(wrong, SIZE, "gemini") is None


# What the workshop reads labels with, by its documented form: anything, four numbers of four digits, perhaps a text.
WORKSHOP_LOC = re.compile(
    r"(?P<g>.*) " + "".join(rf"<loc(?P<{side}>\d{{4}})>" for side in "tlbr") + r"( (?P<text>.*))?"
)
WORKSHOP_PLAIN = re.compile(r"(?P<g>.*)" + "".join(rf" (?P<{side}>\d{{1,4}})" for side in "tlbr") + r"( (?P<text>.*))?")


@given(label=labels, size_px=sizes)
def test_the_workshop_reads_ours(label: Label, size_px: tuple[int, int]) -> None:
    """Wherever the text has no numbers at its start and no tokens: it takes the last four, we the first."""
    label = label._replace(text=re.sub(r"\d|<loc", "", label.text))
    for name, pattern in (("paligemma", WORKSHOP_LOC), ("plain", WORKSHOP_PLAIN), ("gemini", WORKSHOP_PLAIN)):
        match = pattern.match(format_label(label, size_px, name))
        assert match is not None
        assert match["g"] == label.gesture and (match["text"] or "") == " ".join(label.text.split())
        numbers = [int(match[side]) for side in "tlbr"]
        form = LABEL_FORMATS[name]
        left, top, right, bottom = quantised(label, size_px, name).places
        assert form.places(numbers, size_px) == (left, top, right, bottom)


def test_what_cannot_be_said_is_refused() -> None:
    for places in ((float("nan"), 0, 1, 1), (0, 0, float("inf"), 1)):
        with pytest.raises(ConfigError, match=r"^places=.*is no place"):
            format_label(Label("select", places), SIZE, "plain")
    for gesture in ("", "two words", "1st", "a<b", "x\n"):
        with pytest.raises(ConfigError, match="no name of a gesture"):
            format_label(Label(gesture, BOX), SIZE, "plain")
    with pytest.raises(ConfigError, match="did you mean paligemma"):
        format_label(Label("select", BOX), SIZE, "paligema")
