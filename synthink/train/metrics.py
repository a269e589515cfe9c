"""What is measured while a run goes on: lines of JSON, and TensorBoard."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from synthink.evaluate.curves import CurvePoint
from synthink.files import write_atomically


class Metrics:
    """Appends to `metrics.jsonl`; a run that goes on drops the lines after the step at which it does."""

    def __init__(self, file: Path, start: int, tensorboard: Path | None) -> None:
        self.lines = [line for line in read(file) if line["step"] <= start] if start else []
        write_atomically(file, "".join(json.dumps(line) + "\n" for line in self.lines).encode())
        self._file: TextIO = file.open("a", encoding="utf-8")
        self._board = _board(tensorboard) if tensorboard else None
        self.before = max((line.get("seconds", 0.0) for line in self.lines), default=0.0)
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """The time since the run began, without that between a kill and the next start."""
        return self.before + time.monotonic() - self._started

    def write(self, step: int, values: Mapping[str, Any]) -> None:
        """Write one line; numbers go to TensorBoard, too."""
        line = {"step": step, **values, "seconds": round(self.seconds, 3)}
        self.lines.append(line)
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        if self._board:
            for name, value in values.items():
                if isinstance(value, int | float):
                    self._board.add_scalar(name, value, step)

    def close(self) -> None:
        self._file.close()
        if self._board:
            self._board.close()

    @property
    def curve(self) -> list[dict[str, Any]]:
        """The lines of validations."""
        return [line for line in self.lines if "score" in line]


def read(file: Path) -> list[dict[str, Any]]:
    """The lines of a metrics file; a torn last one is left out."""
    lines = []
    for text in file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []:
        try:
            lines.append(json.loads(text))
        except ValueError:
            break
    return [line for line in lines if isinstance(line, dict) and isinstance(line.get("step"), int)]


def read_curve(file: Path) -> list[CurvePoint]:
    """Loss and validation score by step; none where there is no such file."""
    return [
        CurvePoint(line["step"], line.get("loss"), line.get("score"))
        for line in read(file)
        if "loss" in line or "score" in line
    ]


def _board(folder: Path) -> Any:
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        return None  # the lines of JSON hold the same
    return SummaryWriter(str(folder))
