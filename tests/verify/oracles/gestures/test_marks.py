"""Targets, strips and families of marks: cases at the limits of what a mark may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from synthink.gestures.kind import KINDS, kind_named, load_kinds
from synthink.verify.oracles.gestures.families import FAMILIES, check_boxes, stroke_partitions
from synthink.verify.oracles.gestures.marks import NEVER, scratches
from synthink.verify.oracles.gestures.places import joins
from synthink.verify.oracles.gestures.strips import strips_of
from synthink.verify.oracles.gestures.targets import OTHER_GAP, RowTarget, find_target
from tests.verify.oracles.gestures.faults import union
from tests.verify.oracles.gestures.scenes import without_ink


def test_every_family_is_named_by_one_of_our_variants() -> None:
    load_kinds()
    variants = [variant for kind in KINDS.values() for variant in kind.facts["variants"].values()]
    assert {variant["family"].partition("+")[0] for variant in variants} == set(FAMILIES)


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("underline", {"underline", "double_underline"}),
        ("delete", {"strike", "double_strike", "pigtail", "scratch", "cross"}),
        ("select", {"ring", "brackets", "side_line", "highlighter"}),
        ("insert", {"caret", "caret_in_two", "inverted_caret", "stick", "caret+line"}),
    ],
)
def test_classes_of_words_share_no_family(name: str, families: set[str]) -> None:
    """What tells these classes apart by their ink alone."""
    variants = kind_named(name).facts["variants"].values()
    assert {variant["family"] for variant in variants} == families


@pytest.mark.parametrize(("left", "wrong"), [(41.0, False), (60.0, False), (200.0, True)])
def test_a_word_that_is_cut_off_may_stand_elsewhere_too(left: float, wrong: bool) -> None:
    """Of words at the border less than half is seen, and no box given: the one on another line is not meant."""
    boxes = ((0.0, 150.0, 155.0, 200.0), (168.0, 150.0, 383.0, 200.0))
    scene = without_ink(("shower", "returned"), boxes, (left, 210.0, left + 15, 260.0), ("shower",))
    assert (find_target(scene, "gap") == OTHER_GAP) is wrong


@pytest.mark.parametrize(("top", "wrong"), [(0.0, False), (60.0, True)])
def test_the_gap_of_a_line_that_is_cut_off_is_as_wide_as_in_a_whole_one(top: float, wrong: bool) -> None:
    """The words stand so near each other that the gap reaches into them: by a share of a height that is not seen."""
    boxes = ((105.0, top, 250.0, top + 49.0), (264.0, top, 448.0, top + 49.0))
    scene = without_ink(("rusty", "dancer"), boxes, (244.6, top, 269.1, top + 49.0), ("rusty", "dancer"))
    assert (find_target(scene, "gap") == OTHER_GAP) is wrong


def arrow(start: Sequence[float], tip: Sequence[float], *wings: Sequence[float]) -> list[np.ndarray[Any, Any]]:
    return [np.linspace(start, tip, 100), np.array((wings[0], tip, wings[1]))]


def test_the_head_of_an_arrow_that_goes_down_steeply_is_not_its_shaft() -> None:
    """Its words' middles lie to the side of each other, so that the head is half way between them."""
    boxes = ((13.5, 212.6, 30.9, 221.8), (13.7, 225.9, 60.8, 235.6))
    scene = without_ink(("Was", "disappeared."), boxes, union(boxes), ("Was", "disappeared."))
    scene = replace(scene, ends=scene.boxes)
    steep = arrow((22.0, 216.0), (28.0, 230.5), (31.6, 228.3), (26.7, 226.4))
    assert joins(steep, RowTarget((0, 1), (), is_complete=True), scene) <= 0
    there_and_back = [np.concatenate((steep[0], steep[0][::-1] + 1.0))]
    assert joins(there_and_back, RowTarget((0, 1), (), is_complete=True), scene) == NEVER


def test_a_scratch_over_a_short_word_runs_mostly_beside_it() -> None:
    box = (208.0, 178.7, 283.4, 263.5)
    scene = without_ink(("In",), (box,), box, ("In",))
    strips = RowTarget((0,), strips_of(scene, (0,)), is_complete=True)
    turns = ((159, 277), (207, 180), (213, 282), (254, 172), (265, 265), (301, 178))
    assert scratches([np.array(turns, float)], strips, scene) <= 0
    around = ((200, 175), (290, 175), (290, 270), (200, 270), (200, 175))
    assert scratches([np.array(around, float)], strips, scene) == NEVER


def test_words_of_a_justified_line_may_stand_far_apart() -> None:
    """And neighbours further away than that are another column's."""
    boxes = [(x, y, x + 90.0, y + 30.0) for y in (100.0, 140.0) for x in (20.0, 330.0)]
    wanted = ("complex", "potato", "slipped")
    strips = strips_of(without_ink((*wanted, "Figure"), boxes, union(boxes[:3]), wanted), range(3))
    assert [strip.box.tolist() for strip in strips] == [[20.0, 100.0, 420.0, 130.0], [20.0, 140.0, 110.0, 170.0]]
    assert [strip.after for strip in strips] == [None, None]


def test_a_scratch_over_a_slender_word_hardly_touches_it() -> None:
    box = (208.5, 173.7, 237.0, 313.6)
    scene = without_ink(("i",), (box,), box, ("i",))
    strips = RowTarget((0,), strips_of(scene, (0,)), is_complete=True)
    turns = ((178, 266), (213, 191), (203, 258), (253, 177), (235, 275), (275, 185))
    stroke = np.concatenate([np.linspace(one, other, 9) for one, other in pairwise(turns)])
    assert scratches([stroke], strips, scene) <= 0
    assert scratches([stroke + np.array((60, 0))], strips, scene) == NEVER


def test_handwriting_that_the_border_cuts_ends_there() -> None:
    strokes = (np.array(((300.0, 300.0), (340.0, 300.0))), np.array(((400.0, 100.0), (480.0, 150.0))))
    ink, text = np.array((299.0, 99.0, 448.0, 301.0)), np.array((400.0, 100.0, 448.0, 150.0))
    scene = replace(without_ink((), (), (0, 0, 1, 1), ()), strokes=strokes, ink_box=ink, text_box=text)
    assert check_boxes(scene) is None
    assert [len(drawn.writing) for drawn in stroke_partitions(scene)] == [1]
