"""Messages: what comes from outside is shown in them, and does nothing."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from synthink.errors import LONGEST_VALUE, AssetError, ConfigError, SynthinkError, displayable, quoted
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


def kinds(base: type[SynthinkError] = SynthinkError) -> set[type[SynthinkError]]:
    return {base}.union(*map(kinds, base.__subclasses__()))


def test_every_kind_of_error_cuts_what_stands_in_it_without_a_blank() -> None:
    """A path, an address or a picture in base64: nobody reads more of it than tells which it is."""
    assert len(kinds()) > 10
    for kind in kinds():
        if issubclass(kind, ConfigError):
            texts = [str(kind("a.b", "v" * 5000, "is too long")), str(kind("k" * 5000, 1, "is no key"))]
        else:
            texts = [str(kind(f"{'data/' * 1000}x.txt: line 3: no word"))]
        for text in texts:
            assert max(map(len, text.split())) <= LONGEST_VALUE and len(text) < 300, (kind, text)
            assert text.endswith(("no word", "is too long", "is no key"))


def test_what_a_dataset_says_does_nothing_to_the_terminal_that_shows_the_report() -> None:
    report = Report(Path("data"), [Check("labels", f"commonest {ODD}", [ODD], [ODD], [ODD + "x" * 10**5])])
    assert all(line.isprintable() and len(line) < 1100 for line in str(report).splitlines())
