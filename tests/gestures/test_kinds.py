"""Every class and variant of gestures: drawn on made-up pages, led by real writers' hands, and looked over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthink.draw.geometry import Points, bounds, snap
from synthink.errors import ConfigError
from synthink.gestures.kind import KINDS, GestureKind, Mark, Variant, default_kinds, kind_named, variant
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target
from synthink.ink.handwriting.write import trace
from synthink.ink.handwriting.writer import Writer
from synthink.streams import StreamKey
from tests.page_makers import FakePage

KEY = StreamKey("test_variants")
TIMES = 80
# Strokes of a mark whose number is fixed; the others make one, or as many as EACH says, on each text line.
FIXED = {
    **{"insert.caret": 1, "insert.caret_in_two": 2, "insert.inverted_caret": 1, "insert.stick": 1},
    **{"insert.caret_with_lead": 1, "select.brackets": 2, "select.corners": 2, "select.side_line": 1},
    **{"question.side_line_mark": 1, "question.side_line_text": 1},
    **{"crop.rectangle": 1, "crop.four_corners": 4, "crop.two_corners": 2, "crop.ring": 1},
    **{f"instruct_text.brackets{lead}": 2 for lead in ("", "_line", "_arrow")},
    **{f"instruct_text.side_line{lead}": 1 for lead in ("", "_line", "_arrow")},
    **{f"instruct_image.ring{lead}": 1 for lead in ("", "_line", "_arrow")},
    **{"instruct_image.arrow": 0, "instruct_image.line": 0, "instruct_image.bare": 0},
    **{"point.two_headed": 1, "point.shaft_then_heads": 3, "point.curved": 2, "point.transpose": 1},
}
EACH = {"delete.double_strike": 2, "delete.cross_out": 2, "underline.double": 2}
LOOPS = ("loop", "lasso", "rectangle", "ring")  # one for all lines where these hang together

CLASSES = default_kinds()
NAMES = [f"{kind}.{name}" for kind in CLASSES for name in KINDS[kind].variants]


@cache
def writers() -> list[Writer]:
    return [Writer.named(f"w{number:05d}") for number in range(30)]


@cache
def pages() -> list[FakePage]:
    return [FakePage(KEY.stream(number, "page"), height) for number, height in enumerate((20.0, 11.0, 34.0, 16.0))]


def named(name: str) -> tuple[GestureKind, Variant]:
    kind, _, one = name.partition(".")
    return KINDS[kind], KINDS[kind].variants[one]


def marked(name: str, number: int, left_handed: bool | None = None) -> tuple[Target, Mark]:
    kind, one = named(name)
    target = pages()[number % 4].target(one.target_kind or kind.target_kind, KEY.stream(number, f"target {name}"))
    if left_handed is None:
        left_handed = writers()[number % 30].left_handed
    return target, one.draw(kind, target, StrokeSketcher(KEY.stream(number, name), left_handed))


def led(target: Target, mark: Mark, number: int) -> list[Points]:
    """The strokes as the hand draws them, on the 1/64 grid."""
    if not len(mark.strokes):
        return []
    stream = KEY.stream(number, "hand")
    ink = trace(mark.strokes, writers()[number % 30], stream, unit=0.48 * target.height, sparse=True)
    return [snap(stroke[:, :2].astype(np.float64)) for stroke in ink.strokes]


@cache
def drawn(name: str) -> list[tuple[Target, Mark, list[Points]]]:
    samples = []
    for number in range(TIMES):
        target, mark = marked(name, number)
        samples.append((target, mark, led(target, mark, number)))
    return samples


def test_the_nine_classes_have_their_names_and_shares() -> None:
    assert (
        *("insert", "select", "question", "delete", "crop", "underline"),
        *("instruct_text", "instruct_image", "point"),
    ) == CLASSES
    for name in CLASSES:
        kind = kind_named(name)
        assert kind.name == name
        assert sum(each.share for each in kind.variants.values()) == pytest.approx(1.0)
    assert len(NAMES) >= 30


def test_some_of_the_writers_here_are_left_handed() -> None:
    assert 3 <= sum(writer.left_handed for writer in writers()) <= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_mark_has_its_strokes_and_lies_at_its_target(name: str) -> None:
    for target, mark, strokes in drawn(name):
        lines = len(target.strips)
        if name in FIXED:
            assert len(strokes) == FIXED[name]
        elif name == "crop.edge_lines":
            assert 1 <= len(strokes) <= 4
        elif name.split(".")[1].startswith(LOOPS) or name == "question.margin_mark":
            assert 1 <= len(strokes) <= lines
        else:
            assert len(strokes) == EACH.get(name, 1) * lines
        assert all(len(stroke) >= 2 and np.isfinite(stroke).all() for stroke in mark.strokes)
        if strokes:
            ink, near = bounds(np.concatenate(strokes)), 2.2 * target.height
            assert (ink.top > target.box.top - near and ink.bottom < target.box.bottom + near) or name == "point.curved"
            left, right = target.column if "side_line" in name else (target.box.left, target.box.right)
            assert (ink.left > left - near and ink.right < right + near) or name == "point.curved"
        else:
            assert mark.text is not None


@pytest.mark.parametrize("name", NAMES)
def test_few_marks_are_refused(name: str) -> None:
    kind, _ = named(name)
    reasons = Counter(kind.refused(name.split(".")[1], target, strokes) for target, _, strokes in drawn(name))
    assert reasons[None] >= 0.9 * TIMES, reasons


@pytest.mark.parametrize("name", NAMES)
def test_the_same_stream_draws_the_same_mark(name: str) -> None:
    for number in range(5):
        (_, one), (_, other) = marked(name, number), marked(name, number)
        assert one.text == other.text and one.broad == other.broad
        assert all(np.array_equal(a, b) for a, b in zip(one.strokes, other.strokes, strict=True))


@pytest.mark.heavy
def test_marks_are_drawn_with_text_where_their_class_writes() -> None:
    for name in NAMES:
        kind, one = named(name)
        assert all((mark.text is not None) == bool(one.writes or kind.writes) for _, mark, _ in drawn(name)[:10])


# Marks that are right, moved or cut so that they are wrong: in H to the right and down.
WRONG = [
    *[(name, (0.0, 0.45), "the strike is an underline") for name in ("delete.strike", "delete.double_strike")],
    *[(name, (0.0, -0.6), "the strike is above its words") for name in ("delete.strike", "delete.squiggle")],
    *[(f"underline.{name}", (0.0, -0.45), "the underline is a strike") for name in ("single", "double", "wavy")],
    ("underline.single", (0.0, 0.7), "the underline is far below"),
    *[(f"insert.{name}", (0.9, 0.0), "the tip is outside its gap") for name in ("caret", "inverted_caret", "stick")],
    ("insert.caret", (0.0, 1.25), "the tip is away from the baseline"),
    ("insert.stick", (0.0, 1.25), "the stick does not cross the line"),
    *[(f"select.{name}", (0.0, 1.25), "the loop misses a line") for name in ("loop", "lasso", "rectangle")],
    *[(f"select.{name}", (0.0, 1.25), "the mark reaches another line") for name in ("brackets", "corners")],
    *[(f"select.{name}", (0.9, 0.0), "a bracket is away from its word") for name in ("brackets", "corners")],
    ("select.side_line", (0.0, 1.25), "the side line spans other lines"),
    ("delete.cross_out", (0.0, 1.25), ("the mark reaches another line", "the scratch misses the middle")),
    ("delete.scratch", (0.0, -1.25), ("the mark reaches another line", "the scratch misses the middle")),
    *[(f"crop.{name}", (5.0, 3.0), "the frame is away from what is kept") for name in ("rectangle", "ring")],
    *[(f"crop.{name}", (5.0, 3.0), "the frame is away from what is kept") for name in ("two_corners", "four_corners")],
    ("crop.edge_lines", (3.0, 3.0), "a cut is away from what is kept"),
    ("instruct_image.ring", (4.0, 3.0), "the ring is away from its image"),
    *[(f"point.{name}", (0.0, 1.25), "an arrow's end is outside its word") for name in ("two_headed", "curved")],
    ("point.transpose", (1.5, 0.0), "the S does not span both words"),
    ("point.transpose", (0.0, 0.9), "the S does not pass between its words"),
]


@pytest.mark.parametrize(("name", "by", "reason"), WRONG)
def test_a_mark_elsewhere_is_refused(name: str, by: tuple[float, float], reason: str | tuple[str, ...]) -> None:
    kind, one = named(name)
    wanted = (reason,) if isinstance(reason, str) else reason
    found = Counter()
    for target, _, strokes in drawn(name):
        if kind.refused(one.name, target, strokes) is None and len(target.strips) <= 2:
            moved = [stroke + np.array(by) * target.height for stroke in strokes]
            found[kind.refused(one.name, target, moved)] += 1
    assert found[None] == 0, found
    assert sum(found[each] for each in wanted) >= 0.5 * found.total(), found


def test_a_ring_that_holds_the_next_word_is_refused() -> None:
    for target, _, strokes in drawn("select.loop"):
        strip = target.strips[0]
        if len(target.strips) == 1 and strip.after is not None:
            ring = strokes[0].copy()
            left, right = ring[:, 0].min(), ring[:, 0].max()
            ring[:, 0] = left + (ring[:, 0] - left) * ((strip.after + 1.2 * strip.height - left) / (right - left))
            assert KINDS["select"].refused("loop", target, [ring]) == "the loop holds a neighbour"


def test_a_mark_on_half_of_its_words_is_refused() -> None:
    cases = (
        ("delete.scratch", "the scratch covers too little"),
        ("delete.strike", "the line leaves a word out"),
        ("underline.single", "the line leaves a word out"),
        ("select.rectangle", "the loop cuts a word"),
    )
    for name, reason in cases:
        kind, one = named(name)
        for target, _, strokes in drawn(name):
            box = target.strips[0].box
            if len(target.strips) > 1 or box.width < 2 * target.height:
                continue
            half = [(stroke - (box.left, 0.0)) * (0.5, 1.0) + (box.left, 0.0) for stroke in strokes]
            assert kind.refused(one.name, target, half) == reason


def test_two_strikes_are_no_cross() -> None:
    strikes = [(target, strokes) for target, _, strokes in drawn("delete.double_strike")]
    assert {KINDS["delete"].refused("cross_out", target, strokes) for target, strokes in strikes} == {
        "the cross is two strikes"
    }


# --- left-handers -----------------------------------------------------------------------------------------------------


def first_steps(name: str, left_handed: bool) -> Any:
    """(TIMES, 2): the way from each mark's first point to its last."""
    ends = [marked(name, number, left_handed)[1].strokes[0] for number in range(200)]
    return np.array([stroke[-1] - stroke[0] for stroke in ends])


