"""The oracle of circled letters: silent on true rows, loud on every kind of fault that is put into them."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

import synthink
from synthink.core.row_dataset import RowDataset
from synthink.verify.oracles.circled_letters.oracle import CircledLettersOracle
from synthink.verify.oracles.circled_letters.reference import unhinted
from tests.verify.oracles.judging import Fault, Row, verdicts, with_fault

pytestmark = pytest.mark.heavy

FEW = 40  # faulty rows of each kind in the everyday tests


def side(index: int) -> int:
    return 1 if index % 2 else -1


def neighbour(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The letter beside the marked one, where it is another letter."""
    other = row["letter_index"] + side(index)
    if not 0 <= other < len(row["word"]):
        other = row["letter_index"] - side(index)
    if not 0 <= other < len(row["word"]) or row["word"][other] == row["suffix"]:
        return None
    return {**row, "letter_index": other, "suffix": row["word"][other]}


def twin(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The same letter at another place of the word: only the index is wrong."""
    places = [k for k, char in enumerate(row["word"]) if char == row["suffix"] and k != row["letter_index"]]
    return {**row, "letter_index": places[0]} if places else None


def shifted(column: str, share: float) -> Fault:
    """A box moved along the line by a share of its own width."""

    def fault(rows: RowDataset, index: int, row: Row) -> Row:
        left, top, right, bottom = row[column]
        step = side(index) * share * (right - left)
        return {**row, column: (left + step, top, right + step, bottom)}

    return fault


def other_word(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Another word of the same length; the answer agrees with it."""
    for step in range(1, 60):
        word = rows[(index + step) % len(rows)]["word"]
        if len(word) == len(row["word"]) and word != row["word"]:
            return {**row, "word": word, "suffix": word[row["letter_index"]]}
    return None


def shuffled(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The answer of the next row."""
    suffix = rows[(index + 1) % len(rows)]["suffix"]
    return {**row, "suffix": suffix} if suffix != row["suffix"] else None


def blank(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "image": Image.new("RGB", row["image"].size, row["image"].getpixel((0, 0)))}


def unmarked(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "image": rows.control(index)["image"]}


def moved(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The mark's pixels half a letter to one side; the labels stay."""
    bare, drawn = np.array(rows.control(index)["image"]), np.array(row["image"])
    ys, xs = np.nonzero((bare != drawn).any(axis=2))
    step = max(1, round((row["letter_box"][2] - row["letter_box"][0]) / 2)) * side(index)
    if xs.min() + step < 0 or xs.max() + step >= drawn.shape[1]:
        step = -step
    if xs.min() + step < 0 or xs.max() + step >= drawn.shape[1]:
        return None
    bare[ys, xs + step] = drawn[ys, xs]
    return {**row, "image": Image.fromarray(bare)}


FAULTS: dict[str, Fault] = {
    "neighbour": neighbour,
    "twin": twin,
    "letter_box by half": shifted("letter_box", 0.5),
    "letter_box by a quarter": shifted("letter_box", 0.25),
    "mark_box by half": shifted("mark_box", 0.5),
    "mark_box by a tenth": shifted("mark_box", 0.1),
    "other word": other_word,
    "shuffled": shuffled,
    "blank": blank,
    "unmarked": unmarked,
    "moved": moved,
}


def faulty(rows: RowDataset, fault: str, count: int, start: int = 0) -> Iterator[Row]:
    """`count` rows with the fault, from row `start` on."""
    return with_fault(FAULTS[fault], rows, count, start)


def judged(oracle: CircledLettersOracle, rows: Iterable[Row]) -> tuple[Counter[str], list[str]]:
    """How often each verdict fell, and the rows that were not found right."""
    return verdicts(oracle, rows, lambda row: f"{row['word']} {row['font']}")


def made(size: int = 10_000, seed: int = 0, split: str = "train", **fields: Any) -> RowDataset:
    return synthink.dataset("circled_letters", size=size, seed=seed, split=split, **fields)


@pytest.fixture(scope="module")
def rows() -> RowDataset:
    return made()


@pytest.fixture(scope="module")
def oracle(rows: RowDataset) -> CircledLettersOracle:
    return CircledLettersOracle(rows.generator)


def test_default_rows_are_right(rows: RowDataset, oracle: CircledLettersOracle) -> None:
    counts, others = judged(oracle, (rows[index] for index in range(150)))
    assert counts["wrong"] == 0 and counts["unsure"] <= 1, others


@pytest.mark.parametrize("split", ["validation", "test"])
def test_other_fonts_are_right(split: str) -> None:
    """The families of the other splits, which nothing was tuned to."""
    other = made(seed=3, split=split)
    counts, others = judged(CircledLettersOracle(other.generator), (other[index] for index in range(25)))
    assert counts == {"right": 25}, others


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_found(rows: RowDataset, oracle: CircledLettersOracle, fault: str) -> None:
    counts, _ = judged(oracle, faulty(rows, fault, FEW, start=500))
    assert counts.total() == FEW and counts["wrong"] >= 0.99 * FEW, counts


@pytest.mark.parametrize("fault", ["moved", "unmarked", "neighbour", "other word"])
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
    other = made(seed=1, **fields)
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
    data = made().generator.fonts.open().face("DejaVu Sans").data()
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
@pytest.mark.parametrize("fault", FAULTS)
def test_a_thousand_of_each_fault(rows: RowDataset, oracle: CircledLettersOracle, fault: str) -> None:
    counts, _ = judged(oracle, faulty(rows, fault, 1000, start=2000))
    assert counts["wrong"] >= 990, counts
