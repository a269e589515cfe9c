"""circled_letters: boxes against ink, labels against pictures, and every configuration that its fields allow."""

from __future__ import annotations

import math
import types
import typing
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthink import Box, ConfigError, DrawError, Fonts, RowDataset, Sample, SynthinkError, dataset
from synthink.draw.colours import NAMED_COLOURS, colour_name, distance, parse_colour
from synthink.draw.picture import IndexedPicture
from synthink.generators.circled_letters import CircledLetters
from synthink.settings import Between, Settings, field_types

pytestmark = pytest.mark.heavy

Mask = npt.NDArray[np.bool_]


@cache
def rows(count: int = 24, **fields: Any) -> tuple[RowDataset, list[dict[str, Any]]]:
    made = dataset("circled_letters", size=count, seed=3, **{name: thawed(value) for name, value in fields.items()})
    return made, [made.source.row("train", index) for index in range(count)]


def thawed(value: Any) -> Any:
    return dict(value) if isinstance(value, frozenset) else value


def tight(mask: Mask) -> Box:
    down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Box(float(across[0]), float(down[0]), float(across[-1] + 1), float(down[-1] + 1))


def near(one: Box, other: Box, by: float) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


LAYOUTS: dict[str, dict[str, Any]] = {
    "default": {},
    "small": {"picture_px": 64, "words": frozenset({"length": (3, 4)}.items())},
    "turned": {"picture_px": 256, "rotation_deg": (-180, 180)},
    "wide": {"picture_px": (640, 120), "letter_spacing_em": (0.3, 0.6)},
    "thick": {"mark_line_width_px": (9.0, 14.0), "text_size_px": (40.0, 60.0)},
    "solid": {"mark_opacity": (1.0, 1.0), "mark_scale": (1.8, 2.2), "letter_spacing_em": (0.5, 0.8)},
}
every_layout = pytest.mark.parametrize("layout", LAYOUTS)


# --- ink --------------------------------------------------------------------------------------------------------------


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
    assert alone >= 5, "too few letters stood alone for the test to mean anything"


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


# --- labels -----------------------------------------------------------------------------------------------------------


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


# --- all fields -------------------------------------------------------------------------------------------------------

FAMILIES = tuple(Fonts().open().groups())
COLOURS = st.sampled_from([*NAMED_COLOURS, "#000000", "#fFfFfF", "#7f7f7f"])
WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzäÉß09", min_size=1, max_size=12)
SIDES = st.sampled_from([16, 17, 32, 48, 64, 100, 224, 448])

# What the annotation alone does not say: which texts mean something. One in ten is anything at all.
TEXTS: dict[str, st.SearchStrategy[Any]] = {
    "text_colours": st.lists(COLOURS, min_size=1, max_size=3),
    "paper_colours": st.lists(COLOURS, min_size=1, max_size=3),
    "mark_colours": st.lists(COLOURS, min_size=1, max_size=3),
    "prompts": st.lists(
        st.sampled_from(["Which letter?", "Which is {colour}?", "{oops}", " "]), min_size=1, max_size=2
    ),
    "fonts.source": st.sampled_from(["packaged", "packagd", "/no/such/folder"]),
    "fonts.families": st.lists(st.sampled_from([*FAMILIES, "Comic Sans"]), max_size=3),
    "words.source": st.sampled_from(["builtin", "builtin", "random", "/no/such/file"]) | st.lists(WORDS, max_size=30),
    "words.alphabet": st.sampled_from(["abc", "abcdefghijklmnopqrstuvwxyz", "ABCXYZabcxyzäß", "", "a b"]),
    "camera.background": st.sampled_from(["paper", "desk", "white", "#123456", "table"]),
    "picture_px": SIDES | st.tuples(SIDES, SIDES),
}


def values(hint: Any, path: str) -> st.SearchStrategy[Any]:
    """Values of a field, made from its annotation."""
    if path in TEXTS:
        return TEXTS[path]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        limit = next((limit for limit in arguments[1:] if isinstance(limit, Between)), None)
        return values(arguments[0], path) if limit is None else bounded(arguments[0], limit)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(st.none() if kind is type(None) else values(kind, path) for kind in arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values(arguments[0], path), max_size=3)
    if isinstance(hint, type) and issubclass(hint, Settings):
        return configurations(hint, path)
    if hint is bool:
        return st.booleans()
    assert hint is str, f"{path}: no strategy for {hint}"
    return st.text(max_size=5)


def bounded(hint: Any, limit: Between) -> st.SearchStrategy[Any]:
    """Numbers and ranges within bounds, half of them near an end."""
    whole = hint is int or int in typing.get_args(hint)
    low, high = limit.low, min(limit.high, 60.0 if limit.high > 1000 else limit.high)
    number: st.SearchStrategy[Any] = st.integers(int(low), int(high)) if whole else st.floats(low, high)
    number = number | st.sampled_from([int(low), int(high)] if whole else [low, high, (low + high) / 2])
    if typing.get_origin(hint) is tuple:
        return st.tuples(number, number).map(sorted)
    return number


