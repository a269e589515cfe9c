"""Handwriting: every character, spans, legibility, order, time, writers, refusals."""

import dataclasses

import numpy as np
import pytest

from synthink.errors import ConfigError
from synthink.ink.handwriting import layout
from synthink.ink.handwriting.device import WHITEBOARD, Device
from synthink.ink.handwriting.pen_font import pen_font, pen_font_names, read_pen_font
from synthink.ink.handwriting.write import handwriting
from synthink.ink.handwriting.writer import Writer
from synthink.streams import StreamKey

ASCII = "".join(map(chr, range(33, 127)))
CLEAN = Device(noise=0.0)
TEXT = "The quick, brown fox\njumps over 12 lazy dogs!"


def stream(*parts):
    return StreamKey("handwriting", *parts).stream(0, "ink")


def writer(name, hands=()):
    return Writer.draw(name, StreamKey("handwriting", name).stream(0, "writer"), hands)


def calm(name, **fields):
    return Writer(name="calm", hand=name, sloppiness=0.0, tremor=0.0, width=1.0, connectedness=0.0, **fields)


def points_of(ink, span):
    return np.concatenate([ink.strokes[stroke][first:stop] for stroke, first, stop in span.parts])


@pytest.mark.parametrize("name", pen_font_names())
def test_every_printable_character_is_written(name):
    ink = handwriting(" ".join(ASCII), writer("all", [name]), stream("all"))
    characters = ink.of_kind("character")
    assert "".join(span.label for span in characters) == ASCII
    assert [span.label for span in ink.of_kind("word")] == list(ASCII)
    assert all(span.parts and len(points_of(ink, span)) >= 2 for span in characters)
    # Alone, a character has all the points of its strokes, and as many strokes as one of its shapes.
    lengths = ink.lengths
    for span in characters:
        assert all((first, stop) == (0, lengths[stroke]) for stroke, first, stop in span.parts)
        assert len(span.parts) in {len(glyph.strokes) for glyph in pen_font(name).glyphs[span.label]}


@pytest.mark.parametrize("name", pen_font_names())
@pytest.mark.parametrize("connected", [0.0, 0.6, 1.0])
def test_spans_cover_all_points_once(name, connected):
    whole = dataclasses.replace(writer("spans", [name]), connectedness=connected)
    for seed, device in enumerate((CLEAN, WHITEBOARD, Device(rate_hz=50, jitter=0.4))):
        ink = handwriting(TEXT, whole, stream("spans", name, seed), device=device)
        for kind in ("character", "word", "line"):
            covered = [np.zeros(length, int) for length in ink.lengths]
            for span in ink.of_kind(kind):
                assert span.parts
                for stroke, first, stop in span.parts:
                    covered[stroke][first:stop] += 1
            assert all((each == 1).all() for each in covered), kind
        assert "".join(span.label for span in ink.of_kind("character")) == "".join(TEXT.split())
        assert [span.label for span in ink.of_kind("word")] == TEXT.split()
        assert [span.label for span in ink.of_kind("line")] == TEXT.split("\n")


def test_more_connected_writers_lift_the_pen_less():
    loose, tight = (
        np.mean(
            [
                len(
                    handwriting(
                        "minimum hello", dataclasses.replace(writer(f"c{i}", ["cursive"]), connectedness=c), stream(i)
                    )
                )
                for i in range(8)
            ]
        )
        for c in (0.0, 1.0)
    )
    assert tight < 0.7 * loose


def evenly(lines):
    """Points every 0.03 x-heights along lines."""
    found = []
    for line in lines:
        for a, b in zip(line, [*line[1:], line[-1]], strict=True):
            count = max(1, round(float(np.hypot(*(b - a))) / 0.03))
            found.append(a + (b - a) * np.arange(count)[:, np.newaxis] / count)
    return np.concatenate(found)


def skeleton(glyph):
    return evenly(glyph.strokes)


@pytest.mark.parametrize("name", pen_font_names())
def test_calm_letters_keep_their_skeletons_form(name, monkeypatch):
    """Each written letter, moved and stretched to nothing but its place, lies on one of its shapes' skeletons, where
    the writer bends none in a way of their own."""
    monkeypatch.setattr(layout, "FORM", 0.0)
    calm_one = calm(name, slant_deg=own_slant(name), habits=3, pen="pencil")  # nobody else here: forms are remembered
    misses = []
    for char in ASCII:
        ink = handwriting(char, calm_one, stream("form", char), device=Device(noise=0.0, rate_hz=200))
        x_y = ink.points[:, :2].astype(float)
        off = []
        for glyph in pen_font(name).glyphs[char]:
            line = skeleton(glyph)
            distance = np.hypot(*(x_y[:, np.newaxis] - line[np.newaxis]).T)  # (line, ink)
            off.append(max(np.quantile(distance.min(axis=0), 0.9), np.quantile(distance.min(axis=1), 0.9)))
        misses.append(min(off))
    assert np.mean(misses) < 0.09 and max(misses) < 0.22


