"""What all tests share: nothing is looked up on the network, caches lie in a folder of the run, and the command is run
for real, in processes of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.support import Result, python

# Read by `datasets` when it is first imported.
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="synthink-tests-")
atexit.register(shutil.rmtree, os.environ["HF_HOME"], ignore_errors=True)
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"

settings.register_profile(
    "everyday",
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", parent=settings.get_profile("everyday"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("SYNTHINK_HYPOTHESIS", "everyday"))


@pytest.fixture
def synthink(tmp_path: Path) -> Callable[..., Result]:
    """The command, run in a fresh process with `tmp_path` as its working folder."""

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
        return python("-m", "synthink", *arguments, cwd=tmp_path, env=env)

    return run
