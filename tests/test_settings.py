"""Settings: what a value becomes, what is refused, and in which words."""

from __future__ import annotations

import dataclasses
import math
import pickle
from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink import Camera, ConfigError, Words
from synthink.core.registry import find_generator
from synthink.settings import Between, Settings


def short(value: Any) -> str:
    return str(value)[:40]


class Inner(Settings):
    shorthand = "kind"

    kind: str = "plain"
    length: Annotated[tuple[int, int], Between(1, 9)] = (2, 4)


class Plain(Settings):
    """No shorthand: a bare value is refused."""

    weight: float = 1.0


class Everything(Settings):
    count: int = 1
    share: Annotated[float, Between(0, 1)] = 0.5
    least: Annotated[int, Between(low=2)] = 3
    most: Annotated[float, Between(high=9)] = 3.0
    on: bool = False
    text: str = ""
    span: Annotated[tuple[float, float], Between(-10, 10)] = (0.0, 1.0)
    maybe_span: Annotated[tuple[float, float], Between(0)] | None = None
    pair: tuple[int, str] = (1, "a")
    many: tuple[str, ...] = ()
    shape: Literal["ellipse", "loop"] = "ellipse"
    shapes: tuple[Literal["ellipse", "loop"], ...] = ()
    size: Annotated[int, Between(16, 64)] | tuple[Annotated[int, Between(16, 64)], Annotated[int, Between(16, 64)]] = 32
    table: dict[str, int] = dataclasses.field(default_factory=dict)
    inner: Inner = Inner()
    plain_inner: Plain = Plain()
    inners: tuple[Inner, ...] = ()


ACCEPTED: list[tuple[str, Any, Any]] = [
    ("count", 3, 3),
    ("count", np.int64(3), 3),
    ("count", np.uint8(200), 200),
    ("count", -(2**80), -(2**80)),
    ("share", 1, 1.0),
    ("share", 0, 0.0),
    ("share", np.float32(0.25), 0.25),
    ("share", Fraction(1, 4), 0.25),
    ("least", 2, 2),
    ("most", -1e300, -1e300),
    ("on", True, True),
    ("text", np.str_("a"), "a"),
    ("span", [1, 2], (1.0, 2.0)),
    ("span", (2, 2), (2.0, 2.0)),
    ("span", np.array([-10, 10]), (-10.0, 10.0)),
    ("span", range(0, 2), (0.0, 1.0)),
    ("maybe_span", None, None),
    ("maybe_span", [0, 5], (0.0, 5.0)),
    ("span", 3, (3.0, 3.0)),
    ("span", np.float32(0.5), (0.5, 0.5)),
    ("maybe_span", 5, (5.0, 5.0)),
    ("pair", [7, "b"], (7, "b")),
    ("many", "abc", ("abc",)),
    ("shapes", "loop", ("loop",)),
    ("inner", {"length": 3}, Inner(length=(3, 3))),
    ("inners", "x", (Inner(kind="x"),)),
    ("many", ["a", "b"], ("a", "b")),
    ("many", [], ()),
    ("shape", "loop", "loop"),
    ("shapes", ["loop", "loop"], ("loop", "loop")),
    ("size", 16, 16),
    ("size", [16, 64], (16, 64)),
    ("table", {"a": 1}, {"a": 1}),
    ("inner", "fancy", Inner(kind="fancy")),
    ("inner", {"length": [1, 1]}, Inner(length=(1, 1))),
    ("inner", {}, Inner()),
    ("inners", ["x", {"kind": "y"}], (Inner(kind="x"), Inner(kind="y"))),
]


@pytest.mark.parametrize(("name", "given_value", "expected"), ACCEPTED, ids=short)
def test_a_value_becomes_its_annotated_type(name: str, given_value: Any, expected: Any) -> None:
    made = getattr(Everything.build({name: given_value}), name)
    assert made == expected
    assert type(made) is type(expected)
    if isinstance(expected, tuple):
        assert [type(item) for item in made] == [type(item) for item in expected]


