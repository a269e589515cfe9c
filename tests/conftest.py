"""What all tests share: nothing is looked up on the network, caches lie in a folder of the run, synthetic pages are
made once a run, and the command can be run in a process of its own or in this one."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from synthink.cli.main import main
from tests.support import Result, python

# Read by `datasets` when it is first imported.
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="synthink-tests-")
atexit.register(shutil.rmtree, os.environ["HF_HOME"], ignore_errors=True)
if "PYTEST_XDIST_WORKER" not in os.environ:  # one folder for all processes of a run
    os.environ["SYNTHINK_CACHE"] = tempfile.mkdtemp(prefix="synthink-tests-")
    atexit.register(shutil.rmtree, os.environ["SYNTHINK_CACHE"], ignore_errors=True)
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"

# A run that was started in the background ignores Ctrl-C, and so would the commands that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "everyday",
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", parent=settings.get_profile("everyday"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("SYNTHINK_HYPOTHESIS", "everyday"))


HEAVY_FIXTURES = {"synthink"}
"""Fixtures that start processes: whatever asks for one of them is heavy."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test is `fast` unless it or its module is marked `slow`, `whole` or `heavy`, or a fixture of it starts
    processes."""
    for item in items:
        heavy = any(item.get_closest_marker(name) for name in ("slow", "whole", "heavy"))
        if not heavy and HEAVY_FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("fast")


def pytest_collection_finish() -> None:
    """Thousands of tests and what they import are not looked through again by each garbage collection, which took a
    fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture
def synthink(tmp_path: Path) -> Callable[..., Result]:
    """The command, run in a fresh process with `tmp_path` as its working folder."""

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
        return python("-m", "synthink", *arguments, cwd=tmp_path, env=env)

    return run


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Result]]:
    """`command("generate", "seed=1")` types a command in `tmp_path` and returns what a process would."""
    monkeypatch.chdir(tmp_path)
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    log_handlers = list(logging.root.handlers)  # Hydra puts its own there, which write to this test's standard output

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        output = capfd.readouterr()
        return Result(["python", "-m", "synthink", *arguments], int(ended.value.code or 0), output.out, output.err)

    yield run
    logging.root.handlers[:] = log_handlers
    for number, handler in handlers:
        signal.signal(number, handler)