def own_slant(name):
    """The slant at which a hand's letters come out as drawn: a writer's slant is that of the downstrokes."""
    from synthink.ink.handwriting.letters import repertoire

    return repertoire(pen_font(name)).slant_deg


@pytest.mark.heavy
@pytest.mark.parametrize("name", pen_font_names())
def test_letters_look_most_like_themselves(name):
    """Nearest skeleton of all lower-case letters by mean distance, which knows nothing of how this writer bends letters
    or where their line is: no code is shared with the writing."""
    letters = "abcdefghijklmnopqrstuvwxyz"

    def picture(points):
        """Moved to the middle; the height above the baseline tells p from b and stays."""
        return points - ((points[:, 0].min() + points[:, 0].max()) / 2, 0)

    known = [(char, picture(skeleton(glyph))) for char in letters for glyph in pen_font(name).glyphs[char]]
    right = total = 0
    for seed in range(4):
        usual = {"connectedness": 0.0, "slant_deg": own_slant(name), "width": 1.0, "baseline_slope_deg": 0.0}
        someone = dataclasses.replace(writer(f"reader {seed}", [name]), **usual)
        ink = handwriting(" ".join(letters), someone, stream("read", seed))
        for span in ink.of_kind("character"):
            lines = [ink.strokes[stroke][first:stop, :2].astype(float) for stroke, first, stop in span.parts]
            seen = picture(evenly(lines))
            score = []
            for _, form in known:
                distance = np.hypot(*(seen[::2, np.newaxis] - form[np.newaxis, ::2]).T)
                score.append(distance.min(axis=0).mean() + distance.min(axis=1).mean())
            right += known[int(np.argmin(score))][0] == span.label
            total += 1
    assert right / total >= 0.8


@pytest.mark.parametrize("name", pen_font_names())
def test_time_runs_pressure_is_bounded_numbers_are_on_the_grid(name):
    for device in (CLEAN, WHITEBOARD, Device(rate_hz=240, jitter=0.3)):
        ink = handwriting(TEXT, writer("time", [name]), stream("time"), device=device)
        t, pressure = ink.points[:, 2], ink.points[:, 3]
        assert t[0] == 0 and (np.diff(t) > 0).all()
        assert pressure.min() >= 0 and pressure.max() <= 1
        assert np.isfinite(ink.points).all()
        assert np.array_equal(np.rint(ink.points[:, :2] * 4096), ink.points[:, :2] * 4096)
        assert (ink.label, ink.writer, ink.units) == (TEXT, "time", "x-height")


def test_rate_is_the_devices():
    ink = handwriting("rate", writer("rate"), stream("rate"), device=Device(rate_hz=200))
    steps = np.concatenate([np.diff(stroke[:, 2]) for stroke in ink.strokes])
    assert np.allclose(steps, 5.0, atol=0.11)


def test_same_stream_same_ink_other_stream_other_ink():
    someone = writer("same")
    ink = handwriting(TEXT, someone, stream("a"))
    assert ink == handwriting(TEXT, someone, stream("a"))
    assert ink != handwriting(TEXT, someone, stream("b"))
    assert ink != handwriting(TEXT, dataclasses.replace(someone, habits=someone.habits + 1), stream("a"))


def test_lines_lie_apart_and_begin_at_the_left():
    ink = handwriting(
        "one\n\ntwo\n  three",
        dataclasses.replace(writer("lines"), baseline_slope_deg=0.0),
        stream("lines"),
        line_gap=4.0,
    )
    first, second, third = (points_of(ink, span) for span in ink.of_kind("line"))
    assert [span.label for span in ink.of_kind("line")] == ["one", "two", "three"]
    assert np.median(second[:, 1]) - np.median(first[:, 1]) == pytest.approx(8.0, abs=0.8)
    assert np.median(third[:, 1]) - np.median(second[:, 1]) == pytest.approx(4.0, abs=0.8)
    assert third[:, 0].min() > second[:, 0].min() + 0.7  # the outer spaces


def test_dots_and_bars_come_after_the_letters_that_hang_together():
    joined = dataclasses.replace(writer("late", ["cursive"]), connectedness=1.0, shape_fidelity=1.0)
    ink = handwriting("mini", joined, stream("late"))
    *_, last = ink.of_kind("character")
    dots = [span.parts[-1][0] for span in ink.of_kind("character") if span.label == "i"]
    assert last.parts[0][0] < dots[0] < dots[1]


