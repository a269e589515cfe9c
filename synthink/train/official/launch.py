"""Run big_vision's own trainer: lay rows and configuration out, start the process, watch it, read back what it left."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from synthink.train.learner import Example, TrainError
from synthink.train.official import child, recipe, results
from synthink.train.official.interpreter import checkout, environment, interpreter
from synthink.train.official.prepare import make_folder, prepare
from synthink.train.official.results import Metrics
from synthink.train.official.settings import BigVisionOfficial
from synthink.train.settings import Model

WORKDIR, LOG, CHECKPOINT = "workdir", "log.txt", "checkpoint.npz"
WATCHED_S = 0.3
STOPPED_S = 10.0
"""How long a process has to end by itself before it is killed."""
TOLD_LINES = 12
_ERROR = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt|Exit))\b:?.*")
_COLOUR = re.compile(r"\x1b\[\d+m")


class Finished(NamedTuple):
    """A run that came to its end.

    metrics: a mapping for each step that was measured, in order, with `step`, `loss`, `learning_rate`,
    `gradient_norm`, `tokens`, and where it was looked at `validation_loss`. answers: validation row -> answer at the
    end. curve: step -> answers to the first `curve_rows` rows. checkpoint: the weights, `params/...` in an npz.
    """

    metrics: list[Metrics]
    answers: dict[str, str]
    curve: dict[int, dict[str, str]]
    checkpoint: Path
    log: Path


def run_official(
    folder: Path,
    train: Iterable[Example],
    validation: Iterable[Example],
    *,
    model: Model,
    trainer: BigVisionOfficial,
    tokenizer: Path,
    image_px: int,
    seed: int = 0,
    weights_file: Path | None = None,
    progress: Callable[[Metrics], None] | None = None,
) -> Finished:
    """Train on rows with big_vision's own trainer; the same call goes on from its last checkpoint.

    folder: where rows, configuration, log and checkpoints go. image_px: side of the square that the model sees.
    weights_file: an npz as big_vision publishes; None: from scratch. progress: called with each step's metrics as it is
    logged. Raises `TrainError` for what is missing or does not fit, and when the process fails, with its last lines;
    what ends this call early (KeyboardInterrupt among them) ends the process too.
    """
    big_vision = checkout(trainer.big_vision)
    python = interpreter(trainer.python)
    answered = prepare(folder, train, validation, model, trainer, tokenizer, image_px, seed, weights_file)
    workdir, log = folder / WORKDIR, folder / LOG
    make_folder(workdir)
    metrics = results.Tail(workdir / results.METRICS, results.size(workdir / results.METRICS))
    rate = trainer.learning_rate or model.learning_rate
    before = results.size(log)
    with log.open("ab") as written, _process(command(python), folder, written, big_vision, trainer) as process:
        while (status := process.poll()) is None:
            time.sleep(WATCHED_S)
            _report(metrics, rate, trainer.batch_size, progress)
        _report(metrics, rate, trainer.batch_size, progress)
    if status:
        raise TrainError(failure(status, log, before))
    return Finished(
        results.read_metrics(workdir),
        results.read_answers(workdir / results.ANSWERS, answered),
        results.read_curve(workdir),
        folder / CHECKPOINT,
        log,
    )


def command(python: str) -> list[str]:
    """How the process is started, in the run's folder; typed without `--with-parent`, it runs by itself."""
    options = ["--config", recipe.CONFIG, "--workdir", WORKDIR, "--export", CHECKPOINT]
    return [python, str(Path(child.__file__).resolve()), "--with-parent", *options]


@contextlib.contextmanager
def _process(
    typed: list[str], folder: Path, log: Any, big_vision: Path, trainer: BigVisionOfficial
) -> Iterator[subprocess.Popen[bytes]]:
    """The process while the block runs. Its standard input is open as long as we live: it ends when we are killed."""
    process = subprocess.Popen(
        typed,
        cwd=folder,
        env=environment(big_vision, trainer.precision),
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a Ctrl-C is ours to pass on
    )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        if process.poll() is not None:
            break
        _signal(process, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOPPED_S)
    if process.stdin:
        process.stdin.close()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
    else:
        process.terminate()


def _report(tail: results.Tail, rate: float, batch_size: int, progress: Callable[[Metrics], None] | None) -> None:
    for line in tail.lines():
        made = results.measured(line, rate, batch_size)
        if made and progress:
            progress(made)


def failure(status: int, log: Path, start: int) -> str:
    """What went wrong, from a log: the last error in it, and its last lines. start: where this run's part begins."""
    lines = [_COLOUR.sub("", line).rstrip() for line in results.Tail(log, start).lines()]
    reasons = [line for line in lines if _ERROR.match(line)]
    ended = f"ended with status {status}"
    if status < 0:
        name = signal.Signals(-status).name
        ended = f"was ended by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
    reason = f": {reasons[-1]}" if reasons else ""
    told = "\n  ".join(line for line in lines[-TOLD_LINES:] if line)
    return f"big_vision's own trainer {ended}{reason}; the end of {log}:\n  {told}"
