"""The oracle of circled letters: silent on true rows, loud on every kind of fault that is put into them."""

from __future__ import annotations

import struct
from collections import Counter
from typing import Any

import numpy as np
import pytest

from synthink.core.row_dataset import RowDataset
from synthink.verify.oracles.circled_letters.oracle import CircledLettersOracle
from synthink.verify.oracles.circled_letters.reference import unhinted
from tests.verify.oracles.circled_letters.faults import SEEN_ALONE, faulty, judged, made

pytestmark = pytest.mark.heavy

FEW = 25  # faulty rows of each kind in the everyday tests


@pytest.fixture(scope="module")
def rows() -> RowDataset:
    return made()


@pytest.fixture(scope="module")
def oracle(rows: RowDataset) -> CircledLettersOracle:
    return CircledLettersOracle(rows.generator)


def test_default_rows_are_right(rows: RowDataset, oracle: CircledLettersOracle) -> None:
    counts, others = judged(oracle, (rows[index] for index in range(60)))
    assert counts["wrong"] == 0 and counts["unsure"] <= 1, others


@pytest.mark.parametrize("split", ["validation", "test"])
def test_other_fonts_are_right(split: str) -> None:
    """The families of the other splits, which nothing was tuned to."""
    other = made(seed=3, split=split)
    counts, others = judged(CircledLettersOracle(other.generator), (other[index] for index in range(25)))
    assert counts == {"right": 25}, others


@pytest.mark.parametrize("fault", SEEN_ALONE)
def test_faults_are_found(rows: RowDataset, oracle: CircledLettersOracle, fault: str) -> None:
    counts, _ = judged(oracle, faulty(rows, fault, FEW, start=500))
    assert counts.total() == FEW and counts["wrong"] >= 0.99 * FEW, counts


@pytest.mark.parametrize("fault", ["moved", "unmarked", "neighbour", "other word"])
@pytest.mark.whole
def test_pixels_alone_tell(rows: RowDataset, oracle: CircledLettersOracle, fault: str) -> None:
    """Without any box to compare with."""
    bare = ({k: v for k, v in row.items() if "box" not in k} for row in faulty(rows, fault, FEW, start=900))
    counts, _ = judged(oracle, bare)
    assert counts.total() == FEW and counts["wrong"] >= 0.99 * FEW, counts


def test_seeing_takes_no_labels(rows: RowDataset, oracle: CircledLettersOracle) -> None:
    row = rows[2]
    seen = oracle.see(row["image"], row["word"], row["font"])
    assert seen.index == row["letter_index"] and seen.letter_box is not None
    assert np.abs(np.array(seen.letter_box) - row["letter_box"]).max() < 0.7


BLINDTEST: dict[str, Any] = {
    "picture_px": 512,
    "text_colours": ("black",),
    "paper_colours": ("white",),
    "mark_colours": ("red",),
    "mark_shapes": ("ellipse",),
    "mark_line_width_px": (4, 6),
    "mark_slimness": 0.0,
    "rotation_deg": (0, 0),
}


@pytest.mark.parametrize(
    "fields",
    [
        {"rotation_deg": (-90, 90)},
        {"rotation_deg": (-180, 180)},
        {"picture_px": 224},
        {"picture_px": 896},
        {"picture_px": (640, 480)},
        {"letter_spacing_em": (-0.08, 0.0)},
        {"letter_spacing_em": (0.4, 1.0)},
        {"mark_scale": (1.0, 1.2)},
        {"mark_offset": (-0.4, 0.4)},
        {"mark_opacity": (0.3, 0.5)},
        {"paper_colours": ("black", "#202030"), "text_colours": ("white", "yellow")},
        {"words": "random"},
        {"distractors": ("underline", "strike", "circle")},
        BLINDTEST,
    ],
    ids=str,
)
def test_other_settings_are_right(fields: dict[str, Any]) -> None:
    other = made(seed=1, **fields)
    counts, others = judged(CircledLettersOracle(other.generator), (other[index] for index in range(10)))
    assert counts == {"right": 10}, others


@pytest.mark.parametrize(
    ("fields", "decided"), [({"camera": "scan"}, 8), ({"picture_px": 112}, 9), ({"camera": "photo"}, 0)]
)
def test_in_doubt_it_is_unsure_not_wrong(fields: dict[str, Any], decided: int) -> None:
    other = made(seed=2, **fields)
    counts, others = judged(CircledLettersOracle(other.generator), (other[index] for index in range(12)))
    assert counts["wrong"] == 0 and counts["right"] >= decided, others


def test_inks_that_look_alike_leave_it_unsure() -> None:
    other = made(seed=1, mark_colours=("black",), text_colours=("black", "#222222"))
    counts, others = judged(CircledLettersOracle(other.generator), (other[index] for index in range(3)))
    assert counts == {"unsure": 3}, others


def test_labels_that_cannot_be(rows: RowDataset, oracle: CircledLettersOracle) -> None:
    row = rows[0]
    wrong = [{**row, "font": "No Such Font"}, {**row, "word": ""}, {**row, "letter_index": 99}]
    assert [oracle.check(each).verdict for each in wrong] == ["wrong"] * 3


def test_hinting_is_taken_out(oracle: CircledLettersOracle) -> None:
    """A font without its program, in a file of its own and in a collection; what is no TrueType font stays."""
    data = made().generator.fonts.open().face("Bitstream Vera Sans").data()
    tables = {data[12 + 16 * k : 16 + 16 * k]: 12 + 16 * k for k in range(struct.unpack_from(">H", data, 4)[0])}
    plain = unhinted(data)
    assert struct.unpack_from(">I", data, tables[b"fpgm"] + 12)[0] > 0
    assert struct.unpack_from(">I", plain, tables[b"fpgm"] + 12)[0] == 0
    assert plain[tables[b"glyf"] : tables[b"glyf"] + 16] == data[tables[b"glyf"] : tables[b"glyf"] + 16]
    assert unhinted(b"OTTO" + data[4:]) == b"OTTO" + data[4:] and unhinted(b"\0\1\0\0\0") == b"\0\1\0\0\0"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_thousand_rows(rows: RowDataset, oracle: CircledLettersOracle) -> None:
    counts, others = judged(oracle, rows)
    assert counts["wrong"] == 0 and counts["unsure"] <= 100, others


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_thousand_wrong_labels(rows: RowDataset, oracle: CircledLettersOracle) -> None:
    """A third each: neighbour (a part of them the same letter elsewhere), shifted box, other word."""
    shares = {
        "neighbour": 234,
        "twin": 100,
        "letter_box by half": 133,
        "letter_box by a quarter": 100,
        "mark_box by half": 100,
        "other word": 333,
    }
    found = Counter({fault: judged(oracle, faulty(rows, fault, count))[0]["wrong"] for fault, count in shares.items()})
    assert sum(shares.values()) == 1000 and found.total() >= 990, found


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", SEEN_ALONE)
def test_a_thousand_of_each_fault(rows: RowDataset, oracle: CircledLettersOracle, fault: str) -> None:
    counts, _ = judged(oracle, faulty(rows, fault, 1000, start=2000))
    assert counts["wrong"] >= 990, counts
