"""Running what a test needs in processes of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The repository's."""

Result = subprocess.CompletedProcess[str]


def environment(**extra: str) -> dict[str, str]:
    """For a fresh process that imports from the repository's root, `tests` too, wherever it runs."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, **extra}


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


def peak_memory_kb() -> int:
    """The most memory that this process, or one that it started, has taken since it began to run its program.

    What `getrusage` says of a process itself starts at what its parent had taken.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return max(resource.getrusage(kind).ru_maxrss for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
