"""The realism table's metrics on ink whose values are known, the classifier's power, and the command's report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks import realism
from benchmarks.ink_sources import constant_speed, dataset, passage
from benchmarks.kinematics import Line, measure
from benchmarks.lognormal_fit import fitted_snr
from benchmarks.realism_reference import KEYS, ROWS
from benchmarks.two_samples import separate
from synthink.errors import ConfigError
from synthink.ink.model import Ink
from synthink.streams import StreamKey

pytestmark = pytest.mark.heavy

Floats = npt.NDArray[np.float64]
STEP = 10.0  # ms


def timed(x: Floats, y: Floats, begin: float = 0.0) -> Floats:
    """(N, 3): points 10 ms apart."""
    return np.column_stack([x, y, begin + STEP * np.arange(len(x))])


def measured(*strokes: Floats, label: str | None = None) -> Line:
    (line,) = measure([Ink(strokes, label=label)])
    return line


def value(line: Line, key: str) -> float:
    return float(np.median(line.rows[key]))


def circle(radius: float = 100.0, points: int = 200, turns: float = 1.0) -> Floats:
    angle = np.linspace(0, 2 * np.pi * turns, points)
    return timed(radius * np.cos(angle), radius * np.sin(angle))


def lognormal_line(number: int) -> Ink:
    """A line of strokes by a small sigma-lognormal generator: handstrokes up and down, 0.11 s apart."""
    stream = StreamKey("test realism").stream(number, "line")
    strokes, begin = [], 0.0
    t = np.arange(0.15, 0.75, STEP / 1000)
    for stroke in range(8):
        velocity = np.zeros((len(t), 2))
        for part in range(5):
            since = np.maximum(t - 0.11 * part, 1e-6)
            sigma, mu = stream.uniform(0.2, 0.3), stream.uniform(-2.0, -1.7)
            bell = np.exp(-((np.log(since) - mu) ** 2) / (2 * sigma**2)) / (since * sigma * 2.507)
            angle = stream.uniform(1.0, 1.6) * (-1) ** part + stream.uniform(-0.3, 0.3)
            velocity += (stream.uniform(60, 140) * bell)[:, None] * np.array([np.cos(angle), np.sin(angle)])
        path = np.cumsum(velocity, axis=0) * STEP / 1000 + (130 * stroke, 0)
        strokes.append(np.column_stack([path, begin + 1000 * t]))
        begin += 1000 * float(t[-1] - t[0]) + stream.uniform(100, 300)
    return Ink(strokes, label="eightltr")


@pytest.mark.slow
def test_a_circle_at_one_speed() -> None:
    line = measured(circle(points=201), label="o o")
    height = 2 * 100 * np.sin(np.radians(72))  # p90 - p10 of a sine: it is above sin 72 for a tenth of the time
    # The regression line of a closed circle is flat but for the point that is there twice.
    assert value(line, "speed") == pytest.approx(2 * np.pi * 100 / 2.0 / height, rel=0.01)
    assert value(line, "length") == pytest.approx(2 * np.pi * 100 / height, rel=0.01)
    assert value(line, "speed_cov") < 0.05
    assert value(line, "points_char") == 100.5  # spaces do not count ...
    assert value(line, "width_char") == pytest.approx(200 / 3 / height, rel=0.01)  # ... except here
    assert value(line, "stroke_ms") == 2000 == value(line, "ms_char") * 2
    assert value(line, "up_time") == value(line, "up_path") == 0
    assert value(line, "turns_15") == 1.0
    assert value(line, "turns_90") == 0.0


def test_a_minimum_jerk_movement() -> None:
    u = np.linspace(0, 1, 61)
    along = 10 * u**3 - 15 * u**4 + 6 * u**5
    line = measured(timed(300 * along, 15 * np.sin(np.pi * along)))
    still = measured(timed(300 * u, 40 * np.sin(np.pi * u)))
    assert value(line, "peaks_s") == pytest.approx(1 / 0.6)
    assert value(line, "stroke_ms") == 600
    assert value(line, "jerk") == pytest.approx(np.sqrt(360), rel=0.15)
    assert value(line, "start") < 0.15 and value(line, "end") < 0.15
    assert value(still, "start") > 0.8 and value(still, "end") > 0.8
    assert value(line, "lognormals") == 1
    assert value(line, "snr") > 20


def test_peak_speed_of_minimum_jerk() -> None:
    u = np.linspace(0, 1, 101)
    line = measured(timed(0 * u, 1000 * (10 * u**3 - 15 * u**4 + 6 * u**5)), timed(u + 1, 300 * u, 2000))
    height = np.ptp(np.percentile(line_y(u), (10, 90)))
    top = 1.875 * 1000 / 1.0 / height  # 15/8 of the mean speed
    assert value(line, "speed_95") == pytest.approx(top, rel=0.05)


def line_y(u: Floats) -> Floats:
    """y of the points of `test_peak_speed_of_minimum_jerk` off their regression line."""
    x = np.concatenate((0 * u, u + 1))
    y = np.concatenate((1000 * (10 * u**3 - 15 * u**4 + 6 * u**5), 300 * u))
    return y - np.polyval(np.polyfit(x, y, 1), x)


def test_the_two_thirds_power_law_is_a_slope_of_minus_a_third() -> None:
    angle = np.linspace(0, 12 * np.pi, 700)  # an ellipse run through in step with the angle has v = c k^(-1/3)
    line = measured(timed(200 * np.cos(angle), 80 * np.sin(angle)))
    assert value(line, "slope") == pytest.approx(-1 / 3, abs=0.01)
    assert value(line, "slope_r2") > 0.98


@pytest.mark.parametrize("degrees", [-4.0, 0.0, 7.0])
def test_baseline_slope(degrees: float) -> None:
    bars = [np.array([[x, 0.0], [x, 50.0]]) for x in range(0, 1000, 40)]
    tilted = [bar + np.tan(np.radians(degrees)) * np.array([[0, 1.0]]) * bar[0, 0] for bar in bars]
    (line,) = measure([Ink(tilted)])
    assert value(line, "baseline") == pytest.approx(degrees, abs=0.01)


@pytest.mark.parametrize("degrees", [-20.0, 0.0, 15.0])
@pytest.mark.parametrize("with_times", [True, False])
def test_slant_of_straight_downstrokes(degrees: float, with_times: bool) -> None:
    down = np.linspace(0, 100, 30)
    bars = [timed(x - down * np.tan(np.radians(degrees)), down, 400 * x) for x in range(0, 400, 50)]
    line = measured(*(bar if with_times else bar[:, :2] for bar in bars))
    assert value(line, "slant") == pytest.approx(degrees, abs=0.5)


def test_turn_shares_of_a_zigzag() -> None:
    corners = np.array([(200.0 * i, 200.0 * (i % 2)) for i in range(21)])  # 19 turns of 90 degrees on straight runs
    line = measured(corners)
    # Corners fall between the steps, so that each becomes one turn of 90 degrees or two that add up to it.
    turns = 20 * np.hypot(200, 200) / (0.1 * 200)  # as many as steps of a tenth of the height
    assert 19 <= (1 - value(line, "turns_15")) * turns <= 38
    assert value(line, "turns_90") == pytest.approx(0, abs=0.01)


def test_jumps_back_and_gaps() -> None:
    tall = np.linspace(0, 100, 20)
    strokes = [
        timed(x + 0 * tall, tall, begin) for x, begin in ((0, 0), (100, 300), (60, 600), (200, 900), (198, 1400))
    ]
    line = measured(*strokes)
    assert value(line, "jumps") == 0.25  # the last lies less than 0.05 Hb to the left
    assert line.rows["gap_ms"].tolist() == [110, 110, 110, 310]
    assert value(line, "up_time") == pytest.approx(640 / 1590)


def test_duplicate_and_disordered_times_are_merged() -> None:
    stroke = circle(points=150)
    doubled = np.concatenate([stroke, stroke[70:75]])
    assert value(measured(doubled), "jerk") == pytest.approx(value(measured(stroke), "jerk"))


def test_lognormal_speeds_are_fitted_closely() -> None:
    t = np.arange(60) * 0.01
    bells = [np.exp(-((np.log(t + 0.1 - at) + 1.5) ** 2) / 0.08) / (t + 0.1 - at) for at in (0.0,)]
    two = bells[0] + np.roll(bells[0], 18)
    snr = fitted_snr(
        [bells[0], two, np.ones(20)], [np.array([bells[0].argmax()]), np.array([11, 29]), np.zeros(0, int)]
    )
    assert snr[0] > 40
    assert snr[1] > 20
    assert np.isnan(snr[2])


def test_ink_without_times_has_the_rows_about_shape() -> None:
    ink = lognormal_line(0)
    bare = Ink([stroke[:, :2] for stroke in ink.strokes], label=ink.label)
    (line,) = measure([bare])
    assert set(line.rows) == {row.key for row in ROWS if row.need == "shape"}
    report = realism.report([bare])
    assert "1 of them have no times" in report[1]
    assert sum("absent" in text for text in report) == sum(row.need == "time" for row in ROWS)


@pytest.mark.parametrize(
    "strokes",
    [
        [[[5, 5, 0]]],
        [[[0, 0, 0], [10, 0, 10]]],
        [[[0, 0, 0], [0, 10, 10]]],
        [[[0, 0, 0], [0, 0, 500]], [[9, 1, 400], [9, 5, 100]]],
        [[[i, i % 7, 0] for i in range(40)]],
        [[[3, 3, 10 * i] for i in range(40)], [[9, 9, 500]]],
        [[[0, 0, 0], [1, 5, 1e9]], [[9, 9, 2e9]]],
        [[[1e8 * (i % 5), 1e8 * (i % 3), 10 * i] for i in range(40)]],
    ],
)
@pytest.mark.filterwarnings("error")
def test_strange_ink_is_measured_as_far_as_it_goes(strokes: list[list[list[float]]]) -> None:
    for label in (None, "", "a b"):
        (line,) = measure([Ink(strokes, label=label)])
        assert all(np.isfinite(values).all() for values in line.rows.values())
        assert set(line.rows) <= set(KEYS)


def test_a_line_has_all_rows() -> None:
    (line,) = measure([lognormal_line(1)])
    assert set(line.rows) == set(KEYS)
    assert len(ROWS) == len(set(KEYS)) == 32
    assert np.isfinite(line.features()).all()


@pytest.mark.slow
def test_the_control_is_told_apart_and_a_half_from_its_other_half_is_not() -> None:
    inks = [lognormal_line(number) for number in range(60)]
    lines = realism.features(measure(inks))
    still = realism.features(measure(map(constant_speed, inks)))
    apart = separate(lines, still)
    assert apart.auc >= 0.9
    assert apart.features[KEYS.index("speed_cov")] > 0.9
    assert apart.features[KEYS.index("up_time")] == 0.5
    assert separate(lines[::2], lines[1::2]).auc < 0.75


def test_constant_speed_keeps_path_times_and_count() -> None:
    ink = lognormal_line(2)
    still = constant_speed(ink)
    assert np.array_equal(still.points[:, 2], ink.points[:, 2])
    for before, after in zip(ink.strokes, still.strokes, strict=True):
        assert np.allclose(before[[0, -1]], after[[0, -1]], equal_nan=True)
        steps = np.hypot(*np.diff(after[:, :2].astype(float), axis=0).T)
        assert np.percentile(steps, 20) > 0.95 * np.median(steps)  # only chords across corners are shorter


def test_too_few_lines_for_a_classifier() -> None:
    with pytest.raises(ConfigError, match="lines=3"):
        separate(np.zeros((3, 32)), np.zeros((20, 32)))


@pytest.mark.slow
def test_the_report_ends_with_the_count() -> None:
    inks = [lognormal_line(number) for number in range(12)]
    page = Ink(inks[0].strokes, label="two\nlines")
    report = realism.report([*inks, page], inks, control=True)
    counted = sum(1 for text in report if "|" in text and text[0] != " " and text.split("|")[1].split()[2:3] == ["in"])
    assert report[-1] == f"{counted} of 32 rows inside p25..p75"
    assert sum(text.startswith("classifier AUC ") for text in report) == 2
    assert "1 left out: empty, or more than one line" in report


def test_reference_rows_judge_themselves() -> None:
    rows = {row.key: np.array(row.percentiles) for row in ROWS}
    report = realism.table([Line(rows)])
    assert report[-1] == "32 of 32 rows inside p25..p75"
    shifted = {row.key: np.array(row.percentiles) + 2 * row.spread for row in ROWS}
    assert realism.table([Line(shifted)])[-1] == "0 of 32 rows inside p25..p75"


def test_the_command_reads_a_dataset_with_strokes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow
    import pyarrow.parquet as parquet

    inks = [lognormal_line(number) for number in range(4)]
    strokes = [[stroke.tolist() for stroke in ink.strokes] for ink in inks]
    table = pyarrow.table({"strokes": strokes, "text": [ink.label for ink in inks]})
    parquet.write_table(table, tmp_path / "train.parquet")
    (first, *_) = dataset([tmp_path / "train.parquet"])
    assert np.array_equal(first.points, inks[0].points, equal_nan=True)
    realism.main([str(tmp_path), "--lines", "3"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "3 lines, 24 strokes"
    assert printed[-1].endswith(" of 32 rows inside p25..p75")


def test_a_file_that_is_no_dataset_is_one_line_of_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(SystemExit) as exit:
        realism.main([str(tmp_path / "bad.parquet")])
    assert exit.value.code == 2
    assert "bad.parquet: no Parquet file" in capsys.readouterr().err


def test_passages_are_whole_words_within_the_length() -> None:
    for sentence, word, letters in ((0, 0, 18), (15, 5, 32), (3, 2, 25)):
        text = passage(sentence, word, letters)
        assert 0 < len(text) <= letters
        assert text == text.strip()
