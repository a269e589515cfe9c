"""What tests share: nothing is looked up on the network, caches lie in a folder of the run, and the command is run for
real, in processes of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

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

Result = subprocess.CompletedProcess[str]


def python(
    *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = 120
) -> Result:
    """Run this interpreter in a fresh process."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


@pytest.fixture
def synthink(tmp_path: Path) -> Callable[..., Result]:
    """The command, run in a fresh process with `tmp_path` as its working folder."""

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
        return python("-m", "synthink", *arguments, cwd=tmp_path, env=env)

    return run
