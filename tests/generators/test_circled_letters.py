"""circled_letters: boxes against ink, labels against pictures, and every configuration that its fields allow."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest

from synthink import Box, ConfigError, RowDataset, dataset
from synthink.draw.colours import colour_name, distance, parse_colour
from synthink.draw.picture import IndexedPicture
from synthink.generators.circled_letters import CircledLetters
from tests.generators.circled_rows import near, tight

pytestmark = pytest.mark.heavy


@cache
def rows(count: int = 24, **fields: Any) -> tuple[RowDataset, list[dict[str, Any]]]:
    made = dataset("circled_letters", size=count, seed=3, **{name: thawed(value) for name, value in fields.items()})
    return made, [made.source.row("train", index) for index in range(count)]


def thawed(value: Any) -> Any:
    return dict(value) if isinstance(value, frozenset) else value


LAYOUTS: dict[str, dict[str, Any]] = {
    "default": {},
    "small": {"picture_px": 64, "words": frozenset({"length": (3, 4)}.items())},
    "turned": {"picture_px": 256, "rotation_deg": (-180, 180)},
    "wide": {"picture_px": (640, 120), "letter_spacing_em": (0.3, 0.6)},
    "thick": {"mark_line_width_px": (9.0, 14.0), "text_size_px": (40.0, 60.0)},
    "solid": {"mark_opacity": (1.0, 1.0), "mark_scale": (1.8, 2.2), "letter_spacing_em": (0.5, 0.8)},
}


every_layout = pytest.mark.parametrize("layout", LAYOUTS)


@every_layout
def test_the_mark_box_is_around_the_ink_of_the_mark(layout: str) -> None:
    """The mark's ink is where row and control differ. Where the box ends less than a tenth of a pixel inside the next
    pixel, that pixel's share of ink is too faint for any of the 256 levels."""
    made, drawn = rows(**LAYOUTS[layout])
    for index, row in enumerate(drawn):
        control = made.source.row("train", index, control=True)["image"].array()
        ink = tight((row["image"].array() != control).any(axis=2))
        assert near(ink, row["mark_box"], 1.0), f"row {index}: {row['mark_box']}, ink {ink}"


@every_layout
def test_glyph_boxes_are_around_the_ink_of_the_letters(layout: str) -> None:
    """Boxes are those of curves cut into straight pieces, which leaves out up to 0.003 em."""
    made, drawn = rows(**LAYOUTS[layout])
    alone = 0
    for index, row in enumerate(drawn):
        control = made.source.row("train", index, control=True)["image"].array()
        ink = (control != parse_colour(row["paper_colour"])).any(axis=2)
        slack = 1.0 + 0.003 * row["text_size_px"]
        boxes = [Box(*box) for box in row["glyph_boxes"]]
        whole = Box(*(function(box[side] for box in boxes) for side, function in enumerate((min, min, max, max))))
        assert near(tight(ink), whole, slack), f"row {index}: word at {whole}, ink at {tight(ink)}"
        for i, box in enumerate(boxes):
            window = grown(box, 1)
            if any(overlap(window, grown(other, 1)) for j, other in enumerate(boxes) if j != i):
                continue
            alone += 1
            x, y = max(0, math.floor(window.left)), max(0, math.floor(window.top))
            found = tight(ink[y : math.ceil(window.bottom), x : math.ceil(window.right)])
            moved = Box(found.left + x, found.top + y, found.right + x, found.bottom + y)
            assert near(moved, box, slack), f"row {index} letter {i} {row['word'][i]!r}: {box}, ink {moved}"
    assert alone >= 3, "too few letters stood alone for the test to mean anything"


def grown(box: Box, by: float) -> Box:
    return Box(box.left - by, box.top - by, box.right + by, box.bottom + by)


def overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


@pytest.mark.parametrize("distractors", [(), ("underline",), ("underline", "strike", "circle")], ids=str)
def test_the_control_differs_in_the_mark_alone(distractors: tuple[str, ...]) -> None:
    """With one distractor the control has two layers and could have a palette where its row has none."""
    made, drawn = rows(20, picture_px=160, distractors=distractors, distractor_chance=1.0)
    for index, row in enumerate(drawn):
        control = made.source.row("train", index, control=True)
        assert type(control["image"]) is type(row["image"])
        left, top, right, bottom = row["mark_box"]
        difference = (row["image"].array() != control["image"].array()).any(axis=2)
        difference[math.floor(top) : math.ceil(bottom), math.floor(left) : math.ceil(right)] = False
        assert not difference.any()


@every_layout
def test_labels_say_what_was_drawn(layout: str) -> None:
    for row in rows(**LAYOUTS[layout])[1]:
        assert row["suffix"] == row["word"][row["letter_index"]]
        assert row["letter_box"] == row["glyph_boxes"][row["letter_index"]]
        assert row["letter_quad"] == row["glyph_quads"][row["letter_index"]]
        assert len(row["glyph_boxes"]) == len(row["glyph_quads"]) == len(row["word"])
        assert row["prefix"] in (
            "Which letter is being circled?",
            f"Which character is being highlighted with {article(row['mark_colour'])} {row['mark_colour']} oval?",
        )


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


@every_layout
def test_the_ring_names_its_letter_beyond_doubt(layout: str) -> None:
    """No other letter's middle is nearer to the mark's, and none lies inside it as much as the letter does."""
    for row in rows(**LAYOUTS[layout])[1]:
        mark = Box(*row["mark_box"])
        middles = [math.dist(mark.centre, Box(*box).centre) for box in row["glyph_boxes"]]
        assert middles.index(min(middles)) == row["letter_index"]
        held = [common(mark, Box(*box)) for box in row["glyph_boxes"]]
        assert held[row["letter_index"]] > 0.85
        assert held[row["letter_index"]] == max(held)


