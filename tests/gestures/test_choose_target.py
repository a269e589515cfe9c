"""What gestures are aimed at: whole words of one paragraph, gaps of a line, pictures, pairs; or a reason why not."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.documents.page.model import Page, make_page
from synthink.draw.geometry import GRID, Box
from synthink.errors import ConfigError
from synthink.gestures import choose_target as targets
from synthink.gestures.choose_target import sample_target
from synthink.gestures.page_candidates import TargetOptions
from synthink.gestures.target import Target
from synthink.streams import Stream
from tests.page_makers import blank, page_of_rows, random_page

KINDS = ("words", "word", "lines", "gap", "image", "part_of_image", "pair", "neighbours")
PAGES = [
    random_page(Stream((7, number)), columns=1 + number % 3, leading=1.0 + 0.2 * (number % 4)) for number in range(8)
]
pages = st.sampled_from(PAGES)
streams = st.builds(Stream, st.tuples(st.integers(0, 2**32), st.just(5)))


def target_on(page: Page, kind: str, stream: Stream, **options: object) -> Target:
    target = sample_target(page, kind, stream, options=TargetOptions(**options))
    assert isinstance(target, Target), target
    return target


def many(page: Page, kind: str, count: int = 400, **options: object) -> list[Target]:
    stream = Stream((3, 4))
    return [target_on(page, kind, stream, **options) for _ in range(count)]


def around(boxes: np.ndarray) -> Box:
    return Box(*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())


def on_page(box: Box, page: Page) -> bool:
    width, height = page.size_px
    return 0 <= box.left < box.right <= width and 0 <= box.top < box.bottom <= height


def shared(one: Box, other: Box) -> float:
    width = min(one.right, other.right) - max(one.left, other.left)
    return max(0.0, width) * max(0.0, min(one.bottom, other.bottom) - max(one.top, other.top))


@given(pages, streams, st.sampled_from(("words", "word", "lines")))
def test_words_are_consecutive_in_one_paragraph_and_strips_cut_them_into_lines(
    page: Page, stream: Stream, kind: str
) -> None:
    target = target_on(page, kind, stream)
    words = list(target.words)
    assert words == list(range(words[0], words[-1] + 1))
    assert len(set(page.word_paragraphs[words].tolist())) == 1
    assert target.box == around(page.word_boxes[words])
    assert target.column[0] <= target.box.left and target.box.right <= target.column[1]
    if kind == "lines":
        assert len(target.strips) <= 3
        lines = page.word_lines[words]
        assert np.isin(page.word_lines, lines).sum() == len(words)
    else:
        assert len(words) <= (1 if kind == "word" else 8 if len(target.strips) == 1 else targets.MOST_WORDS)
        lines = page.word_lines[words]
        ends = any(map(str.isalnum, page.words[words[0]])) and any(map(str.isalnum, page.words[words[-1]]))
        assert ends if len(target.strips) == 1 else np.isin(page.word_lines, lines).sum() == len(words), "whole lines"
    left = iter(words)
    for line, strip in zip(sorted(set(page.word_lines[words].tolist())), target.strips, strict=True):
        own = [word for word in words if page.word_lines[word] == line]
        assert own == [next(left) for _ in own]
        boxes, band = page.word_boxes[own], Box(*page.line_boxes[line])
        assert strip.box == Box(boxes[0, 0], band.top, boxes[-1, 2], band.bottom)
        assert (strip.line, strip.baseline) == (band, page.baselines[line])
        starts, stops = page.line_words
        assert strip.before == (None if own[0] == starts[line] else page.word_boxes[own[0] - 1, 2])
        assert strip.after == (None if own[-1] == stops[line] - 1 else page.word_boxes[own[-1] + 1, 0])
        assert strip.gaps == tuple(((boxes[:-1, 2] + boxes[1:, 0]) / 2).tolist())


@given(pages, streams)
def test_gaps_lie_between_neighbours_of_a_line(page: Page, stream: Stream) -> None:
    target = target_on(page, "gap", stream, edge_gaps=0.3)
    (strip,) = target.strips
    boxes, line = page.word_boxes, page.word_lines[target.words[0]]
    if len(target.words) == 2:
        one, other = target.words
        assert other == one + 1 and page.word_lines[other] == line
        assert (strip.before, strip.after) == (boxes[one, 2], boxes[other, 0])
        assert target.box.left <= strip.before and target.box.right >= strip.after
    else:
        (word,) = target.words
        starts, stops = page.line_words
        assert (strip.before is None) != (strip.after is None)
        if strip.before is None:
            assert word == starts[line] and target.box.right == strip.after == boxes[word, 0]
        else:
            assert word == stops[line] - 1 and target.box.left == strip.before == boxes[word, 2]
    assert strip.box == target.box and (target.box.top, target.box.bottom) == (strip.line.top, strip.line.bottom)
    assert 0.3 * strip.height <= target.box.width <= 2 * strip.height
    assert on_page(target.box, page) and all((value * GRID).is_integer() for value in target.box)


@given(pages, streams)
def test_pairs_are_near_each_other_and_the_upper_comes_first(page: Page, stream: Stream) -> None:
    target = target_on(page, "pair", stream)
    assert target.ends is not None
    upper, lower = target.ends
    (x, y), (other_x, other_y) = upper.centre, lower.centre
    assert (y, x) < (other_y, other_x)
    assert abs(x - other_x) <= 0.1 * page.size_px[0] and other_y - y <= 0.1 * page.size_px[1]
    one, other = target.words
    assert page.words[one] != page.words[other]
    assert [list(end) for end in target.ends] == page.word_boxes[[one, other]].tolist()
    assert [strip.box.left for strip in target.strips] == [upper.left, lower.left]
    assert target.box == around(np.array(target.ends))


@given(pages, streams)
def test_neighbours_stand_side_by_side(page: Page, stream: Stream) -> None:
    target = target_on(page, "neighbours", stream)
    one, other = sorted(target.words)
    assert other == one + 1 and page.word_lines[one] == page.word_lines[other]
    assert target.ends is not None and target.ends[0].centre[1] <= target.ends[1].centre[1]
    (strip,) = target.strips
    assert strip.gaps == ((page.word_boxes[one, 2] + page.word_boxes[other, 0]) / 2,)


@given(streams)
def test_crops_keep_much_of_a_picture(stream: Stream) -> None:
    page = make_page("p", blank(500, 400), [], [], [], [], image_boxes=[(10, 20, 250, 170), (300, 100, 480, 399)])
    whole, part = target_on(page, "image", stream), target_on(page, "part_of_image", stream)
    for target in (whole, part):
        assert target.image is not None and target.image_box is not None
        assert list(target.image_box) == page.image_boxes[target.image].tolist()
    assert whole.box == whole.image_box
    assert part.image_box is not None
    both = shared(part.box, part.image_box)
    areas = part.box.width * part.box.height, part.image_box.width * part.image_box.height
    assert 0.15 <= both / (sum(areas) - both) <= 0.9
    assert both >= 0.8 * areas[0] and on_page(part.box, page)
    assert all((value * GRID).is_integer() for value in part.box)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_stream_chooses_the_same_on_an_equal_page(kind: str) -> None:
    chosen = []
    for _ in range(2):
        page, stream = random_page(Stream((9, 9)), columns=2, images=2), Stream((1, 2))
        chosen.append([sample_target(page, kind, stream) for _ in range(20)])
    assert chosen[0] == chosen[1] and len(set(map(str, chosen[0]))) > 1


@pytest.mark.parametrize(
    ("page", "reasons"),
    [
        (make_page("empty", blank(100, 100), [], [], [], []), dict.fromkeys(KINDS, True)),
        (page_of_rows([["."], ["–"]]), dict.fromkeys(KINDS, True)),
        (
            page_of_rows([["one"]]),
            {"gap": False, "image": True, "part_of_image": True, "pair": True, "neighbours": True},
        ),
        (page_of_rows([["had", "had"]]), {"pair": True, "neighbours": True, "gap": False, "image": True}),
        (page_of_rows([["tiny", "type"]], type_px=5), dict.fromkeys(KINDS, True)),
        (page_of_rows([["one", "two"], ["three", "four"]], pitch=12), dict.fromkeys(KINDS, True)),
        (page_of_rows([["one", "two"], ["three", "four"]], pitch=13.5), {"words": False, "pair": False}),
    ],
)
def test_pages_without_such_a_target_say_so(page: Page, reasons: dict[str, bool]) -> None:
    known = {value for name, value in vars(targets).items() if name.startswith("NO_")}
    for kind, refused in reasons.items():
        # Of a lone word's gaps only those at the ends of its line are there, which a sign or the page's edge may take.
        found = sample_target(page, kind, Stream((1, 1)))
        assert isinstance(found, str) == refused and (not refused or found in known), (kind, found)


def test_pictures_that_are_specks_or_the_page_itself_are_left_alone() -> None:
    page = make_page("p", blank(400, 300), [], [], [], [], image_boxes=[(0, 0, 400, 300), (5, 5, 25, 200)])
    assert sample_target(page, "image", Stream((1, 1))) == targets.NO_IMAGE
    assert target_on(page, "image", Stream((1, 1)), min_image_px=20).image == 1


def test_words_far_apart_are_no_pair() -> None:
    def page(x: float, y: float) -> Page:
        return make_page("p", blank(500, 1000), ["a", "b"], [(9, 9, 29, 29), (x, y, x + 20, y + 20)], [0, 1], [0, 1])

    assert isinstance(sample_target(page(59, 109), "pair", Stream((1, 1))), Target)
    for x, y in ((59 + 1 / 64, 109), (59, 109 + 1 / 64)):
        assert sample_target(page(x, y), "pair", Stream((1, 1))) == targets.NO_PAIR


def test_signs_at_the_ends_of_a_run_are_left_out() -> None:
    page = page_of_rows([["–", "word", "–", "(", "next", "."], ["–", "more", "…"]])
    for target in many(page, "words", over_lines=0.0):
        assert {target.words[0], target.words[-1]} <= {1, 4, 7}
    assert {target.words for target in many(page, "word")} == {(1,), (4,), (7,)}


@pytest.mark.parametrize("next_column", [(220, 50), (220, 260), (20, 50)], ids=["up right", "down right", "up"])
def test_text_that_goes_on_elsewhere_is_never_one_target(next_column: tuple[int, int]) -> None:
    words = [f"w{number}" for number in range(8)]
    places = [(x, y) for left, top in ((20, 200), next_column) for y in (top, top + 30) for x in (left, left + 40)]
    boxes = [(x, y, x + 30, y + 20) for x, y in places]
    page = make_page("p", blank(400, 400), words, boxes, [0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 0, 0])
    for kind in ("words", "lines"):
        found = Counter(
            tuple(sorted({word // 4 for word in target.words})) for target in many(page, kind, over_lines=0.9)
        )
        assert set(found) == {(0,), (1,)}


def test_marks_run_over_three_lines_at_most() -> None:
    page = page_of_rows([["one"], ["two"], ["three"], ["four"], ["five"], ["six"], ["seven"], ["eight"]])
    assert Counter(len(target.strips) for target in many(page, "words", over_lines=1)).keys() == {2, 3}


def test_words_are_inserted_neither_inside_a_word_nor_between_columns() -> None:
    boxes = [(20, 20, 50, 40), (50, 20, 60, 40), (68, 20, 98, 40), (139, 20, 160, 40), (165, 20, 190, 40)]
    page = make_page("p", blank(300, 100), ["Mr", "A", "Bee", "12", "13"], boxes, [0] * 5, [0])
    assert {target.words for target in many(page, "gap", edge_gaps=0)} == {(1, 2), (3, 4)}


def test_pairs_stand_apart_where_they_can() -> None:
    chosen = many(page_of_rows([["a", "b", "c"]]), "pair")
    # The middle one, a third of the first choices, has neighbours only.
    assert 0.25 < sum(abs(target.words[0] - target.words[1]) == 1 for target in chosen) / len(chosen) < 0.42


def test_words_written_upwards_and_words_on_others_are_left_alone() -> None:
    boxes = [(20, 20, 40, 200), (100, 20, 140, 40), (200, 20, 240, 40), (202, 22, 242, 42)]
    page = make_page("p", blank(300, 300), ["upwards", "plain", "shadow", "shadow"], boxes, [0, 1, 2, 3], [0, 1, 2, 3])
    assert {target.words for target in many(page, "words", 100)} == {(1,)}


def test_columns_end_where_other_text_stands_beside() -> None:
    def line(left: float, top: float, right: float) -> tuple[float, float, float, float]:
        return left, top, right, top + 20

    boxes = [line(50, 20, 550), line(50, 60, 280), line(50, 100, 120), line(320, 60, 550), line(320, 100, 400)]
    page = make_page("p", blank(600, 300), list("abcde"), boxes, range(5), range(5))
    found = {target.words[0]: target.column for target in many(page, "word")}
    assert found == {0: (50, 550), 1: (50, 280), 2: (50, 280), 3: (320, 550), 4: (320, 550)}


def test_marks_are_as_long_as_people_make_them() -> None:
    page = random_page(Stream((5, 5)), columns=2, images=0, least_words=40)
    chosen = many(page, "words", 4000, over_lines=0.0)
    counts = Counter(len(target.words) for target in chosen)
    assert set(counts) == set(range(1, 9)) and counts[1] > counts[2] > counts[3] > counts[8]
    assert 0.65 < sum(counts[number] for number in (1, 2, 3)) / len(chosen) < 0.85
    lines = Counter(len(target.strips) for target in many(page, "words", 4000))
    assert 0 < 1 - lines[1] / 4000 < 0.16 and max(lines) <= 3
    edges = sum(len(target.words) == 1 for target in many(page, "gap", 2000)) / 2000
    assert 0.02 < edges < 0.1


def test_every_word_has_nearly_the_same_chance() -> None:
    page = page_of_rows([["one"], ["two", "three", "four", "five", "six"], ["seven", "eight", "nine", "ten"]])
    found = Counter(target.words[0] for target in many(page, "word", 3000))
    assert len(found) == 10 and min(found.values()) > 200 and max(found.values()) < 400


def test_settings_of_the_reach_count_for_the_same_page_too() -> None:
    page = page_of_rows([["one", "two", "three"], ["four", "five", "six"]])
    assert {len(target.strips) for target in many(page, "words", over_lines=0)} == {1}
    assert {len(target.strips) for target in many(page, "words", over_lines=1)} == {2}
    assert {len(target.words) for target in many(page, "words", word_counts=(0, 1), over_lines=0)} == {2}
    assert sample_target(page, "words", Stream((1, 1)), options=TargetOptions(min_height_px=21)) == targets.NO_WORD
    assert isinstance(sample_target(page, "words", Stream((1, 1))), Target)


def test_wrong_settings_and_kinds_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="word_counts"):
        TargetOptions(word_counts=(0, 0))
    with pytest.raises(ConfigError, match="neighbours"):
        sample_target(PAGES[0], "neighbour", Stream((1, 1)))


def test_of_two_words_in_a_line_the_left_one_comes_first_whatever_their_heights() -> None:
    """The box of a word with a descender reaches lower."""
    boxes = [(40.0, 40.0, 100.0, 62.0), (106.0, 40.0, 140.0, 58.0), (40.0, 80.0, 100.0, 102.0)]
    page = make_page("two", blank(400, 300), ["opposite", "the", "below"], boxes, [0, 0, 1], [0, 0])
    assert {target.words for target in many(page, "pair", 60, pair_within=1.0)} == {(0, 1), (0, 2), (1, 2)}
    assert {target.words for target in many(page, "neighbours", 20)} == {(0, 1)}
