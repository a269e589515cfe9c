"""Whatever is done to a folder that could mislead a reader is found, by the check that is meant to find it.

Every case: pytest -m slow tests/verify/test_tampering.py (about five minutes); every thirtieth is everyday.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import synthink
from synthink.errors import AssetError
from synthink.verify import verify
from tests.verify.tampering import FORMATS, REFUSED, Tampering, every

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("in_one_process")]
CASES = list(every())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four folders of three shards, one a format."""
    place = tmp_path_factory.mktemp("sound")
    for form in FORMATS:
        splits = {"train": 8, "test": 4}
        synthink.generate("circled_letters", splits=splits, output=place / form, shard_size=4, format=form, workers=1)
    return place


def tamper_and_verify(sound: Path, tmp_path: Path, case: Tampering) -> None:
    """Fails unless the check that must find it finds what was done to a folder."""
    folder = Path(shutil.copytree(sound / case.form, tmp_path / "here" / "letters"))
    case.change(folder)
    if case.check == REFUSED:
        with pytest.raises(AssetError, match=r"synthink\.json"):
            verify(folder)
        return
    report = verify(folder)
    check = next(check for check in report.checks if check.name == case.check)
    assert not check.passed, str(report)


def test_sound_folders_pass(sound: Path) -> None:
    for form in FORMATS:
        report = verify(sound / form)
        assert report.passed, str(report)
    assert len({case.name for case in CASES}) >= 100


@pytest.mark.parametrize("case", CASES[::30], ids=str)
def test_some_of_what_misleads_a_reader_is_found(sound: Path, tmp_path: Path, case: Tampering) -> None:
    tamper_and_verify(sound, tmp_path, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_all_that_misleads_a_reader_is_found(sound: Path, tmp_path: Path, case: Tampering) -> None:
    tamper_and_verify(sound, tmp_path, case)