@pytest.mark.parametrize("name", ["delete.strike", "underline.single", "underline.wavy", "delete.scratch"])
def test_left_handers_draw_half_of_the_level_lines_from_the_right(name: str) -> None:
    assert (first_steps(name, left_handed=False)[:, 0] > 0).all()
    assert 0.35 < (first_steps(name, left_handed=True)[:, 0] < 0).mean() < 0.65


def test_left_handers_draw_the_right_leg_of_a_caret_first() -> None:
    assert (first_steps("insert.caret", left_handed=False)[:, 0] > 0).all()
    assert (first_steps("insert.caret", left_handed=True)[:, 0] < 0).all()


def test_strikes_of_right_handers_rise_and_of_left_handers_fall() -> None:
    for left_handed in (False, True):
        ways = first_steps("delete.strike", left_handed)
        slopes = ways[:, 1] / ways[:, 0]
        assert (np.median(slopes) > 0) == left_handed


def turn(stroke: Points) -> float:
    """Twice the area that a loop goes around, positive clockwise on the screen."""
    x, y = stroke.T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())


def test_rings_go_round_against_the_clock_and_of_left_handers_with_it() -> None:
    for left_handed in (False, True):
        loops = [marked("instruct_image.ring", number, left_handed)[1].strokes[0] for number in range(200)]
        clockwise = np.mean([turn(loop) > 0 for loop in loops])
        assert 0.75 < (clockwise if left_handed else 1 - clockwise) < 0.91
        starts = np.array([loop[0] - (bounds(loop).left + bounds(loop).right) / 2 for loop in loops])
        assert ((starts[:, 0] < 0) == left_handed).mean() > 0.75


