"""A sweep's table and plot, with jobs that did not finish."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from synthink.errors import OutputError
from synthink.evaluate.report.sweep import Sweep, sweep_summary
from synthink.evaluate.report.sweep_plot import WIDE, _against

pytestmark = pytest.mark.heavy


def jobs(folder: Path, overrides: list[Any]) -> None:
    for number, each in enumerate(overrides):
        (folder / str(number)).mkdir(parents=True)
        score = 0.1 * number + 0.1
        result = {"score": score, "low": score - 0.05, "high": score + 0.05, "lenient": score + 0.1, "control": 0.2}
        result = {**result, "verdict": "inconclusive"}
        (folder / str(number) / "result.json").write_text(json.dumps({**result, "seconds": 12.5, "overrides": each}))


def table(sweep: Sweep) -> list[dict[str, str]]:
    with sweep.csv.open(newline="") as file:
        return list(csv.DictReader(file))


def is_drawn(sweep: Sweep) -> bool:
    assert sweep.plot is not None
    with Image.open(sweep.plot) as picture:
        return bool(np.asarray(picture.convert("L")).std() > 5)


def test_jobs_come_best_first_with_what_differs(tmp_path: Path) -> None:
    jobs(
        tmp_path,
        [{"trainer.learning_rate": rate, "seed": 0, "output": f"o{rate}"} for rate in ("1e-5", "1e-4", "1e-3")],
    )
    sweep = sweep_summary(tmp_path)
    assert sweep.swept == ("trainer.learning_rate",)
    rows = table(sweep)
    assert [row["trainer.learning_rate"] for row in rows] == ["1e-3", "1e-4", "1e-5"]
    assert float(rows[0]["score"]) == pytest.approx(0.3) and float(rows[0]["lenient"]) == pytest.approx(0.4)
    assert rows[0]["verdict"] == "inconclusive"
    assert sweep.text.splitlines()[0].split() == [
        "job",
        "trainer.learning_rate",
        *["score", "low", "high", "lenient", "control", "verdict", "seconds"],
    ]
    assert len(sweep.text.splitlines()) == 4 and is_drawn(sweep)


def test_jobs_that_did_not_finish_are_listed(tmp_path: Path) -> None:
    jobs(tmp_path, [{"steps": 10}, {"steps": 20}])
    (tmp_path / "2-steps=30" / "run").mkdir(parents=True)
    (tmp_path / "notes").mkdir()
    (tmp_path / ".hydra").mkdir()
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "result.json").write_text('{"score": 0.')
    (tmp_path / "4").mkdir()
    (tmp_path / "4" / "result.json").write_text("[1]")
    (tmp_path / "5").mkdir()
    (tmp_path / "5" / "result.json").write_text('{"score": NaN, "verdict": null, "overrides": [1]}')
    sweep = sweep_summary(tmp_path)
    assert [row["job"] for row in table(sweep)] == ["1", "0", "2-steps=30", "3", "4", "5"]
    assert table(sweep)[2]["steps"] == "" and table(sweep)[2]["verdict"] == "not finished"
    assert "sweep.csv" in str(sweep) and "sweep.png" in str(sweep) and sweep.text in str(sweep)
    assert all(row["score"] == "" for row in table(sweep)[2:]) and is_drawn(sweep)


def test_several_keys_and_values_that_are_lists(tmp_path: Path) -> None:
    jobs(tmp_path, [{"width": [1, 2], "model": "tiny"}, {"width": [2, 3], "model": "<small>"}, {"model": "a$b_c$"}])
    sweep = sweep_summary(tmp_path)
    assert sweep.swept == ("width", "model") and is_drawn(sweep)
    assert [row["width"] for row in table(sweep)] == ["", "[2, 3]", "[1, 2]"]


@pytest.mark.parametrize(("most", "scale"), [(WIDE * 2, "log"), (WIDE / 2, "linear")])
def test_an_axis_over_many_powers_is_logarithmic(tmp_path: Path, most: float, scale: str) -> None:
    from matplotlib.figure import Figure

    jobs(tmp_path, [{"rate": 1.0}, {"rate": most}])
    sweep, ax = sweep_summary(tmp_path), Figure().subplots()
    _against(ax, sweep.jobs, [most, 1.0], "rate")
    assert ax.get_xscale() == scale


def test_without_matplotlib_a_sweep_has_its_table_and_a_line_says_why_it_has_no_plot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as Python has it for what cannot be imported
    jobs(tmp_path, [{"rate": 1.0}, {"rate": 2.0}])
    sweep = sweep_summary(tmp_path)
    assert sweep.plot is None and len(table(sweep)) == 2 and not (tmp_path / "sweep.png").exists()
    assert capsys.readouterr().err == (
        "without the plot of the sweep: plots need matplotlib: pip install 'synthink[plots]'\n"
    )


def test_overrides_may_be_a_list_as_hydra_has_them(tmp_path: Path) -> None:
    jobs(tmp_path, [{"steps": 10}, ["+steps=20", "seed=1"]])
    sweep = sweep_summary(tmp_path)
    assert [row["steps"] for row in table(sweep)] == ["20", "10"] and sweep.swept == ("steps", "seed")


def test_many_jobs_are_still_one_plot(tmp_path: Path) -> None:
    jobs(tmp_path, [{"words": f"list {number}"} for number in range(9)] * 8)
    sweep = sweep_summary(tmp_path)
    assert len(sweep.jobs) == 72 and is_drawn(sweep)


def test_jobs_without_scores_have_a_table_and_no_plot(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir(parents=True)
    sweep = sweep_summary(tmp_path)
    assert sweep.plot is None and len(table(sweep)) == 1


def test_a_folder_without_jobs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no job"):
        sweep_summary(tmp_path)
