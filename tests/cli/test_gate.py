"""Every error ends as one line at the command line, whatever raised it; a variable shows the rest."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.cli.verb import Call, VerbResult
from synthink.cli.verbs.verify import Verify
from synthink.errors import AssetError
from tests.support import Result, environment

Command = Callable[..., Result]

NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
REPORT = "; this is a fault of synthink, please report it; SYNTHINK_DEBUG=1 shows where it happened"
ERRORS: list[tuple[Exception, int, str]] = [
    (AssetError("f.parquet: row 3: no picture\nat all"), 2, "f.parquet: row 3: no picture at all"),
    (FileNotFoundError(errno.ENOENT, "No such file or directory", "a/b"), 2, "a/b: No such file or directory"),
    (OSError(errno.ELOOP, "Too many levels", b"a/\xff"), 2, "a/\\udcff: Too many levels"),
    (NO_SPACE, 2, "standard output, or a file that the system does not name: No space left on device"),
    (MemoryError(), 2, "out of memory"),
    (RecursionError("too deep"), 1, f"RecursionError: too deep{REPORT}"),
    (KeyError("image"), 1, f"KeyError: 'image'{REPORT}"),
    (ValueError("one\nline\x1b[31m"), 1, f"ValueError: one line\\x1b[31m{REPORT}"),
    (AssertionError(), 1, f"AssertionError: no message{REPORT}"),
]


@pytest.mark.parametrize(("error", "status", "line"), ERRORS, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("debug", ["", "1"])
def test_an_error_is_one_line(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    error: Exception,
    status: int,
    line: str,
    debug: str,
) -> None:
    def run(self: Verify, call: Call) -> VerbResult:
        raise error

    monkeypatch.setattr(Verify, "run", run)
    monkeypatch.setenv("SYNTHINK_DEBUG", debug)
    result = command("verify", f"dataset={tmp_path}")
    *trace, last = result.stderr.splitlines()
    assert (result.returncode, result.stdout) == (status, "")
    assert last == f"synthink: {line.removesuffix(REPORT) if debug else line}"
    assert bool(trace) == bool(debug) == ("Traceback" in result.stderr)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("redirection", "status", "message"),
    [
        (">/dev/full", 2, "standard output, or a file that the system does not name: No space left on device"),
        (">&-", 0, ""),
        (">/dev/full 2>/dev/full", 2, ""),
        ("2>&- >/dev/full", 2, ""),
    ],
    ids=lambda value: str(value)[:20],
)
def test_output_that_goes_nowhere(redirection: str, status: int, message: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("the system has no /dev/full")
    shell = f"exec {sys.executable} -m synthink --version {redirection}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, env=environment(), check=False)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr == (f"synthink: {message}\n" if message else "")