def test_left_handed_people_draw_bars_to_the_left():
    def direction(left):
        someone = dataclasses.replace(writer("left", ["upright"]), left_handed=left, sloppiness=0.0, tremor=0.0)
        bars = []
        for seed in range(6):
            ink = handwriting("t", someone, stream("left", seed))
            bar = ink.strokes[-1]
            bars.append(float(bar[-1, 0] - bar[0, 0]))
        return bars

    assert min(direction(False)) > 0 > max(direction(True))


def test_writers_slant_width_and_slope_are_those_asked_for():
    def slant(ink):
        steps = np.concatenate([np.diff(stroke[:, :2], axis=0) for stroke in ink.strokes])
        down = steps[steps[:, 1] > np.abs(steps[:, 0])]
        return float(np.degrees(np.arctan2(-down[:, 0].sum(), down[:, 1].sum())))

    leaning = [
        slant(handwriting("hill light dip", calm("upright", slant_deg=angle), stream("s"))) for angle in (-15, 0, 20)
    ]
    assert leaning == pytest.approx([-15, 0, 20], abs=5)
    widths = [
        np.ptp(
            handwriting("wide words", dataclasses.replace(calm("upright"), width=w, word_gap=w), stream("w")).points[
                :, 0
            ]
        )
        for w in (1.0, 1.5)
    ]
    assert widths[1] / widths[0] == pytest.approx(1.5, abs=0.1)
    sloping = handwriting("oooooooooooooooo", calm("upright", baseline_slope_deg=5.0), stream("o")).points
    assert np.degrees(np.arctan(np.polyfit(sloping[:, 0], sloping[:, 1], 1)[0])) == pytest.approx(5.0, abs=1)


def test_drawn_writers_differ_and_follow_real_slants():
    writers = [writer(f"many {i}") for i in range(400)]
    slants = np.percentile([one.slant_deg for one in writers], (25, 50, 75))
    assert slants == pytest.approx([-7, -1.8, 5], abs=3)
    assert {one.hand for one in writers} == set(pen_font_names())
    assert {one.pen for one in writers} == {"ballpoint", "felt_tip", "fountain", "pencil"}
    assert 0.04 < np.mean([one.left_handed for one in writers]) < 0.18
    assert len({one.habits for one in writers}) == 400


def test_writers_shapes_are_theirs():
    """The same writer makes a letter nearly always in the same way; other writers in others."""

    def strokes(one, seed):
        ink = handwriting(" ".join("aefgkrtz"), one, stream("shape", seed))
        return tuple(len(span.parts) for span in ink.of_kind("character"))

    people = [dataclasses.replace(writer(f"shape {i}", ["upright"]), shape_fidelity=1.0) for i in range(6)]
    assert all(strokes(one, 0) == strokes(one, 1) for one in people)
    assert len({strokes(one, 0) for one in people}) > 3


def test_long_text():
    text = "abcdefghi " * 100
    ink = handwriting(text, writer("long"), stream("long"))
    assert len(ink.of_kind("character")) == 900 and ink.points[-1, 2] > 100_000
    assert (np.diff(ink.points[:, 2]) > 0).all()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing to write"),
        (" \n ", "nothing to write"),
        ("a\tb", "control characters other than newline: '\\t' (U+0009)"),
        ("naïve café", "'ï' (U+00EF), 'é' (U+00E9)"),
        ("שלום", "from right to left"),
        ("a" * 100_001, "more than 100000"),
    ],
)
def test_text_that_cannot_be_written_is_refused(text, told):
    with pytest.raises(ConfigError) as caught:
        handwriting(text, writer("refused"), stream("refused"))
    assert caught.value.field == "text" and told in caught.value.reason and "\n" not in str(caught.value)


def test_a_hand_of_ones_own():
    svg = b"""<svg xmlns="http://www.w3.org/2000/svg">
    <g data-char="l" data-advance="40"><path d="M 20 -180 L 20 0"/></g></svg>"""
    own = read_pen_font(svg, "own")
    ink = handwriting("ll l", calm("upright"), stream("own"), pen_font=own)
    assert len(ink) == 3
    with pytest.raises(ConfigError, match="the hand 'own' lacks"):
        handwriting("la", calm("upright"), stream("own"), pen_font=own)


@pytest.mark.parametrize(
    ("field", "value"), [("tempo", 0.0), ("sigma", 2.0), ("width", float("nan")), ("pen", "brush")]
)
def test_writers_refuse_what_no_one_does(field, value):
    with pytest.raises(ConfigError) as caught:
        dataclasses.replace(calm("upright"), **{field: value})
    assert caught.value.field == field


def test_a_clock_coarser_than_the_intervals_is_refused():
    with pytest.raises(ConfigError) as caught:
        Device(rate_hz=240, clock_ms=10)
    assert caught.value.field == "clock_ms"
