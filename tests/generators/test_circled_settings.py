"""Settings of circled letters: what is accepted, what is refused, and how answers are scored."""

from __future__ import annotations

import math
import types
import typing
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthink import Box, ConfigError, DrawError, Fonts, RowDataset, Sample, SynthinkError, dataset
from synthink.draw.colours import NAMED_COLOURS, distance, parse_colour
from synthink.generators.circled_letters import CircledLetters
from synthink.settings import Between, Settings, field_types
from tests.generators.circled_rows import near, tight

pytestmark = pytest.mark.heavy


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
    "answers": st.lists(st.sampled_from(["{answer}", "It is {answer}.", "{oops}", "none"]), min_size=1, max_size=2),
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
@pytest.mark.slow
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
    letters = row["letter_boxes"] if generator.has_lists else [row["letter_box"]]
    marks = row["mark_boxes"] if generator.has_lists else [row["mark_box"]]
    for box in (*letters, *marks, *row["glyph_boxes"]):
        assert 0 <= box[0] < box[2] <= width
        assert 0 <= box[1] < box[3] <= height
    assert len(letters) == len(marks) <= generator.mark_count[1]
    if not generator.has_lists and not generator.has_sentences and row["task"] == "circled_letters":
        assert row["suffix"] == row["word"][row["letter_index"]]
    assert generator.score(Sample.from_row(row), row["suffix"])["correct"] == 1
    if generator.camera.is_off and len(marks) == 1:
        control = made.source.row(made.split, index, control=True)["image"].array()
        ink, mark = tight((pixels != control).any(axis=2)), Box(*marks[0])
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
    {"mark_count": (1, 3)},
    {"mark_count": 2, "unmarked": 0.5, "picture_px": 96},
    {"unmarked": 1.0},
    {"questions": {"letter": 0, "count": 1}, "mark_count": (1, 4), "words": {"source": "random", "length": [8, 12]}},
    {"questions": dict.fromkeys(("position", "word", "count", "box"), 1), "questions_per_picture": "all"},
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
    ({"mark_count": (0, 2)}, "mark_count"),
    ({"mark_count": (3, 9), "words": {"source": "random", "length": [3, 5]}}, "no word has room for so many rings"),
    ({"questions": {"letter": 0}}, "questions.letter"),
    ({"question_prompts": {"count": ["{number}?"]}}, "question_prompts.count[0]"),
    ({"question_answers": {"box": ["At {answer}"]}}, "question_answers.box"),
    ({"unmarked": 0.1, "unmarked_answer": "0"}, "unmarked_answer"),
    ({"unmarked": 1.5}, "unmarked"),
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
