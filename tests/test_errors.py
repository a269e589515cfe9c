"""Messages: what comes from outside is shown in them, and does nothing."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from synthink.errors import AssetError, ConfigError, SynthinkError, displayable, quoted
from synthink.verify.report import Check, Report

ODD = "a\x1b[2Jb\rc\x07\u202ed\u2066\x9b\x00\u200bz\udcff"


@pytest.mark.parametrize("error", [AssetError(f"{ODD}: damaged"), ConfigError(ODD, ODD, ODD), SynthinkError(ODD)])
def test_what_errors_say_can_be_seen(error: SynthinkError) -> None:
    for text in (str(error), str(pickle.loads(pickle.dumps(error)))):
        assert text.isprintable() and "\\x1b[2Jb\\rc\\x07\\u202ed" in text


def test_letters_of_all_scripts_stay_as_they_are() -> None:
    text = "Übung 漢字 ملف\u3000a\u00a0b 😀: damaged"
    assert str(AssetError(text)) == text


def test_long_values_are_cut() -> None:
    assert len(str(AssetError("x" * 10**6))) < 2100 and str(AssetError("x" * 10**6 + ": damaged")).endswith("damaged")
    assert len(quoted("x" * 10**6)) == 80
    assert displayable("a" * 50, 20) == "a" * 15 + " … " + "a" * 5


def test_what_a_dataset_says_does_nothing_to_the_terminal_that_shows_the_report() -> None:
    report = Report(Path("data"), [Check("labels", f"commonest {ODD}", [ODD], [ODD], [ODD + "x" * 10**5])])
    assert all(line.isprintable() and len(line) < 1100 for line in str(report).splitlines())
