"""What `synthink verify` says: a line for each check, what is wrong or not proved below it, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from synthink.errors import displayable
from synthink.progress import coloured

OK, FAIL, NOT_PROVED = "ok", "FAIL", "not proved"
_COLOURS = {OK: "green", FAIL: "red", NOT_PROVED: "yellow"}
LONGEST_LINE = 1000
_WIDTH = len(NOT_PROVED)


@dataclass
class Check:
    """One line of the report: what was checked, what is wrong, what could not be proved, and what is worth knowing."""

    name: str
    summary: str
    faults: list[str] = field(default_factory=list)
    unproved: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """`OK`, `FAIL` or `NOT_PROVED`: nothing wrong was found, but not everything could be looked at."""
        return FAIL if self.faults else NOT_PROVED if self.unproved else OK

    @property
    def passed(self) -> bool:
        """Whether the check found no fault and left nothing open."""
        return self.verdict == OK


@dataclass
class Report:
    """The report that `synthink verify` prints."""

    folder: Path
    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether every check passed: nothing is wrong, and all of it was proved."""
        return all(check.passed for check in self.checks)

    @property
    def exit_status(self) -> int:
        """The command's: 0 all proved, 1 a fault was found, 3 no fault was found but something is not proved."""
        verdicts = {check.verdict for check in self.checks}
        return 1 if FAIL in verdicts else 3 if NOT_PROVED in verdicts else 0

    def text(self, colour: bool = False) -> str:
        """The report in lines. colour: whether verdicts have one, for a terminal."""
        width = max(len(check.name) for check in self.checks)
        lines = []
        for check in self.checks:
            word = coloured(f"{check.verdict:<{_WIDTH}}", _COLOURS[check.verdict], colour)
            lines.append(f"{word}  {check.name:<{width}}  {_one_line(check.summary)}")
            details = *check.faults, *check.unproved, *(f"note: {note}" for note in check.notes)
            lines += [f"{'':{_WIDTH + width + 4}}{_one_line(line)}" for line in details]
        return "\n".join([*lines, f"{self.folder}: {self._closing_line}"])

    @property
    def _closing_line(self) -> str:
        if self.exit_status == 0:
            return "every check passed"
        if self.exit_status == 1:
            return "this dataset has faults"
        names = ", ".join(check.name for check in self.checks if check.verdict == NOT_PROVED)
        return f"no fault found, but not everything is proved: {names}"

    def __str__(self) -> str:
        return self.text()


def _one_line(text: str) -> str:
    """What rows say can have lines of its own, which must not pass for ours."""
    return displayable(text, LONGEST_LINE).replace("\n", "\\n")
