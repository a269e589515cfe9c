"""What big_vision's trainer leaves in its working folder, in our words."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from synthink.train.learner import TrainError

METRICS = "big_vision_metrics.txt"
ANSWERS = "answers.json"
CURVE = re.compile(r"curve-(\d+)\.json")
NAMES = {
    "training_loss": "loss",
    "l2_grads": "gradient_norm",
    "l2_params": "parameter_norm",
    "validation/avg": "validation_loss",
    "examples_seen": "examples",
    "epoch": "epoch",
    "uptime": "seconds",
    "img/sec/core": "examples_per_s_per_device",
}
"""big_vision's names of measurements -> ours; the others are left out."""

Metrics = dict[str, float | int]


class Tail:
    """Whole lines of a file that is being written, from `start` bytes on: each is given out once."""

    def __init__(self, path: Path, start: int = 0) -> None:
        self.path, self.place, self._rest = path, start, b""

    def lines(self) -> list[str]:
        """Lines that have come since the last call."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.place)
                new = file.read()
        except FileNotFoundError:
            return []
        self.place += len(new)
        *whole, self._rest = (self._rest + new).split(b"\n")
        return [line.decode(errors="replace") for line in whole]


def size(path: Path) -> int:
    """Bytes of a file that may not be there."""
    return path.stat().st_size if path.exists() else 0


def measured(line: str, highest: float, batch_size: int) -> Metrics | None:
    """A line of big_vision's metrics as `{"step": ..., "loss": ..., "learning_rate": ...}`; None when it is none.

    highest: the learning rate that big_vision's schedule, from 0 to 1, is a share of. tokens: of the batch's answers.
    """
    try:
        found = json.loads(line)
        step = int(found["step"])
    except (ValueError, KeyError, TypeError):
        return None  # half a line, left by a process that was killed
    made: Metrics = {"step": step}
    for theirs, ours in NAMES.items():
        if isinstance(found.get(theirs), int | float):
            made[ours] = found[theirs]
    if isinstance(found.get("global_schedule"), int | float):
        made["learning_rate"] = found["global_schedule"] * highest
    if isinstance(length := found.get("avg_sup_seqlen"), int | float) and math.isfinite(length):
        made["tokens"] = round(length * batch_size)
    return made


def read_metrics(workdir: Path) -> list[Metrics]:
    """All steps that were measured, in order; of a step that was made again after a kill, what it gave last."""
    config = _json(workdir / "config.json")
    steps: dict[int, Metrics] = {}
    for line in Tail(workdir / METRICS).lines():
        if made := measured(line, config.get("lr", 1.0), config.get("batch_size", 1)):
            step = int(made["step"])
            # A line without a loss is an evaluation of a run that had already come to its end.
            steps[step] = made if "loss" in made else {**steps.get(step, {}), **made}
    return [steps[step] for step in sorted(steps)]


def read_answers(path: Path, wanted: Iterable[str] | None = None) -> dict[str, str]:
    """Row id -> answer, from a file that big_vision's `storepreds` wrote.

    wanted: ids that must be there. `TrainError` names the file, and the first that is missing.
    """
    rows = _json(path)
    if not isinstance(rows, list) or not all(
        isinstance(row, Mapping) and {"id", "caption"} <= set(row) for row in rows
    ):
        raise TrainError(f"{path}: not a list of answers with id and caption")
    found = {str(row["id"]): str(row["caption"]) for row in rows}
    if missing := [row for row in wanted or () if row not in found]:
        raise TrainError(f"{path}: {len(missing)} rows have no answer, {missing[0]} among them")
    return found


def read_curve(workdir: Path) -> dict[int, dict[str, str]]:
    """Step -> answers to the first rows of the validation split, where they were asked for."""
    found = {int(match[1]): path for path in workdir.glob("curve-*.json") if (match := CURVE.fullmatch(path.name))}
    return {step: read_answers(found[step]) for step in sorted(found)}


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainError(f"{path}: cannot be read: {error}") from None