def configurations(cls: type[Settings], path: str = "") -> st.SearchStrategy[dict[str, Any]]:
    optional = {name: values(hint, f"{path}.{name}".lstrip(".")) for name, hint in field_types(cls).items()}
    names = sorted(optional)
    few = st.sets(st.sampled_from(names), max_size=4)
    return few.flatmap(lambda chosen: st.fixed_dictionaries({name: optional[name] for name in sorted(chosen)}))


def test_every_field_has_a_strategy() -> None:
    for name, hint in field_types(CircledLetters).items():
        values(hint, name).validate()


@settings(max_examples=settings.default.max_examples // 2)
@given(configurations(CircledLetters), st.sampled_from(["train", "test"]), st.integers(0, 2**32))
def test_an_accepted_configuration_draws_valid_rows_and_any_other_is_refused(
    fields: dict[str, Any], split: str, seed: int
) -> None:
    made = accepted(fields, split, seed)
    if made is None:
        return
    for index in range(1, 5):
        check_row(made, index)


def accepted(fields: dict[str, Any], split: str = "train", seed: int = 0) -> RowDataset | None:
    """The dataset, when its fields and its first row are; a refusal is one line by one of the errors for users."""
    try:
        made = dataset("circled_letters", size=10, split=split, seed=seed, **fields)
        check_row(made, 0)
    except SynthinkError as error:
        assert "\n" not in str(error)
        assert 10 < len(str(error)) < 400
        return None
    return made


def check_row(made: RowDataset, index: int) -> None:
    row = made.source.row(made.split, index)
    generator = made.generator
    assert isinstance(generator, CircledLetters)
    width, height = row["image"].size_px
    assert (width, height) == generator.size_px
    pixels = row["image"].array()
    assert pixels.shape == (height, width, 3)
    assert pixels.std() > 0
    for box in (row["letter_box"], row["mark_box"], *row["glyph_boxes"]):
        assert 0 <= box[0] < box[2] <= width
        assert 0 <= box[1] < box[3] <= height
    assert row["suffix"] == row["word"][row["letter_index"]]
    assert generator.score(Sample.from_row(row), row["suffix"])["correct"] == 1
    if generator.camera.is_off:
        control = made.source.row(made.split, index, control=True)["image"].array()
        ink, mark = tight((pixels != control).any(axis=2)), Box(*row["mark_box"])
        assert (
            mark.left - 1 < ink.left
            and mark.top - 1 < ink.top
            and ink.right < mark.right + 1
            and ink.bottom < mark.bottom + 1
        )
        if distance(parse_colour(row["mark_colour"]), parse_colour(row["text_colour"])) > 60:  # seen on the text, too
            assert near(ink, mark, 1.5)


WANTED: list[dict[str, Any]] = [
    *({"picture_px": side} for side in (48, 64, 96, 224, 336, 512, 896, (1280, 720), (448, 64), (100, 900))),
    {"mark_scale": (1, 1)},
    {"mark_scale": (2, 2)},
    {"mark_scale": (1.4, 1.4), "mark_offset": (0, 0), "mark_slimness": 0},
    {"text_size_px": (12, 12)},
    {"text_size_px": (12, 12), "picture_px": 224},
    {"text_size_px": (200, 200)},
    {"rotation_deg": (-180, 180)},
    {"rotation_deg": (90, 90)},
    {"letter_spacing_em": (0, 0)},
    {"letter_spacing_em": (1, 2)},
    {"letter_spacing_em": (-0.05, 0)},
    {"position": (0.5, 0.5)},
    *({"distractors": [kind], "distractor_chance": 1} for kind in ("underline", "strike", "circle")),
    {"distractors": ["circle", "circle", "underline"], "distractor_chance": 1},
    {"mark_opacity": (0.3, 0.3)},
    {"mark_colours": ["black"], "text_colours": ["black"], "paper_colours": ["white"]},
    {"text_colours": ["white"], "paper_colours": ["black"]},
    {"text_colours": ["yellow"], "paper_colours": ["white"]},
    {"mark_colours": ["yellow"], "paper_colours": ["white"]},
    {"mark_line_width_px": (1, 1)},
    {"mark_line_width_px": (12, 12)},
    *({"mark_shapes": [shape]} for shape in ("ellipse", "superellipse", "loop")),
    {"prompts": ["Which letter?"]},
    {"prompts": ["What is inside the {colour} ring?"]},
    {"words": ["a", "b", "c", "d", "e", "f", "g", "h", "o", "x"]},
    {"words": {"source": "random", "length": [1, 1]}},
    {"words": {"source": "random", "length": [20, 20]}, "picture_px": 224},
    {"words": {"source": "random", "length": [20, 20], "case": "mixed"}},
    {"words": {"source": "random", "alphabet": "ABCDEFGHIJ", "length": [3, 3]}, "picture_px": 48},
    {
        "words": {
            "source": ["Acknowledgement", "Subdermatoglyphic", "tHyUiKaRbNqWeOpXcZvM"],
            "share_across_splits": True,
        }
    },
    {"words": {"case": "upper"}},
    {
        "words": {
            "source": ["naïve", "Äpfel", "straße", "frère", "año", "çava"],
            "alphabet": "aäÄbcçdeèfghiïjklmnñopqrsßtuüvwxyz",
        }
    },
    {"words": {"source": ["2024", "1999", "3141", "2718", "1618", "0577"], "alphabet": "0123456789"}},
    {"fonts": {"families": ["DejaVu Sans"], "share_across_splits": True}},
    {"fonts": {"bold": True, "share_across_splits": True}},
    {"fonts": {"italic": True, "share_across_splits": True}},
    {"fonts": {"bold": False, "italic": False}},
    {"camera": "scan"},
    {"camera": "photo"},
    {"camera": {"preset": "photo", "tilt_deg": [0, 0]}, "picture_px": 64},
    {"camera": {"jpeg_quality": [30, 30]}},
    {"look_alikes": "mark"},
]


@pytest.mark.parametrize("fields", WANTED, ids=str)
def test_what_a_user_could_well_want_is_accepted(fields: dict[str, Any]) -> None:
    assets = {"words", "fonts"} & set(fields)
    for split in ("train", "test") if assets else ("train",):
        made = dataset("circled_letters", size=12, split=split, **(fields if assets else {"words": "random", **fields}))
        for index in range(5):
            check_row(made, index)


def test_one_family_is_enough_for_one_split() -> None:
    made = dataset("circled_letters", size=5, split="test", shares={"test": 1}, fonts={"families": ["DejaVu Sans"]})
    assert {row["font_family"] for row in made} == {"DejaVu Sans"}


def test_the_trainers_tiny_pictures_are_fine() -> None:
    """48 px, three of the letters A to J, one face: what the smallest check model learns from."""
    fields = {
        "picture_px": 48,
        "words": {"source": "random", "alphabet": "ABCDEFGHIJ", "length": [3, 3]},
        "fonts": {"families": ["DejaVu Sans"], "bold": False, "italic": False, "share_across_splits": True},
    }
    for split in ("train", "validation", "test"):
        made = dataset("circled_letters", size=200, split=split, **fields)
        drawn = [made.source.row(split, index) for index in range(100)]
        assert {row["suffix"] for row in drawn} == set("ABCDEFGHJ"), "I looks like l in this face"
        assert {row["letter_index"] for row in drawn} == {0, 1, 2}
        assert min(Box(*row["letter_box"]).height for row in drawn) >= 4
        check_row(made, 7)


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"picture_px": 15}, "picture_px"),
    ({"picture_px": (0, 64)}, "picture_px"),
    ({"mark_shapes": []}, "mark_shapes"),
    ({"text_colours": []}, "text_colours"),
    ({"prompts": ["{color}?"]}, "prompts[0]"),
    ({"prompts": [""]}, "prompts[0]"),
    ({"mark_colours": ["white"], "paper_colours": ["white"]}, "paper_colours"),
    ({"text_colours": ["white"], "paper_colours": ["white"]}, "paper_colours"),
    ({"distractors": ["circle"], "mark_colours": ["red"]}, "mark_colours"),
    ({"fonts": {"families": ["DejaVu Sanz"]}}, "DejaVu Sans"),
    ({"words": {"source": ["中文", "好", "字", "书", "人", "大"], "alphabet": "中文好字书人大"}}, "words"),
    ({"words": {"source": "random", "length": [10_000, 10_000]}}, "words.length"),
    ({"words": {"source": "random", "length": [60, 60]}, "picture_px": 64}, "picture_px=64"),
]


@pytest.mark.parametrize(("fields", "named"), IMPOSSIBLE, ids=str)
def test_what_cannot_be_drawn_is_refused_by_name(fields: dict[str, Any], named: str) -> None:
    with pytest.raises((ConfigError, DrawError)) as caught:
        dataset("circled_letters", size=1, **fields)[0]
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_last_bit_of_sine_and_cosine_reaches_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mathematical libraries differ in the last bit; a row must not."""
    fields = {"rotation_deg": [-90, 90], "picture_px": 200}

    def columns() -> list[dict[str, Any]]:
        source = dataset("circled_letters", size=200, **fields).source
        return [{**row, "image": row["image"].checksum()} for row in (source.row("train", i) for i in range(200))]

    usual = columns()
    for name in ("sin", "cos"):
        exact = getattr(math, name)
        monkeypatch.setattr(math, name, lambda angle, exact=exact: math.nextafter(exact(angle), math.inf))
    assert columns() == usual
