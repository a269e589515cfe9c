"""Meters: states and the readings that follow from them, answers, controls, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import ConfigError, Fonts, RowDataset, Sample
from synthink.generators.meter_parts.chance import best_guess
from synthink.generators.meter_parts.displays import unit_outline
from synthink.generators.meter_parts.segments import UNIT_ROOM, fitted_unit
from synthink.generators.meter_parts.states import (
    Scale,
    dial_state,
    gauge_state,
    number_text,
    pointer_positions,
    segment_state,
    wheel_state,
)
from synthink.generators.meter_parts.tasks import last_number, right_figures, right_places
from synthink.generators.meters import Meters
from synthink.streams import Stream, StreamKey
from synthink.verify.oracles.meters.oracle import MetersOracle

ROWS = 30
TASKS = ("read", "read_unit", "type", "digits", "detect", "registers", "caption")


def streams(count: int = 200) -> Iterator[Stream]:
    key = StreamKey("meter test")
    return (key.stream(number, "state") for number in range(count))


@cache
def dataset() -> RowDataset:
    """All tasks alike: of this one also the controls."""
    tasks = dict.fromkeys(TASKS, 1)
    return synthink.dataset(
        "meters", size=ROWS, shares={"train": 1.0}, split="train", picture_px=224, tasks=tasks, label_format="plain"
    )


@cache
def rows() -> list[dict[str, Any]]:
    return [dataset().source.row("train", index) for index in range(ROWS)]


# --- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("carry_from", [9.0, 6.5])
def test_wheels_show_their_reading(carry_from: float) -> None:
    for stream in streams():
        state = wheel_state(stream, 6, 2, carry_from, 0.0, False, False, True)
        last = state.positions[-1]
        # From the right: a wheel's figure is what is left after the turn that the next wheel has given it.
        figures = [int(last)]
        for position, beside in zip(state.positions[-2::-1], state.positions[:0:-1], strict=True):
            turned = max(0.0, (beside - carry_from) / (10 - carry_from)) if beside < 9.97 else 0.0
            figures.append(round(position - turned) % 10)
        assert "".join(map(str, figures[::-1])) == state.figures
        assert state.text == f"{state.figures[:4]}.{state.figures[4:]}"
        assert state.low <= float(state.text) + (last % 1) / 100 <= state.high <= state.low + 0.01 + 1e-9


def test_a_wheel_turns_only_while_the_next_one_passes_from_nine_to_nought() -> None:
    for stream in streams():
        state = wheel_state(stream, 4, 0, 9.0, 0.0, False, False, True)
        for position, beside in zip(state.positions, state.positions[1:], strict=False):
            off = min(position % 1, 1 - position % 1)
            assert beside >= 8.9 or off <= 0.031


def test_dials_read_by_the_rule_of_the_lower_number() -> None:
    for stream in streams():
        state = dial_state(stream, 5, (0.0, 0.06), False, True)
        fraction = state.positions[-1] % 1
        assert 0.12 <= fraction <= 0.88
        figures = [int(state.positions[-1])]
        for position in state.positions[-2::-1]:
            figures.append(round(position - (figures[-1] + fraction) / 10) % 10)
            fraction = (figures[-2] + fraction) / 10
        assert "".join(map(str, figures[::-1])) == state.figures


def test_gauges_are_read_at_the_nearest_tick() -> None:
    scales = (Scale("bar", -1, 5, 1, 5), Scale("Pa", 1, 1000, 1, 9, is_log=True), Scale("A", -30, 30, 10, 5))
    for scale in scales:
        for stream in streams(100):
            state = gauge_state(stream, scale, False)
            nearest = min(scale.ticks(), key=lambda tick: abs(scale.share(tick) - scale.share(state.positions[0])))
            assert float(state.text) == pytest.approx(nearest)
            assert state.low <= nearest <= state.high
            assert scale.low <= state.positions[0] <= scale.high


def test_scales_have_ticks_and_figures_at_both_ends() -> None:
    scale = Scale("bar", 0, 16, 4, 8)
    assert (scale.figures(), scale.minor, scale.decimals, len(scale.ticks())) == ([0, 4, 8, 12, 16], 0.5, 1, 33)
    log = Scale("Pa", 1, 100, 1, 9, is_log=True)
    assert (log.figures(), log.ticks()[8:11], log.share(10)) == ([1, 10, 100], [9, 10, 20], 0.5)
    assert Scale("A", -30, 30, 10, 5).written(-0.0) == "0"


def test_dark_places_before_the_number_are_no_figures() -> None:
    for stream in streams():
        state = segment_state(stream, 6, 2, True, True)
        shown = state.figures.lstrip()
        assert len(shown) >= 3
        assert shown[0] != "0" or len(shown) == 3
        assert state.low == state.high == float(state.text)
    assert number_text("  0703", 2, True) == "07.03"
    assert number_text("000703", 2, False) == "7.03"
    assert number_text("0000", 0, False) == "0"


def test_red_pointers_go_on_where_the_last_wheel_ends() -> None:
    for stream in streams(50):
        state = wheel_state(stream, 5, 1, 9.0, 0.0, False, False, True)
        pointers = pointer_positions(state)
        assert [text for text, _ in pointers] == ["x0.01", "x0.001", "x0.0001"]
        exact = float(state.text) + sum(int(position) * float(text[1:]) for text, position in pointers)
        assert exact == pytest.approx(float(state.text) + state.positions[-1] % 1 / 10, abs=1e-4)
        assert all(0 <= position < 10 for _, position in pointers)
    assert pointer_positions(wheel_state(next(streams()), 5, 0, 9.0, 0.0, True, False, True)) == []


def test_undecided_states_carry_both_readings_or_are_not_drawn() -> None:
    drawn = [wheel_state(stream, 5, 0, 9.0, 0.0, False, True, True) for stream in streams()]
    late = [state for state in drawn if state.positions[-1] % 1 > 0.88]
    assert late and all(state.high == state.low + 1 for state in late)
    sure = [wheel_state(stream, 5, 0, 9.0, 0.0, False, False, True) for stream in streams()]
    assert max(state.positions[-1] % 1 for state in sure) <= 0.88


# --- rows -------------------------------------------------------------------------------------------------------------


def test_every_task_and_kind_is_drawn_and_answers_follow_from_the_columns() -> None:
    drawn = rows()
    assert {row["task"] for row in drawn} == set(TASKS)
    assert {row["kind"] for row in drawn} >= {"drum", "lcd", "dials", "gauge"}  # an LED is rare
    for row in drawn:
        answers = {
            **dict.fromkeys(("read", "registers"), row["reading"]),
            **{"read_unit": f"{row['reading']} {row['unit']}", "type": row["kind"]},
        }
        assert row["suffix"] == answers.get(row["task"], row["suffix"])
        assert row["interval"][0] <= float(row["reading"]) <= row["interval"][1]
        assert row["unit"] in row["units"][0]
        assert (row["register"] is not None) == (row["task"] == "registers") == ("register" in row["distractor_kinds"])
        if row["kind"] != "gauge":
            assert "".join(row["place_digits"]) == row["reading"].replace(".", "")
        for left, top, right, bottom in row["place_boxes"]:
            x, y = (left + right) / 2, (top + bottom) / 2
            assert (
                row["display_box"][0] < x < row["display_box"][2] and row["display_box"][1] < y < row["display_box"][3]
            )


def test_what_stands_around_a_reading_is_drawn_whole_and_has_a_box() -> None:
    fields = {"kinds": dict.fromkeys(("lcd", "led", "dials", "gauge"), 0), "units": ["m³"], "bodies": ["round"]}
    water = synthink.dataset(
        "meters",
        size=8,
        split="train",
        shares={"train": 1.0},
        stepping=0,
        decimals=[0, 0],
        picture_px=224,
        cut_off=0,
        **fields,
    )
    pointers = 0
    for index in range(8):
        row = water.source.row("train", index)
        kinds = row["distractor_kinds"]
        names = [text for kind, text in zip(kinds, row["distractor_texts"], strict=True) if kind == "pointer"]
        assert names in ([], ["x0.1", "x0.01", "x0.001", "x0.0001"])
        pointers += bool(names)
    assert pointers


def test_units_stay_beside_the_digits_of_a_liquid_crystal() -> None:
    faces = Fonts(italic=False).open().faces
    widest = max(faces, key=lambda face: unit_outline(face, "MWh", 1.0, (0.0, 0.0)).box.width)
    box = fitted_unit(widest, "MWh", (2.0, 3.0)).box
    assert (box.left, box.bottom) == pytest.approx((2.0, 3.0))
    assert box.width == pytest.approx(UNIT_ROOM)


def test_the_control_differs_inside_the_display_alone() -> None:
    for index, row in enumerate(rows()):
        control = dataset().source.row("train", index, control=True)
        changed = (row["image"].array() != control["image"].array()).any(axis=2)
        others = zip(row["distractor_kinds"], row["distractor_boxes"], strict=True)
        for left, top, right, bottom in [row["display_box"], *(box for kind, box in others if kind == "register")]:
            changed[int(top) : int(bottom) + 1, int(left) : int(right) + 1] = False
        assert not changed.any()
        assert {**row, "image": 0} == {**control, "image": 0}


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [("9845.9", "9845.9"), ("12 m3", "12"), ("-4 °C", "-4"), ("it is 3, no, 4.50 kWh.", "4.50"), ("none", None)],
)
def test_the_last_number_of_an_answer_counts(text: str, number: str | None) -> None:
    assert last_number(text) == number


def test_figures_are_compared_from_the_decimal_mark() -> None:
    assert right_figures("9845.9", "9845.9") == 1
    assert right_figures("9845.9", "9845") == 0.8
    assert right_figures("9845.9", "845.9") == 0.8
    assert right_figures("9845.9", "98459") == pytest.approx(0, abs=0.17)


def test_places_are_compared_from_the_last_one_on() -> None:
    assert right_places("9845.9", "9845.9") == [True] * 5
    assert right_places("9845.9", "9846.0") == [False, False, True, True, True]
    assert right_places("9845.9", "845.95") == [True, True, True, True, False]
    assert right_places("0045", "45") == [True, True, False, False]
    assert right_places("45", "") == [False, False]


@pytest.mark.parametrize(("places", "decimals", "blanks"), [(3, 0, 1.0), (4, 0, 0.5), (2, 0, 0.0), (3, 1, 1.0)])
def test_the_best_guess_of_a_display_is_as_often_right_as_is_said(places: int, decimals: int, blanks: float) -> None:
    rows = 6000
    states = (segment_state(stream, places, decimals, stream.chance(blanks), True) for stream in streams(rows))
    lengths = Counter(len(state.text.replace(".", "")) for state in states)
    shortest = min(lengths)  # all numbers of so many digits are alike
    row = {"kind": "lcd", "place_digits": ["1"] * places}
    expected = lengths[shortest] / rows / 10**shortest
    assert best_guess("read", row, (decimals, decimals), blanks) == pytest.approx(expected, rel=0.1)


def test_the_best_guess_of_a_gauge_is_one_of_its_ticks() -> None:
    row = {"kind": "gauge", "place_digits": [], "unit": "bar", "scale_values": [0.0, 4.0, 8.0, 12.0, 16.0]}
    assert best_guess("read", row, (0, 3), 0.4) == 1 / 33
    assert best_guess("type", row, (0, 3), 0.4) is None


def test_scores_tell_a_near_reading_from_a_wrong_one() -> None:
    generator = Meters()
    columns = {"reading": "045.9", "value": "45.9", "interval": [45.9, 46.0], "units": [["kWh", "kilowatt hours"]]}
    sample = Sample(
        None, "?", "045.9 kWh", {**columns, "kind": "drum", "place_digits": ["0", "4", "5", "9"]}, "read_unit"
    )
    places = [f"figure_{place}" for place in (1, 2, 3, 4)]  # from the right
    names = ("correct", "correct_lenient", "interval", "figures", "unit", *places)
    assert generator.score(sample, "045.9 kWh") == dict.fromkeys(names, 1)
    assert generator.score(sample, "45.9 kilowatt hours")["correct_lenient"] == 1
    near, wrong = generator.score(sample, "45.95 kilowatt hours"), generator.score(sample, "55.9 MkWh")
    assert near == dict(zip(names, (0, 0, 1, 0.6, 1, 1, 1, 1, 0), strict=True))
    assert wrong == dict(zip(names, (0, 0, 0, 0.5, 0, 1, 1, 0, 0), strict=True))
    assert generator.errors(sample, "45.9") == {"relative_error": 0}
    assert generator.errors(sample, "45900") == generator.errors(sample, "?") == {"relative_error": 1}
    assert generator.chance(sample) == pytest.approx(1e-4)


def test_figures_are_told_apart_by_place_and_between_figures() -> None:
    generator = Meters(picture_px=100, label_format="plain")
    wheels = {"kind": "drum", "reading": "045.9", "place_digits": list("0459"), "place_positions": [0, 4.02, 5.6, 9.6]}
    sample = Sample(None, "?", "045.9 kWh", wheels, "read_unit")
    truth = {"place 1": "9", "place 2": "5", "place 3": "4", "place 4": "0", "place 2, between figures": "5"}
    assert generator.part_classes(sample, sample.suffix) == truth
    answered = {"place 1": "<none>", "place 2": "6", "place 3": "4", "place 4": "<none>"}
    assert generator.part_classes(sample, "46 kWh") == {**answered, "place 2, between figures": "6"}
    assert set(generator.part_classes(sample, "no number").values()) == {"<none>"}
    digits = Sample(None, "?", "1 1 3 2 4 ; 1 2 3 3 2", {"kind": "lcd", "reading": "42"}, "digits")
    assert generator.part_classes(digits, digits.suffix) == {"place 1": "2", "place 2": "4"}
    assert generator.part_classes(digits, "1 1 3 2 7 ; 1 2 3 3 2") == {"place 1": "2", "place 2": "7"}
    assert generator.part_classes(Sample(None, "?", "drum", wheels, "type"), "drum") == {}


def test_digits_are_right_with_their_boxes() -> None:
    generator = Meters(picture_px=100, label_format="plain")
    truth = "10 10 30 20 4 ; 10 20 30 30 2"
    sample = Sample(None, "?", truth, {"kind": "lcd", "place_digits": ["4", "2"]}, "digits")
    assert generator.score(sample, truth)["correct"] == 1
    scores = generator.score(sample, "10 10 30 20 4 ; 10 20 30 30 3")
    assert scores == {"correct": 0, "correct_lenient": 0, "figures": 0.5, "overlap": 1}
    assert generator.score(sample, "10 10 30 20 4 ; 60 60 80 80 2")["correct"] == 0
    assert generator.score(sample, "10 10 30 20 4")["correct"] == 0
    assert not generator.in_domain(sample, "42")


# --- several questions on one picture ---------------------------------------------------------------------------------


@pytest.mark.heavy
def test_rows_may_share_a_picture_and_ask_something_else_each() -> None:
    tasks = {"read": 1, "type": 0.1, "digits": 1, "detect": 1}
    rows = synthink.dataset("meters", size=12, seed=3, picture_px=224, tasks=tasks, questions_per_picture="all")
    oracle = MetersOracle(rows.generator)
    for first in (0, 4, 8):
        pictured = [rows[index] for index in range(first, first + 4)]
        assert [row["task"] for row in pictured] == ["read", "type", "digits", "detect"]
        assert len({row["image"].tobytes() for row in pictured}) == 1
        assert {row["picture_number"] for row in pictured} == {first // 4}
        assert len({row["reading"] for row in pictured}) == 1 and pictured[0]["kind"] != "gauge"
        assert [oracle.check(row).verdict for row in pictured].count("wrong") == 0
        controls = {rows.control(index)["image"].tobytes() for index in range(first, first + 4)}
        assert len(controls) == 1
    assert len({row["image"].tobytes() for row in rows}) == 3


def test_two_registers_are_no_question_about_a_shared_picture() -> None:
    with pytest.raises(ConfigError, match=r"^tasks\.registers=1\.0: is no question about a picture that rows share"):
        Meters(tasks={"registers": 1}, questions_per_picture="all")  # type: ignore[arg-type]
    shared = Meters(questions_per_picture="all")
    assert "two registers" not in shared.describe() and "picture_number" in shared.columns


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("places", {"places": [8, 4]}),
        ("places", {"places": [0, 4]}),
        ("decimals", {"places": [3, 5], "decimals": [0, 3]}),
        ("dials", {"dials": [5, 4]}),
        ("units\\[1\\]", {"units": ["kWh", "furlong"]}),
        ("units", {"units": ["kWh"]}),
        ("tasks.registers", {"tasks": {"registers": 1}, "kinds": {"drum": 0, "lcd": 0}}),
        ("kinds", {"kinds": dict.fromkeys(("drum", "lcd", "led", "dials", "gauge"), 0)}),
        ("tasks", {"tasks": dict.fromkeys(TASKS, 0)}),
        ("prompts.registers", {"prompts": {"registers": ["Which?"]}}),
        ("bodies", {"bodies": []}),
        ("rotation_deg", {"rotation_deg": [10, -10]}),
    ],
)
def test_bad_fields_are_refused_by_name(field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"^{field}"):
        Meters.build(fields)


def test_pictures_too_small_to_read_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"^picture_px.* too small for drum"):
        synthink.dataset("meters", size=1, shares={"train": 1.0}, split="train", picture_px=32)


def test_figures_are_large_enough_to_read() -> None:
    for row in rows():
        widths = [np.hypot(quad[2] - quad[0], quad[3] - quad[1]) for quad in row["place_quads"]]
        assert min(widths) >= {"drum": 6.4, "lcd": 5.1, "led": 4.7, "dials": 27, "gauge": 59}[row["kind"]]
