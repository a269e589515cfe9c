"""The shipped contract: it lets a right generator pass, and names what each wrong one breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthink import Generator
from synthink.testing import check_generator
from tests import wrong_generators as wrong
from tests.plugin import GOOD, unpacked
from tests.support import ROOT, python

pytestmark = pytest.mark.heavy

ROWS = 6


def test_a_generator_that_keeps_every_promise_passes() -> None:
    check_generator(wrong.RightDot, rows=ROWS)
    check_generator(wrong.RightDot(picture_px=(64, 48)), rows=ROWS, fresh_process=False)


@pytest.mark.parametrize(
    ("generator", "promise"),
    [
        (wrong.CountsItsRows, r"row \d+ of train: drawn (after other rows|again), it is another row"),
        (wrong.AsksTheInterpreter, r"a fresh process draws another row"),
        (wrong.AsksTheInterpreterOnce, r"row 0 of test: a fresh process draws another row"),
        (wrong.ControlShowsTheMark, r"the control shows the mark: no pixel differs"),
        (wrong.ControlHasAnotherAnswer, r"the control has another word"),
        (wrong.ControlChangesElsewhere, r"4 pixels of the control differ outside of mark_box"),
        (wrong.BoxLeavesThePicture, r"mark_box .* is no box in 48 x 48 px"),
        (wrong.QuadLiesElsewhere, r"the middle of mark_quad lies .* px away from that of mark_box"),
        (wrong.ColumnOfAnotherType, r"column word holds 7, which is no <class 'str'>"),
        (wrong.NoQuestion, r"the question \(prefix\) is empty"),
        (wrong.EmptyPicture, r"the picture is empty"),
        (wrong.OwnChecksum, r"the picture's file does not have the picture's checksum"),
        (wrong.WordsOfAllSplits, r"word \['always'\] is in train and validation"),
        (wrong.SplitsAlike, r"splits train and validation share 6 pictures"),
        (wrong.TruthIsWrong, r"the truth .* scores {'correct': 0.5}"),
        (wrong.AllIsRight, r"scores as"),
        (wrong.SilenceIsAnAnswer, r"an empty answer is in_domain"),
        (wrong.TruthHasErrors, r"the truth has errors"),
        (wrong.GarbageIsNear, r"has the errors {'distance_px': 0.0}"),
        (wrong.ManifestForgets, r"the fields of its manifest build another generator"),
    ],
)
def test_a_broken_promise_is_named(generator: type[Generator], promise: str) -> None:
    fields = {"picture_px": 52} if generator is wrong.ManifestForgets else {}
    fresh = generator in (wrong.AsksTheInterpreter, wrong.AsksTheInterpreterOnce)
    with pytest.raises(AssertionError, match=promise):
        check_generator(generator, rows=ROWS, fresh_process=fresh, **fields)


@pytest.mark.whole
def test_a_strangers_package_is_checked_by_its_name(tmp_path: Path) -> None:
    unpacked(tmp_path, "dots", "synthink_dots", GOOD, "Dots")
    code = "from synthink.testing import check_generator; check_generator('dots', rows=4, most=7)"
    answer = python("-c", code, env={"PYTHONPATH": f"{tmp_path}:{ROOT}"})
    assert answer.returncode == 0, answer.stderr