REFUSED: list[tuple[str, Any, str, str]] = [
    ("count", True, "count=True", "must be a whole number"),
    ("count", 1.0, "count=1.0", "must be a whole number"),
    ("count", "1", "count='1'", "must be a whole number"),
    ("count", None, "count=None", "must be a whole number"),
    ("share", math.nan, "share=nan", "must be finite"),
    ("share", -math.inf, "share=-inf", "must be finite"),
    ("share", True, "share=True", "must be a number"),
    ("share", "0.5", "share='0.5'", "must be a number"),
    ("share", 1.5, "share=1.5", "must be between 0 and 1"),
    ("share", -1e-9, "share=-1e-09", "must be between 0 and 1"),
    ("share", 10**400, "share=", "must be"),
    ("share", np.array([0.5, 0.5]), "share=array([0.5, 0.5])", "must be a number"),
    ("count", np.array([1, 2]), "count=array([1, 2])", "must be a whole number"),
    ("shape", np.array(["loop", "loop"]), "shape=array(", "must be one of ellipse, loop"),
    ("share", 1j, "share=1j", "must be a number"),
    ("least", 1, "least=1", "must be at least 2"),
    ("most", 10, "most=10.0", "must be at most 9"),
    ("on", 1, "on=1", "must be true or false"),
    ("on", "true", "on='true'", "must be true or false"),
    ("text", 3, "text=3", "must be text in quotes"),
    ("text", b"a", "text=b'a'", "must be text"),
    ("span", [2, 1], "span=(2.0, 1.0)", "range written backwards; write [1.0, 2.0]"),
    ("span", [1], "span=[1]", "must have 2 values, has 1"),
    ("span", [1, 2, 3], "span=[1, 2, 3]", "must have 2 values, has 3"),
    ("span", 11, "span=(11.0, 11.0)", "must be between -10 and 10"),
    ("span", True, "span=True", "must be a number (or a list)"),
    ("span", "12", "span='12'", "must be a number (or a list)"),
    ("span", {"low": 1}, "span={'low': 1}", "must be a list"),
    ("span", [0, 11], "span=(0.0, 11.0)", "must be between -10 and 10"),
    ("span", [0, math.nan], "span[1]=nan", "must be finite"),
    ("span", [False, 1], "span[0]=False", "must be a number"),
    ("span", None, "span=None", "must be a list"),
    ("maybe_span", [5, 1], "maybe_span=(5.0, 1.0)", "backwards"),
    ("maybe_span", [-1, 1], "maybe_span=(-1.0, 1.0)", "must be at least 0"),
    ("maybe_span", "x", "maybe_span='x'", "must be a number (or a list)"),
    ("pair", 1, "pair=1", "must be a list"),
    ("pair", [1, 2], "pair[1]=2", "must be text"),
    ("many", 7, "many=7", "must be text in quotes (or a list)"),
    ("shapes", "lop", "shapes='lop'", "did you mean loop?"),
    ("many", ["a", 2], "many[1]=2", "must be text"),
    ("shape", "elipse", "shape='elipse'", "did you mean ellipse?"),
    ("shape", "x", "shape='x'", "must be one of ellipse, loop"),
    ("shape", ["loop"], "shape=['loop']", "must be one of ellipse, loop"),
    ("shapes", ["loop", "lop"], "shapes[1]='lop'", "did you mean loop?"),
    ("size", 15, "size=15", "must be between 16 and 64"),
    ("size", [16, 65], "size[1]=65", "must be between 16 and 64"),
    ("size", [16, 16, 16], "size=[16, 16, 16]", "must have 2 values, has 3"),
    ("size", 0, "size=0", "must be between 16 and 64"),
    ("table", [1], "table=[1]", "must be a mapping"),
    ("table", {1: 1}, "table={1: 1}", "must be a mapping"),
    ("table", {"a": "x"}, "table.a='x'", "must be a whole number"),
    ("inner", {"length": [4, 2]}, "inner.length=(4, 2)", "backwards"),
    ("inner", {"lenght": [4, 2]}, "inner.lenght=[4, 2]", "no such field; did you mean length?"),
    ("inner", 7, "inner.kind=7", "must be text"),
    ("plain_inner", 7, "plain_inner=7", "must be Plain or a mapping of its fields"),
    ("inners", ["x", {"length": "3"}], "inners[1].length='3'", "must be a whole number (or a list)"),
    ("cuont", 3, "cuont=3", "no such field; did you mean count?"),
    ("zzz", 3, "zzz=3", "no such field; known: "),
]


