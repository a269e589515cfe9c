"""`synthink validate`: dataset, run, control run and report in one folder: does the dataset teach?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthink.confined import reject_links
from synthink.core.source import Source
from synthink.errors import OutputError
from synthink.evaluate.data.rows import Dataset
from synthink.evaluate.evaluate import Evaluation, Result, evaluate
from synthink.evaluate.report.data import Background
from synthink.evaluate.verdict import THRESHOLD
from synthink.train.metrics import read_curve
from synthink.train.open_model import allow_long_answers, open_run
from synthink.train.request import TIME_WAS_UP, Request
from synthink.train.run import train_model
from synthink.train.run_folder import EARLIER, METRICS, RunFolder
from synthink.train.settings import Model, Trainer

DATA, RUN, CONTROL = "data", "run", "control"


def validate(  # noqa: PLR0913 - what a user types, a keyword each
    model: Model,
    trainer: Trainer,
    output: Path,
    generate: Callable[..., object],
    *,
    seed: int = 0,
    overwrite: bool = False,
    split: str = "test",
    rows: int | None = None,
    score: str = "correct",
    threshold: float = THRESHOLD,
    config: Mapping[str, Any] | None = None,
    command: Callable[[Mapping[str, str]], str] | None = None,
    overrides: Mapping[str, str] | None = None,
    progress: bool = False,
) -> Result:
    """Generate a dataset, train on it, train a control, evaluate both and write a report; finished parts are kept.

    The control is the same model, trained for as many steps on the same rows without mark or ink, and asked about such
    rows. A trainer with more steps or more time than before goes on with both.
    generate: `synthink.generate` with all its arguments except output, overwrite and progress. split, rows: the split
    whose rows are asked about, and how many of them; None: all. command: the command line that does all this, with some
    keys changed; None: there is none to name. overrides: what a job of a sweep changed, for the sweep's table.
    """
    trainer.check_installed()
    reject_links(output, (DATA, RUN, CONTROL), OutputError)
    generate(output=output / DATA, overwrite=overwrite, progress=progress)
    dataset = Dataset(output / DATA)
    assert dataset.source is not None and dataset.generator is not None, "synthink made it"
    source = dataset.source  # ours, of what the user named: nothing of it has to be allowed
    dataset.source = Source(source.generator, source.seed, source.shares, source.split_seed, source.own_splits)
    dataset.name = dataset.generator.name  # in the report; the folder's own says nothing
    request = Request(model, trainer, output / RUN, [(dataset, 1.0)], seed=seed, overwrite=overwrite)
    outcome = train_model(request, progress)
    steps = outcome["steps"]
    control_trainer = replace(trainer, seconds=None, stop_at=None)
    control_request = replace(request, trainer=control_trainer, output=output / CONTROL, control=True, until=steps)
    control_outcome = train_model(control_request, progress)
    answerer, control = open_run(output / RUN), open_run(output / CONTROL)
    for learner in (answerer, control):
        allow_long_answers(learner, [dataset.rows(split)], rows)
    facts = {
        "generator": dataset.generator.name,
        "model": f"{model.name}, {outcome['parameters']:,} parameters",
        "trained": f"{steps:,} of {trainer.steps:,} steps of {trainer.batch_size} rows in {outcome['seconds']:.0f} s",
        "stopped": outcome["stopped"],
        "control": f"{control_outcome['steps']:,} steps in {control_outcome['seconds']:.0f} s",
        "trainer": trainer.name,
    }
    if earlier := RunFolder(output / RUN).request().get(EARLIER):
        facts["in parts"] = "; ".join(f"{part['done']:,} steps on the way to {part['steps']:,}" for part in earlier)
    is_late = outcome["stopped"] == TIME_WAS_UP
    longer = {"trainer.seconds": "null"} if is_late else {"trainer.steps": str(2 * trainer.steps)}
    seconds = outcome["seconds"] + control_outcome["seconds"]
    background = Background(
        facts=facts,
        config=config or {},
        commands=[command({})] if command else [],
        stopped=f"The run was stopped by its time, after {steps:,} of {trainer.steps:,} steps." if is_late else "",
        go_on=command({**longer, "output": str(output)}) if command else "",
        curve=read_curve(output / RUN / METRICS),
        control_curve=read_curve(output / CONTROL / METRICS),
    )
    evaluation = Evaluation(
        [dataset],
        split=split,
        rows=rows,
        score=score,
        threshold=threshold,
        background=background,
        result={
            "seconds": round(seconds, 1),
            "overrides": dict(overrides or {}),
        },
    )
    return evaluate(evaluation, answerer, output, control=control, control_trained=True, progress=progress)
