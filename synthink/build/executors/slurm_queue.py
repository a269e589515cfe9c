"""The jobs of one room in SLURM's queue, found by their names, as `squeue` lists them and `scancel` ends them."""

from __future__ import annotations

import getpass
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from synthink.errors import ConfigError

ENDED = frozenset(
    ["BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "TIMEOUT"]
)
"""The states of jobs that have ended for good; those that SLURM starts again wait, with the state PENDING."""
QUEUED_AGAIN = frozenset(["BOOT_FAIL", "NODE_FAIL", "PREEMPTED"])
"""Those of them in which a job stands for a moment before SLURM queues it again, where it does."""
LONGEST_WAIT_S = 60


@dataclass(frozen=True)
class Element:
    """An element of a job array.

    number: of the submission; index: of the element in it; None for all that are not listed by themselves (an array of
    one, and what was cancelled before it began). job: its id as users type it. state: SLURM's word for it.
    """

    number: int
    index: int | None
    job: str
    state: str

    @property
    def is_alive(self) -> bool:
        """Whether it runs, or will."""
        return self.state not in ENDED


def job_name(key: str, number: int) -> str:
    """The name of the jobs of a submission, by which they are found again."""
    return f"synthink-{key}.{number}"


def look(key: str, numbers: Sequence[int]) -> list[Element] | None:
    """The elements of submissions that SLURM still knows of, those that have just ended too; None when it does not
    answer."""
    if not numbers:
        return []
    answer = _run("squeue", "--noheader", "--array", "--states=all", *_named(key, numbers), "--format=%j %F %K %T")
    if answer is None or answer.returncode != 0:
        return None
    elements = []
    for line in answer.stdout.splitlines():
        name, job, index, state = (*line.split(), "", "", "", "")[:4]
        number = name.rpartition(".")[2]
        if number.isdecimal() and state:
            is_listed = index.isdecimal()
            elements.append(
                Element(int(number), int(index) if is_listed else None, f"{job}_{index}" if is_listed else job, state)
            )
    return elements


def cancel(key: str, numbers: Sequence[int]) -> None:
    """End all jobs of submissions."""
    for number in numbers:
        _run("scancel", *_named(key, [number]))


def cancel_command(key: str, numbers: Sequence[int]) -> str:
    """The command that ends the jobs of submissions."""
    return " && ".join(f"scancel --name={job_name(key, number)}" for number in numbers)


def largest_array() -> int:
    """The most elements that an array may have here. `ConfigError` when SLURM's controller does not answer."""
    answer = _run("scontrol", "show", "config")
    if answer is None or answer.returncode != 0:
        reason = " ".join(answer.stderr.split()) if answer is not None else "no answer"
        raise ConfigError("executor", "slurm", f"SLURM's controller does not answer: {reason[:300]}")
    for line in answer.stdout.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "MaxArraySize" and value.strip().isdecimal():
            return max(int(value) - 1, 1)
    return 1000


def _named(key: str, numbers: Sequence[int]) -> list[str]:
    return [f"--user={getpass.getuser()}", f"--name={','.join(job_name(key, number) for number in numbers)}"]


def _run(*command: str) -> subprocess.CompletedProcess[str] | None:
    """The command's answer; None when there is none in time, or no such command."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_WAIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