# --- classes and variants of others -----------------------------------------------------------------------------------


@pytest.fixture
def circled() -> Iterator[type[GestureKind]]:
    class LookUp(GestureKind):
        """A word to look up: a ring around it."""

        @variant(share=1.0)
        def ring(self, target: Target, pen: StrokeSketcher) -> Mark:
            return Mark([pen.ring(target.box, target.height)])

        def refusal(self, target: Target, strokes: Sequence[Points]) -> str | None:
            return "too wide" if bounds(strokes[0]).width > 2 * target.box.width + 100 else None

    yield LookUp
    del KINDS["look_up"]


def test_a_class_from_outside_is_known_by_its_name(circled: type[GestureKind]) -> None:
    kind = kind_named("look_up")
    assert isinstance(kind, circled) and list(kind.variants) == ["ring"]
    target = pages()[0].target("words", KEY.stream(0, "outside"))
    mark = kind.variants["ring"].draw(kind, target, StrokeSketcher(KEY.stream(0, "outside")))
    ink = bounds(mark.strokes[0])
    assert ink.left < target.box.left and ink.right > target.box.right
    assert kind.refused("ring", target, mark.strokes) is None
    assert kind.refused("ring", target, [stroke * 9 for stroke in mark.strokes]) == "too wide"


def test_a_variant_from_outside_joins_one_class_alone(circled: type[GestureKind]) -> None:
    @circled.variant(share=0.5, check=lambda target, strokes: "never right")
    def tick(kind: GestureKind, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark([pen.line((target.box.left, target.box.bottom), (target.box.right, target.box.top))])

    assert list(kind_named("look_up").variants) == ["ring", "tick"]
    assert "tick" not in GestureKind.variants and "tick" not in KINDS["select"].variants
    target = pages()[0].target("words", KEY.stream(0, "outside"))
    assert KINDS["look_up"].refused("tick", target, []) == "never right"


def test_an_unknown_class_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="underline"):
        kind_named("underlined")


