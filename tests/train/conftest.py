"""What tests of runs share: a small dataset, and a run on it that nothing disturbed. Neither is written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.train.killed import undisturbed
from tests.train.patches import make


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("fit") / "patches", 96, 40, 10)


@pytest.fixture(scope="session")
def undisturbed_run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    output = tmp_path_factory.mktemp("clean") / "run"
    return output, undisturbed(data, output)


@pytest.fixture(scope="session")
def clean(undisturbed_run: tuple[Path, int]) -> Path:
    """A finished run of all its 37 steps."""
    return undisturbed_run[0]


@pytest.fixture(scope="session")
def moments(undisturbed_run: tuple[Path, int]) -> int:
    """How many moments it had at which it could have been killed."""
    return undisturbed_run[1]