@pytest.mark.parametrize(("name", "value", "place", "reason"), REFUSED, ids=short)
def test_a_refusal_is_one_line_that_names_field_and_value(name: str, value: Any, place: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Everything.build({name: value})
    text = str(caught.value)
    assert text.startswith(place)
    assert reason in text
    assert "\n" not in text


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(ConfigError) as caught:
        Everything(count="x" * 10_000)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"words": {"length": [9, 3]}}, "words.length=(9, 3)"),
        ({"words": {"lengths": [3, 9]}}, "words.lengths=[3, 9]"),
        ({"camera": {"blur_px": [-1, 0]}}, "camera.blur_px=(-1.0, 0.0)"),
        ({"camera": "foto"}, "camera.preset='foto'"),
        ({"fonts": {"bold": "yes"}}, "fonts.bold='yes'"),
        ({"picture_px": 0}, "picture_px=0"),
        ({"mark_colours": ["red", "#12345"]}, "mark_colours[1]='#12345'"),
    ],
    ids=str,
)
def test_a_generators_refusal_names_the_whole_path(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        find_generator("circled_letters").build(fields)
    assert str(caught.value).startswith(place)


def test_errors_survive_a_pickle() -> None:
    error = ConfigError("length", (4, 2), "backwards").under("words")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.field, again.value) == (str(error), "words.length", (4, 2))


def test_settings_are_frozen_keyword_only_and_hashable() -> None:
    made = Everything(span=(0.0, 2.0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.count = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        Everything(3)  # type: ignore[call-arg]
    assert hash(Words(length=(3, 4))) == hash(Words(length=[3, 4]))  # type: ignore[arg-type]
    assert Camera(preset="scan") == Camera(**Camera(preset="scan").plain())


values = st.fixed_dictionaries(
    {},
    optional={
        "count": st.integers(),
        "share": st.floats(0, 1),
        "span": st.tuples(st.floats(-10, 0), st.floats(0, 10)),
        "maybe_span": st.none() | st.tuples(st.integers(0, 3), st.integers(3, 9)),
        "many": st.lists(st.text()),
        "text": st.text(),
        "size": st.integers(16, 64) | st.tuples(st.integers(16, 64), st.integers(16, 64)),
        "table": st.dictionaries(st.text(), st.integers()),
        "inner": st.text() | st.fixed_dictionaries({"kind": st.text()}),
        "inners": st.lists(st.text(), max_size=3),
    },
)


@given(values)
def test_plain_builds_the_same_again(fields: dict[str, Any]) -> None:
    made = Everything.build(fields)
    assert Everything.build(made.plain()) == made


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.binary(), st.lists, max_leaves=5))
def test_no_value_raises_anything_but_config_error(value: Any) -> None:
    for name in ("count", "share", "span", "size", "shape", "shapes", "pair", "inner", "inners", "table", "maybe_span"):
        try:
            Everything.build({name: value})
        except ConfigError as error:
            assert "\n" not in str(error)


def test_two_values_of_a_list_are_no_range() -> None:
    class Shares(Settings):
        shares: Annotated[tuple[float, ...], Between(0)] = (1.0,)

    assert Shares(shares=(2, 1)).shares == (2.0, 1.0)
    with pytest.raises(ConfigError, match="at least 0"):
        Shares(shares=(2, -1))
