"""The command within this process, which takes a fraction of the time that a fresh one does."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from synthink.cli.main import main
from tests.support import Result

Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """`command("generate", "seed=1")` types a command in `tmp_path` and returns what a process would."""
    monkeypatch.chdir(tmp_path)
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        output = capfd.readouterr()
        return Result(["python", "-m", "synthink", *arguments], int(ended.value.code or 0), output.out, output.err)

    yield run
    for number, handler in handlers:
        signal.signal(number, handler)
