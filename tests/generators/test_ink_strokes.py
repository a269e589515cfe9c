"""`ink_strokes`: labels agree with the pixels and with each other, for every task."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import ConfigError, Ink, Sample, Span, write_ink
from synthink.draw.colours import parse_colour
from synthink.errors import SynthinkError
from synthink.generators.ink_tasks import TASKS, sparse_strokes
from synthink.generators.written_ink import unique_words
from synthink.ink.drawn_shapes import SHAPES
from synthink.labels.location_tokens import parse_box_tokens, parse_strokes

pytestmark = pytest.mark.heavy

ALL_TASKS = dict.fromkeys(TASKS, 1)


@cache
def rows(count: int = 60, split: str = "train", **fields: Any) -> list[dict[str, Any]]:
    made = synthink.dataset("ink_strokes", size=count, seed=3, split=split, **unfrozen(fields))
    return [made.source.row(split, index) for index in range(count)]


def frozen(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value.items()) if isinstance(value, dict) else value for name, value in fields.items()}


def unfrozen(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, frozenset) else value for name, value in fields.items()}


EVERY = {"tasks": frozenset(ALL_TASKS.items())}


def test_the_control_differs_where_the_ink_is() -> None:
    made = synthink.dataset("ink_strokes", size=30, seed=3, tasks=ALL_TASKS)
    for index in range(30):
        row, control = (made.source.row("train", index, control=control) for control in (False, True))
        ink = (row["image"].array() != control["image"].array()).any(axis=2)
        ys, xs = np.nonzero(ink)
        left, top, right, bottom = row["ink_box"]
        # Where the box ends less than a tenth of a pixel inside the next pixel, its ink is too faint for 64 levels.
        found = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
        assert np.abs(np.subtract(found, (left, top, right, bottom))).max() <= 1.25, index
        assert {**row, "image": 0} == {**control, "image": 0}


def test_ink_lies_along_the_strokes() -> None:
    """Without rules: pixels at the strokes' points have the ink's colour, pixels far from them the paper's."""
    for row in rows(papers=("plain",), pens=("ballpoint",)):
        pixels = row["image"].array().astype(int)
        paper, ink = (np.array(parse_colour(row[name])) for name in ("paper_colour", "ink_colour"))
        share = ((pixels - paper) @ (ink - paper)) / float((ink - paper) @ (ink - paper))
        away = np.full(share.shape, np.inf)
        ys, xs = np.mgrid[: share.shape[0], : share.shape[1]] + 0.5
        for stroke, widths in zip(row["strokes"], row["stroke_widths_px"], strict=True):
            points = np.array([point[:2] for point in stroke])
            way = np.concatenate(([0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
            at = np.linspace(0, way[-1], max(len(points), int(way[-1])))
            for x, y, width in zip(*(np.interp(at, way, line) for line in (*points.T, widths)), strict=True):
                window = np.s_[max(0, int(y) - 12) : int(y) + 13, max(0, int(x) - 12) : int(x) + 13]
                away[window] = np.minimum(away[window], np.hypot(xs[window] - x, ys[window] - y) - width / 2)
        assert share[away < -0.75].min(initial=1) > 0.7
        assert np.abs(share[away > 7]).max() < 0.01


def test_words_and_characters_tell_the_text() -> None:
    for row in rows(**EVERY):
        if row["task"] == "classify":
            assert row["text"] is None and row["words"] == row["characters"] == [] and row["suffix"] == row["shape"]
            continue
        assert row["words"] == row["text"].split() and "".join(row["characters"]) == "".join(row["text"].split())
        assert len(row["words"]) == len(row["word_boxes"]) and len(row["characters"]) == len(row["character_boxes"])
        at = 0
        for word, box in zip(row["words"], row["word_boxes"], strict=True):
            letters = np.array(row["character_boxes"][at : at + len(word)])
            at += len(word)
            union = (*letters[:, :2].min(axis=0), *letters[:, 2:].max(axis=0))
            assert np.allclose(union, box, atol=0.02)
        whole = np.array(row["word_boxes"])
        assert np.allclose((*whole[:, :2].min(axis=0), *whole[:, 2:].max(axis=0)), row["ink_box"], atol=0.02)


def test_answers_say_what_the_columns_say() -> None:
    seen = set()
    for row in rows(120, **EVERY):
        seen.add(row["task"])
        if row["task"] in ("recognise", "transcribe_lines"):
            assert row["suffix"] == row["text"]
            assert ("\n" in row["text"]) == (row["task"] == "transcribe_lines")
        elif row["task"] == "locate":
            assert f'"{row["target"]}"' in row["prefix"]
            assert row["target_box"] in [
                box for word, box in zip(row["words"], row["word_boxes"], strict=True) if word == row["target"]
            ]
            assert np.allclose(parse_box_tokens(row["suffix"], (448, 448)), row["target_box"], atol=448 / 1024)
            assert [word.casefold() for word in row["words"]].count(row["target"].casefold()) == 1
        elif row["task"] == "derender":
            strokes = parse_strokes(row["suffix"], (448, 448))
            assert 0 < sum(map(len, strokes)) <= 160
            ink = np.concatenate([np.array(stroke)[:, :2].astype(float) for stroke in row["strokes"]])
            for stroke in strokes:
                assert np.hypot(*(stroke[:, np.newaxis] - ink).transpose(2, 0, 1)).min(axis=1).max() < 1.0
        else:
            assert row["shape"] in SHAPES
    assert seen == set(TASKS)


def test_strokes_have_time_and_pressure() -> None:
    for row in rows():
        points = np.array([point for stroke in row["strokes"] for point in stroke], dtype=float)
        assert points[0, 2] == 0 and (np.diff(points[:, 2]) > 0).all()
        assert (points[:, 3] >= 0).all() and (points[:, 3] <= 1).all()


@pytest.mark.whole
def test_texts_writers_and_kinds_are_of_their_split() -> None:
    train, test = rows(200), rows(200, "test")
    assert not {row["text"] for row in train} & {row["text"] for row in test}
    assert not {row["writer"] for row in train} & {row["writer"] for row in test}
    assert len({row["writer"] for row in train}) > 120 and {row["hand"] for row in train} == {
        "cursive",
        "quick",
        "upright",
    }
    assert {row["paper"] for row in train} == {"plain", "ruled", "squared"} and len({row["pen"] for row in train}) >= 3


def test_scores() -> None:
    made = synthink.dataset("ink_strokes", size=1, tasks=ALL_TASKS).source.generator
    enough = 0
    for row in rows(60, **EVERY):
        sample, truth = Sample.from_row(row), row["suffix"]
        if row["task"] in ("recognise", "transcribe_lines"):
            wrong = made.score(sample, truth[:-1] + ("x" if truth[-1] != "x" else "y"))
            assert wrong["correct"] == 0 and 0 < wrong["character_accuracy"] < 1
        elif row["task"] == "locate":
            shifted = re.sub(r"\d{4}", lambda digits: f"{max(0, int(digits[0]) - 3):04}", truth)
            assert made.score(sample, shifted)["overlap"] < 1
        elif row["task"] == "derender":
            half = " ".join(truth.split()[: len(truth.split()) // 2])
            enough += half != "" and made.score(sample, half)["correct"] == 1
        for nonsense in ("", "<loc0001>", "<loc1024><loc1024>", "??"):
            assert made.score(sample, nonsense)["correct"] == 0
    assert enough <= 1  # where the other half goes over the same places


def test_sparse_strokes_keep_to_their_number() -> None:
    key = np.arange(400) / 40
    ink = Ink([np.add(np.column_stack((50 * key, 30 * np.sin(key * 7))), (0, 60 * line)) for line in range(4)])
    for most in (8, 20, 60, 300):
        thin = sparse_strokes(ink, most)
        assert 0 < sum(map(len, thin)) <= most
        assert thin[0][0].tolist() == [0, 0]


@pytest.mark.parametrize(
    "fields",
    [
        {"tasks": {"derender": 1}, "texts": {"lines": tuple(f"a rather long line of writing, {i}" for i in range(40))}},
        {"picture_px": 64},
        {"picture_px": (1000, 64), "rotation_deg": (45, 45)},
        {"texts": {"length": (20, 40)}, "tasks": {"derender": 1}},
        {"texts": {"length": (1, 1)}},
        {"tasks": {"locate": 1, "transcribe_lines": 1}, "picture_px": 96, "texts": {"source": "sentences"}},
        {"x_height_px": (1000, 1000), "line_width": (1, 1)},
    ],
)
def test_odd_settings_draw_every_row(fields: dict[str, Any]) -> None:
    for split in ("train", "test"):
        made = synthink.dataset("ink_strokes", size=15, seed=2, split=split, **fields)
        assert all(row["x_height_px"] > 0 for row in made)


@pytest.mark.slow
def test_short_paragraphs_do_not_leak_between_splits() -> None:
    tasks = {"locate": 1, "transcribe_lines": 1}
    fields = {"tasks": tasks, "picture_px": 96, "texts": {"source": "sentences"}}
    seen = [{row["text"].casefold() for row in rows(150, split, **frozen(fields))} for split in ("train", "test")]
    assert not seen[0] & seen[1]


def test_a_word_that_is_asked_for_stands_there_once() -> None:
    assert unique_words(["The", "the,", "cat", '"', "Cat's", "17", "17,", "dog."]) == [2]
    assert unique_words(['"Her', "her", "dog."]) == [2] and unique_words(["a", "A"]) == []
    fields = {"texts": {"lines": tuple(f"{word} {word}" for word in "abcdefghijkl")}, "tasks": {"locate": 1}}
    with pytest.raises(ConfigError, match=r"texts.source.*a word that occurs once"):
        synthink.dataset("ink_strokes", size=1, lines=(2, 2), **fields)[0]


def test_every_stroke_has_a_full_line_somewhere() -> None:
    """Dots too: a pen's thin ends must not be all that is left of them."""
    for row in rows(150):
        assert all(max(widths) >= 0.6 for widths in row["stroke_widths_px"])


REAL = [
    ("ab cd", "p1", 0), ("ef gh", "p2", 40), ("ij", "p3", 80), ("kl mn", "p4", 10), ("op", "p5", 20), ("qr", "p6", 30),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, (label, writer, shift) in enumerate(REAL):
        words = label.split()
        strokes = [np.add(((0, shift), (9, 30 + shift), (20, shift)), (40 * word, 0)) for word in range(len(words))]
        spans = [Span(word, "word", ((place, 0, 3),)) for place, word in enumerate(words)]
        write_ink(tmp_path / f"{number}.inkml", Ink(strokes, spans, label=label, writer=writer))
    return tmp_path


def test_real_ink_is_shown_with_its_labels_and_writers(folder: Path) -> None:
    tasks = {"recognise": 1, "derender": 1, "locate": 1}
    made = synthink.dataset("ink_strokes", size=40, inks=str(folder), tasks=tasks)
    writers = {label: writer for label, writer, _ in REAL}
    seen: dict[str, set[str]] = {}
    for split in ("train", "validation", "test"):
        for index in range(20):
            row = made.source.row(split, index)
            assert (
                row["writer"] == writers[row["text"]] and row["hand"] == "" and row["strokes"][0][0][2:] == [None, None]
            )
            seen.setdefault(split, set()).add(row["writer"])
    assert not seen["train"] & seen["test"] and not seen["train"] & seen["validation"]


def test_real_ink_without_words_cannot_be_located(tmp_path: Path) -> None:
    for number in range(6):
        write_ink(tmp_path / f"{number}.inkml", Ink([[[0, 0], [5, 5]]], label="a", writer=str(number)))
    with pytest.raises(ConfigError, match=r"tasks.locate=1.0: no ink in .* tells its words apart"):
        synthink.dataset("ink_strokes", size=1, inks=str(tmp_path), tasks={"locate": 1})[0]
    with pytest.raises(SynthinkError, match=r"inks\.source"):
        write_ink(tmp_path / "only.inkml", Ink([[[0, 0], [5, 5]]]))
        synthink.dataset("ink_strokes", size=1, inks=str(tmp_path / "only.inkml"))[0]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"tasks": {"locate": -1}}, "tasks.locate"),
        ({"tasks": {"read": 1}}, "did you mean|known"),
        ({"shapes": ("circel",)}, r"shapes\[0\]"),
        ({"papers": ()}, "papers"),
        ({"ink_colours": ("white",), "paper_colours": ("white",)}, "can be seen"),
        ({"ink_colours": ("reddish",)}, r"ink_colours\[0\]"),
        ({"prompts": {"locate": ("Where?",)}}, r"prompts.locate\[0\]"),
        ({"prompts": {"recognise": ()}}, "prompts.recognise"),
        ({"pens": ("quill",)}, "pens"),
        ({"ink_mode": "rainbow"}, "ink_mode"),
        ({"picture_px": 32}, "too small"),
        ({"writers": {"hands": ("cursiv",)}}, r"writers.hands\[0\].*cursive"),
        ({"texts": {"lines": ("naïve café",) * 3}}, r"characters that no hand writes \('naïve café'\)"),
        ({"texts": {"lines": ("שלום",)}}, "right to left"),
        ({"texts": {"lines": ("bell\a",)}}, "control character"),
        ({"inks": "/nowhere/at/all"}, "nowhere"),
    ],
)
def test_bad_fields_are_refused_by_name(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(SynthinkError, match=told):
        synthink.dataset("ink_strokes", size=1, **fields)[0]