def run_with(folder: Path, module: str, line: str, asked: str) -> subprocess.CompletedProcess[str]:
    """A fresh process in which a package of that module and entry point is installed."""
    about = folder / "lookup-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: lookup\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[synthink.gestures]\n{line}\n")
    (folder / "lookup.py").write_text(module)
    code = f"from synthink.gestures.kind import kind_named; print(type(kind_named({asked!r})).__doc__)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(Path.cwd())))}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.whole
def test_classes_of_installed_packages_are_found(tmp_path: Path) -> None:
    module = "from synthink.gestures.kind import GestureKind\nclass LookUp(GestureKind):\n    'Look it up.'\n"
    done = run_with(tmp_path, module, "look_up = lookup:LookUp", "look_up")
    assert done.stdout.strip() == "Look it up.", done.stderr


@pytest.mark.whole
def test_an_entry_point_that_is_no_class_is_refused_by_name(tmp_path: Path) -> None:
    done = run_with(tmp_path, "LookUp = 3\n", "look_up = lookup:LookUp", "select")
    assert done.returncode and "'look_up': 3 is not a subclass of GestureKind" in done.stderr


def test_a_highlighter_covers_little_beside_its_words() -> None:
    """Its round ends count: at half their height they reach 0.4 of its breadth beyond its points."""
    for number in range(TIMES):
        target, mark = marked("select.highlighter", number)
        for strip, stroke in zip(target.strips, mark.strokes, strict=True):
            left, right = stroke[:, 0].min() - 0.4 * mark.broad, stroke[:, 0].max() + 0.4 * mark.broad
            assert strip.before is None or left >= strip.before - 0.3 * strip.height
            assert strip.after is None or right <= strip.after + 0.3 * strip.height


@pytest.mark.parametrize(("kind", "target_kind"), [("point", "word"), ("insert", "words"), ("delete", "pair")])
def test_variants_of_a_class_mean_the_same_kind_of_place(kind: str, target_kind: Any) -> None:
    with pytest.raises(ConfigError, match=rf"{kind}\.odd\.target_kind.*another kind of place"):
        type(KINDS[kind]).variant(name="odd", target_kind=target_kind)(lambda kind, target, pen: Mark([]))
    assert "odd" not in KINDS[kind].variants
