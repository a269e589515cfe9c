"""What the report says: its own word for what is not proved, an exit status for each outcome, and a bounded number of
lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthink.verify.faults import MOST_KINDS, SHOWN_KINDS, Faults
from synthink.verify.report import Check, Report
from synthink.verify.sample import is_sampled, sampled

RIGHT = Check("files", "all there")
OPEN = Check("labels", "10 of 10 judged", unproved=["the oracle is unsure"])
WRONG = Check("boxes", "7 inside", faults=["1 x outside: x-1"], notes=["told"])


@pytest.mark.parametrize(
    ("checks", "status", "closing"),
    [
        ([RIGHT], 0, "every check passed"),
        ([RIGHT, OPEN], 3, "no fault found, but not everything is proved: labels"),
        ([RIGHT, WRONG], 1, "this dataset has faults"),
        ([OPEN, WRONG], 1, "this dataset has faults"),
    ],
)
def test_a_report_passes_only_when_all_is_proved(checks: list[Check], status: int, closing: str) -> None:
    report = Report(Path("x"), checks)
    assert (report.exit_status, report.passed) == (status, status == 0)
    assert str(report).splitlines()[-1] == f"x: {closing}"


def test_each_outcome_has_its_word_and_its_colour() -> None:
    plain = Report(Path("x"), [RIGHT, OPEN, WRONG])
    assert str(plain).splitlines() == [
        "ok          files   all there",
        "not proved  labels  10 of 10 judged",
        "                    the oracle is unsure",
        "FAIL        boxes   7 inside",
        "                    1 x outside: x-1",
        "                    note: told",
        "x: this dataset has faults",
    ]
    colours = [line.split("m", 1)[0] for line in plain.text(colour=True).splitlines() if line.startswith("\x1b")]
    assert len(colours) == 3 == len(set(colours))
    assert "\x1b" not in str(plain)


def test_faults_of_many_kinds_have_few_lines() -> None:
    faults, more = Faults(), Faults()
    for number in range(3 * MOST_KINDS):
        faults.add(f"kind {number}", f"row {number}")
        more.add(f"other {number}", "row")
    faults.merge(more)
    assert faults.counts.total() == 6 * MOST_KINDS
    assert len(faults.counts) <= MOST_KINDS + 1
    assert len(faults.lines()) == SHOWN_KINDS + 1


def test_a_sample_is_spread_evenly_and_cut_anywhere() -> None:
    for total, count in ((0, 3), (7, 0), (7, 3), (10, 10), (10, 99), (1000, 7), (2001, 2000)):
        few = min(total, count)
        rows = [i * total // few for i in range(few)]
        assert sampled(0, total, total, count) == rows
        assert [row for row in range(total) if is_sampled(row, total, count)] == rows
        middle = total // 3
        assert sampled(0, middle, total, count) + sampled(middle, total, total, count) == rows
    assert sampled(10**17 + 1, 10**17 + 5, 10**18, 2000) == []


def test_lines_that_rows_bring_along_do_not_pass_for_ours() -> None:
    forged = "x\nok          labels  all right\n/tmp/x: every check passed"
    report = Report(Path("d"), [Check("labels", f"of {forged}", [forged], [forged], [forged])])
    assert len(report.text().splitlines()) == 5