def common(mark: Box, box: Box) -> float:
    width = max(0.0, min(mark.right, box.right) - max(mark.left, box.left))
    height = max(0.0, min(mark.bottom, box.bottom) - max(mark.top, box.top))
    return width * height / (box.width * box.height)


def test_ranges_and_choices_are_kept_and_used() -> None:
    drawn = rows(
        60, mark_colours=("red", "#0000ff"), text_size_px=(20, 30), rotation_deg=(5, 9), mark_scale=(1.6, 1.7)
    )[1]
    assert {row["mark_colour"] for row in drawn} == {"red", "#0000ff"}
    assert {row["mark_shape"] for row in drawn} == {"ellipse", "superellipse", "loop"}
    assert all(5 <= row["rotation_deg"] < 9 and 1.6 <= row["mark_scale"] < 1.7 for row in drawn)
    assert all(row["text_size_px"] < 30 for row in drawn)
    assert max(row["rotation_deg"] for row in drawn) - min(row["rotation_deg"] for row in drawn) > 3
    prompts = {row["prefix"] for row in drawn if row["mark_colour"] == "#0000ff"}
    assert prompts == {"Which letter is being circled?", "Which character is being highlighted with a blue oval?"}


def test_a_ring_is_as_large_as_its_scale() -> None:
    fields = {"mark_shapes": ("ellipse",), "mark_scale": (1.4, 1.4), "mark_slimness": 0.0, "mark_offset": (0.0, 0.0)}
    for row in rows(**fields, rotation_deg=(0.0, 0.0), letter_spacing_em=(0.4, 0.4))[1]:
        letter, mark, pen = Box(*row["letter_box"]), Box(*row["mark_box"]), row["mark_line_width_px"]
        # The ellipse itself is turned by up to 8 degrees, so that its box may be a little larger.
        assert letter.height * 1.4 * 0.97 + pen * 0.9 <= mark.height <= letter.height * 1.4 * 1.06 + pen + 1
        assert mark.centre == pytest.approx(letter.centre, abs=1)


def test_letters_that_look_alike_are_left_out_or_marked() -> None:
    words = frozenset({"source": ("Illicit", "lIlOoI", "Ill", "Iliad"), "share_across_splits": True}.items())
    fields = {"words": words, "fonts": ONE}
    excluded = rows(40, **fields)[1]
    assert {row["look_alikes"] for row in excluded} == {""}
    marked = rows(40, **fields, look_alikes="mark")[1]
    twins = {(row["suffix"], row["look_alikes"]) for row in marked if row["look_alikes"]}
    assert twins, "none of the rows circled a letter that looks like another"
    assert all(letter not in others for letter, others in twins)
    assert not twins & {(row["suffix"], row["look_alikes"]) for row in excluded}


ONE = frozenset({"families": ("DejaVu Sans",), "share_across_splits": True}.items())


@pytest.mark.parametrize("seed", range(3))
def test_where_there_is_a_second_circle_the_prompt_names_the_first_ones_colour(seed: int) -> None:
    made = dataset("circled_letters", size=40, seed=seed, picture_px=160, distractors=["circle"], distractor_chance=0.7)
    seen = 0
    for index in range(40):
        row = made.source.row("train", index)
        if row["distractors"]:
            seen += 1
            other = row["distractors"][0].split()[0]
            assert colour_name(other) != colour_name(row["mark_colour"])
            assert colour_name(row["mark_colour"]) in row["prefix"]
            assert colour_name(other) not in row["prefix"].split()
    assert seen > 10


def test_colours_of_one_name_are_no_second_colour() -> None:
    with pytest.raises(ConfigError, match="mark_colours"):
        CircledLetters(distractors=("circle",), mark_colours=("red", "#fe0000"))
    made = dataset(
        "circled_letters", size=20, distractors=["circle"], mark_colours=["red", "#fe0000", "blue"], picture_px=96
    )
    for row in made:
        for other in row["distractors"]:
            assert colour_name(other.split()[0]) != colour_name(row["mark_colour"])


def test_ink_can_be_seen() -> None:
    """Colours that would vanish are never drawn together: black and dark grey text never on black paper."""
    made = dataset(
        "circled_letters", size=60, text_colours=["black", "white"], paper_colours=["white", "black"], picture_px=96
    )
    seen = {(row["text_colour"], row["paper_colour"]) for row in made}
    assert seen == {("black", "white"), ("white", "black")}
    for row in made:
        assert distance(parse_colour(row["mark_colour"]), parse_colour(row["paper_colour"])) >= 60


def test_default_rows_have_a_palette_and_a_lossless_file() -> None:
    for row in rows(10)[1]:
        assert isinstance(row["image"], IndexedPicture)
        assert row["image"].encode()[1] == "png"


def test_a_thousand_rows_are_varied() -> None:
    made = dataset("circled_letters", size=1000, seed=0)
    annotations = [made.source.draw("train", index).annotations for index in range(300)]
    assert len({each["font"] for each in annotations}) >= 25
    assert len({round(each["text_size_px"]) for each in annotations}) >= 40
    assert len({each["word"] for each in annotations}) >= 280
    assert len({each["mark_colour"] for each in annotations}) == 6
