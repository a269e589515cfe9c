"""Every function of the public toolkit, with arguments that are none: one line in our words, or a result."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import synthink.documents
import synthink.draw
import synthink.ink
import synthink.labels
from synthink import Box, ConfigError, Fonts, Ink, SynthinkError
from synthink.documents import Documents, Gesture, Raster, Square
from synthink.draw import Layer, Placement, Scene, layout_line
from synthink.ink import Writer, operations
from synthink.labels import Label
from synthink.streams import StreamKey

FACE = next(face for face in Fonts().open().faces if face.draws("ab"))
STREAM = StreamKey("test").stream(0, "arguments")
BOX, SIZE, LINE = Box(1, 2, 30, 40), (100, 80), np.array(((1.0, 2.0), (30.0, 40.0), (50.0, 9.0)))
INK = Ink([[(0.0, 0.0, 0.0), (9.0, 5.0, 20.0), (20.0, 1.0, 50.0)]], label="a")
SPANNED = Ink(INK.strokes, [synthink.Span("a", "word", ((0, 0, 2),))])
PAGE = next(iter(Documents(count=1).open().pool(None, lambda group: True)))
DISC, GESTURE = synthink.draw.disc((9, 9), 5), Gesture("delete", (1, 2, 30, 40))
DOORS = (synthink.draw, synthink.ink, operations, synthink.labels, synthink.documents)
TWO = {"one": "a", "other": "b"}
TEXTS = {"truth": "a", "answer": "b"}
BOXES = {"truth": (1, 2, 3, 4), "answer": (1, 2, 3, 5)}

CALLS: dict[str, Mapping[str, Any]] = {
    "arc": {"centre": (1, 2), "radius": 3, "width": 1, "from_deg": 0, "to_deg": 90},
    "around": {"boxes": [BOX, (1, 2, 3, 4)]},
    "bounds": {"points": LINE},
    "can_be_seen": {"colour": "red", "paper": (255, 255, 255)},
    "colour_name": {"text": "#102030"},
    "disc": {"centre": (1, 2), "radius": 3},
    "distance": {"one": (1, 2, 3), "other": (3, 4, 5)},
    "ellipse": {"centre": (1, 2), "radii": (3, 4)},
    "ink_outline": {"points": LINE, "starts": np.zeros(1, np.intp), "widths": np.ones(3)},
    "joined": {"outlines": [DISC]},
    "layout_line": {"face": FACE, "text": "ab"},
    "parse_colour": {"text": "red"},
    "picture_size": {"value": 9},
    "place": {"line": layout_line(FACE, "ab"), "placement": Placement(9, (0, 0), (1, 1))},
    "place_box": {"stream": STREAM, "box": BOX, "picture_px": SIZE, "sizes_px": (1, 2)},
    "polyline": {"points": LINE, "width": 2.0},
    "printed": {"face": FACE, "text": "ab", "size": 9},
    "rectangle": {"box": BOX},
    "render": {"scene": Scene(SIZE, "white", [Layer(DISC, "red")])},
    "ring": {"centre": (1, 2), "inner": 1, "outer": 2},
    "rounded_rectangle": {"box": BOX, "radius": 2},
    "segment_boxes": {"box": BOX, "count": 2, "pitch": 3},
    "seven_segments": {"lit": "abc", "box": BOX, "thickness": 2},
    "snap": {"points": LINE},
    "stroke": {"points": LINE, "width_px": 2, "closed": False},
    "text_line": {"face": FACE, "text": "ab", "size": 9},
    "tick_fan": {"centre": (1, 2), "inner": 1, "outer": 2, "angles_deg": [0, 90], "width": 1},
    "tick_row": {"start": (1, 2), "end": (8, 2), "count": 3, "length": 2, "width": 1},
    "bounding_box": {"ink": INK},
    "draw_ink": {"pixels": np.zeros((30, 30, 3), np.uint8), "ink": INK},
    "handwriting": {"text": "a", "writer": Writer.named("Ada"), "line_gap": 2.0},
    "level_line": {"left": 1, "right": 9, "y": 2, "rise": 1, "bow": 1},
    "shape_lines": {"name": "circle", "stream": STREAM},
    "simplify": {"ink": INK, "tolerance": 0.1},
    "trace": {"lines": [LINE], "writer": Writer.named("Ada"), "stream": STREAM, "unit": 20.0},
    "clean": {"ink": INK},
    "concatenate": {"inks": [INK, INK], "gap_ms": 5.0},
    "capitalised": {"word": "a"},
    "cut": {"ink": SPANNED, "span": SPANNED.spans[0]},
    "path_lengths": {"ink": INK},
    "resample": {"ink": INK, "spacing": 2.0},
    "smooth": {"ink": INK, "sigma": 1.0},
    "split": {"ink": SPANNED, "kind": "word"},
    "transform": {"ink": INK, "matrix": [[1, 0, 0], [0, 1, 0]], "units": "px"},
    "alike": TWO,
    "centre_distance": {"truth": BOX, "answer": BOX, "size_px": SIZE},
    "character_accuracy": TEXTS,
    "character_error_rate": TEXTS,
    "denies": {"text": "no"},
    "ends_distance": BOXES,
    "ends_overlap": {**BOXES, "size_px": SIZE, "near": 0.1, "far": 0.2},
    "fill_answer": {"template": "It is {answer}.", "answer": "a"},
    "format_box": {"box": BOX, "size_px": SIZE, "label_format": "plain"},
    "format_box_tokens": {"box": BOX, "size_px": SIZE},
    "format_label": {"label": Label("select", BOX), "size_px": SIZE, "label_format": "plain"},
    "format_points": {"points": LINE, "size_px": SIZE},
    "format_strokes": {"strokes": [LINE], "size_px": SIZE},
    "intersection_over_union": {"one": BOX, "other": Box(3, 2, 30, 40)},
    "is_box": {"box": BOX},
    "labels.joined": {"parts": ["a", "b"]},
    "letter_class": {"answer": "a"},
    "letter_score": {"letter": "a", "answer": "b"},
    "named_letters": {"text": "A and B"},
    "named_numbers": {"text": "three"},
    "named_words": {"text": "red", "words": ["red"]},
    "parse_box": {"text": "1 2 3 4", "size_px": SIZE, "label_format": "plain"},
    "parse_box_tokens": {"text": "<loc0001><loc0002><loc0003><loc0004>", "size_px": SIZE},
    "parse_label": {"text": "select 1 2 3 4", "size_px": SIZE, "label_format": "plain"},
    "parse_points": {"text": "<loc0001><loc0002>", "size_px": SIZE},
    "parse_strokes": {"text": "<loc0001><loc0002>", "size_px": SIZE},
    "read_answer": {"text": "It is a.", "templates": ["It is {answer}."]},
    "readings": {"text": "It is a.", "templates": ["It is {answer}."]},
    "says_nothing_there": {"text": "none"},
    "stroke_overlap": {"truth": [LINE], "answer": [LINE], "near": 2.0},
    "apply": {"page": PAGE, "gesture": GESTURE},
    "arrange": {"boxes": [BOX], "texts": ["a"]},
    "arrange_lines": {"boxes": [BOX], "texts": ["a"], "lines": [[0]]},
    "draw_page": {"page": PAGE},
    "edited_paragraphs": {"page": PAGE, "gesture": GESTURE},
    "edited_text": {"page": PAGE, "gesture": GESTURE},
    "files_at": {"place": __file__, "suffixes": (".py",)},
    "match_by_suffix": {"place": "a.pdf", "suffixes": (".pdf",)},
    "make_page": {
        **{"name": "a", "raster": Raster.of(np.full((80, 100, 3), 255, np.uint8)), "words": ["a"]},
        **{"word_boxes": [BOX], "word_lines": [0], "line_paragraphs": [0]},
    },
    "page_picture": {
        **{"raster": PAGE.raster, "square": Square(0, 0, 64), "picture_px": 64, "ink": None, "white": 0.5},
        **{"erased": None, "with_ink": True},
    },
    "printed_anew": {"page": PAGE},
    "side_by_side": {"before": PAGE, "after": PAGE},
    "usable_word": {"text": "a"},
}
ELSEWHERE = ("polygon", "read_ink", "write_ink", "read_documents", "read_page_folder", "write_page_json")
"""Functions of which other tests say what they refuse."""
WRONG: tuple[Any, ...] = (None, "x", b"x", -1.5, float("nan"), object(), [], (), [None], {"a": 1}, np.zeros(0), True)


def functions() -> dict[str, Callable[..., Any]]:
    """Name -> function of each door, those of two doors with the door's."""
    every: dict[str, Callable[..., Any]] = {}
    for door in DOORS:
        for name in door.__all__:
            function = getattr(door, name)
            if callable(function) and not isinstance(function, type | ModuleType) and hasattr(function, "__wrapped__"):
                every[f"{door.__name__.rpartition('.')[2]}.{name}" if name in every else name] = function
    return every


