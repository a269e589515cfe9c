"""Weights of classes and variants; gestures that an editor with the label alone would label_ambiguity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from synthink.documents.page.picture import Square
from synthink.draw.geometry import Box
from synthink.errors import ConfigError
from synthink.gestures.choices import Choices
from synthink.gestures.choose_target import sample_target
from synthink.gestures.composed import Composed
from synthink.gestures.kind import Anchor, GestureKind, Mark, default_kinds, kind_named
from synthink.gestures.label_ambiguity import OTHER_IMAGES, OTHER_PLACE, OTHER_WORDS, label_ambiguity
from synthink.gestures.page_crop import PageCrop, occurs_once, uneditable
from synthink.gestures.target import Target
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.streams import Stream
from tests.page_makers import page_of_rows

PAGE = page_of_rows([["one", "two", "three", "four"], ["five", "six", "seven", "eight"]])


def composed(name: str, words: tuple[int, ...], text: str = "") -> Composed:
    kind = kind_named(name)
    wanted = {"insert": "gap", "point": "pair"}.get(name, "words")
    for number in range(2000):
        target = sample_target(PAGE, wanted, Stream((number, 1)))  # type: ignore[arg-type]
        if not isinstance(target, str) and target.words == words:
            ink = Ink([np.zeros((2, 2))])
            return Composed(PAGE, kind, next(iter(kind.variants.values())), target, ink, Writer.named("w"), text)
    raise AssertionError("never aimed at")


def moved(one: Composed, by: float) -> Composed:
    box = one.target.box
    ends = tuple(Box(end.left + by, end.top, end.right + by, end.bottom) for end in one.target.ends or ())
    target = replace(one.target, box=Box(box.left + by, box.top, box.right + by, box.bottom), ends=ends or None)
    return replace(one, target=target)


@pytest.mark.parametrize(
    ("name", "words"),
    [("insert", (1, 2)), ("delete", (1, 2)), ("select", (2,)), ("underline", (4, 5)), ("point", (1, 4))],
)
def test_a_label_means_what_was_aimed_at_and_a_shifted_one_does_not(name: str, words: tuple[int, ...]) -> None:
    text = "really new" if name == "insert" else ""
    right = composed(name, words, text)
    assert label_ambiguity(right) is None
    width = float(np.diff(PAGE.word_boxes[:2, 0])[0])
    assert label_ambiguity(moved(right, width)) == (OTHER_WORDS if name in ("select", "underline") else OTHER_PLACE)


def test_weights_of_classes_and_variants() -> None:
    every = Choices.of({})
    assert tuple(every.classes) == default_kinds()
    some = Choices.of({"delete": 3.0, "select": 1.0, "delete.strike": 0.0, "select.loop": 0.0, "crop.ring": 5.0})
    stream = Stream((3, 3))
    drawn = Counter(next(some.kinds(stream, 3)).name for _ in range(4000))
    assert drawn.keys() == {"delete", "select"}
    assert 2.5 < drawn["delete"] / drawn["select"] < 3.6
    variants = {some.variant(kind_named("delete"), stream).name for _ in range(500)}
    assert "strike" not in variants
    assert len(variants) == len(kind_named("delete").variants) - 1


def test_a_class_whose_variants_are_all_off_is_never_drawn() -> None:
    off = {f"underline.{name}": 0.0 for name in kind_named("underline").variants}
    assert "underline" not in Choices.of(off).classes
    with pytest.raises(ConfigError, match="above 0"):
        Choices.of({"underline": 1.0, **off})


def test_a_variant_from_outside_is_drawn_only_where_it_is_named() -> None:
    underline = type(kind_named("underline"))

    @underline.variant(share=0.5)
    def dashed(self: object, target: object, pen: object) -> Mark:
        return Mark([])

    try:
        assert "dashed" not in Choices.of({}).variants["underline"]
        assert Choices.of({"underline.dashed": 0.25}).variants["underline"]["dashed"] == 0.25
    finally:
        del underline.variants["dashed"]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: type("Odd", (GestureKind,), {"writes": "importnt"}), "writes='importnt'"),
        (lambda: type("Odd", (GestureKind,), {"target_kind": "wrods"}), "did you mean words"),
        (lambda: Anchor((0, 0), ("rigth",)), "did you mean right"),  # type: ignore[arg-type]
    ],
)
def test_mistakes_in_a_class_of_ones_own_are_named(made: Callable[[], object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        made()


def test_tasks_have_their_classes() -> None:
    every = Choices.of({})
    assert set(every.rewording().classes) == {"insert", "delete", "point"}
    writing = every.writing()
    assert set(writing.classes) == {"insert", "question", "instruct_text", "instruct_image"}
    assert not {"ring_mark", "underline_mark", "side_line_mark", "margin_mark"} & set(writing.variants["question"])


def test_classes_about_images_are_left_out_where_there_are_none() -> None:
    words = Choices.of({}).without_images
    assert set(default_kinds()) - set(words.classes) == {"crop", "instruct_image"}
    assert not Choices.of({"crop": 1.0}).without_images.classes


def test_naming_a_class_with_no_weight_leaves_the_others() -> None:
    assert set(Choices.of({"crop": 0.0}).classes) == set(default_kinds()) - {"crop"}


def test_a_crop_that_would_cut_another_image_too_is_misread() -> None:
    page = replace(PAGE, image_boxes=np.array(((40.0, 200.0, 240.0, 300.0), (230.0, 200.0, 400.0, 300.0))))
    kind = kind_named("crop")
    ink = Ink([np.zeros((2, 2))])
    for right, reason in ((235.0, None), (260.0, OTHER_IMAGES)):
        target = Target(Box(60.0, 210.0, right, 290.0), image=0, image_box=Box(40.0, 200.0, 240.0, 300.0))
        drawn = Composed(page, kind, next(iter(kind.variants.values())), target, ink, Writer.named("w"))
        assert label_ambiguity(drawn) is reason


def test_a_paragraph_beside_print_that_was_not_read_is_no_whole_one() -> None:
    """A word from right to left or in a form parts a paragraph: neither part is what stands there."""
    whole = composed("delete", (1, 2))
    assert uneditable(whole, 60) is None
    left, top, right, bottom = PAGE.word_boxes[-1].tolist()
    for box, part in (((right + 6, top, right + 60, bottom), True), ((left, top + 200, right, bottom + 200), False)):
        page = replace(PAGE, unread=np.array((box,)))
        assert bool(uneditable(replace(whole, page=page), 60)) is part
        crop = PageCrop(page, whole.target, Square(0, 0, 250))
        assert occurs_once(crop) is not part


def test_other_classes_come_after_one_that_fits_nowhere() -> None:
    some = Choices.of({"delete": 1.0, "select": 1.0, "point": 1.0, "crop": 0.0})
    orders = [tuple(kind.name for kind in some.kinds(Stream((number, 1)), 2)) for number in range(40)]
    assert {len(set(order)) for order in orders} == {2} and len(set(orders)) == 6