FUNCTIONS = functions()


def test_every_function_of_the_toolkit_is_called() -> None:
    names = {name.rpartition(".")[2] for name in FUNCTIONS}
    assert names == {*(name.rpartition(".")[2] for name in CALLS), *ELSEWHERE}


@pytest.mark.parametrize("name", CALLS)
def test_wrong_arguments_of_the_toolkit(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    function = FUNCTIONS[name]
    function(**CALLS[name])
    for argument in inspect.signature(function).parameters:
        for value in WRONG:
            try:
                function(**{**CALLS[name], argument: value})
            except ConfigError as error:
                is_named = error.field.partition("[")[0] == argument or error.value is value
                assert is_named or isinstance(value, bool) or "together" in str(error), (argument, value, str(error))
                assert "\n" not in str(error)
            except SynthinkError as error:
                assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("scene", "message"),
    [
        (Scene(50, "white", []), r"scene\.size_px=50: must be 2 values"),  # type: ignore[arg-type]
        (Scene(SIZE, "white", DISC), r"scene\.layers=Outline.*must be a list"),  # type: ignore[arg-type]
        (Scene(SIZE, "white", [DISC]), r"scene\.layers=\[Outline.*each item a Layer or an ImageLayer or a Group"),  # type: ignore[list-item]
        (Scene(SIZE, "white", [Layer("disc", "red")]), r"scene\.layers\[0\]\.shape='disc': must be an Outline"),  # type: ignore[arg-type]
        (Scene(SIZE, "whit", []), r"colour='whit': is neither"),
    ],
)
def test_a_wrong_scene_says_where(scene: Scene, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        synthink.draw.render(scene)
