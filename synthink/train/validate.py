"""`synthink validate`: dataset, run, control run and report in one folder: does the dataset teach?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthink import api
from synthink.confined import reject_links
from synthink.core.source import Source
from synthink.errors import OutputError
from synthink.evaluate.data.rows import Dataset
from synthink.evaluate.evaluate import Evaluation, Result, evaluate
from synthink.evaluate.report.data import Background
from synthink.evaluate.verdict import THRESHOLD
from synthink.train.metrics import read_curve
from synthink.train.open_model import allow_long_answers, open_run
from synthink.train.request import Request
from synthink.train.run import train_model
from synthink.train.run_folder import METRICS
from synthink.train.settings import Model, Trainer

DATA, RUN, CONTROL = "data", "run", "control"


def validate(  # noqa: PLR0913 - what a user types, a keyword each
    model: Model,
    trainer: Trainer,
    output: Path,
    generate: Mapping[str, Any],
    *,
    seed: int = 0,
    overwrite: bool = False,
    rows: int | None = None,
    score: str = "correct",
    threshold: float = THRESHOLD,
    config: Mapping[str, Any] | None = None,
    commands: Sequence[str] = (),
    overrides: Mapping[str, str] | None = None,
    progress: bool = False,
) -> Result:
    """Generate a dataset, train on it, train a control, evaluate both and write a report; finished parts are kept.

    The control is the same model, trained as long on the same rows without mark or ink, and asked about such rows.
    generate: the arguments of `synthink.generate` except the output. rows: the number of test rows that are asked;
    None: all. overrides: what a job of a sweep changed, for the sweep's table.
    """
    trainer.check_installed()
    reject_links(output, (DATA, RUN, CONTROL), OutputError)
    api.generate(output=output / DATA, overwrite=overwrite, progress=progress, **generate)
    dataset = Dataset(output / DATA)
    assert dataset.source is not None and dataset.generator is not None, "synthink made it"
    source = dataset.source  # ours, of what the user named: nothing of it has to be allowed
    dataset.source = Source(source.generator, source.seed, source.shares, source.split_seed)
    dataset.name = dataset.generator.name  # in the report; the folder's own says nothing
    request = Request(model, trainer, output / RUN, [(dataset, 1.0)], seed=seed, overwrite=overwrite)
    outcome = train_model(request, progress)
    control_outcome = train_model(replace(request, output=output / CONTROL, control=True), progress)
    answerer, control = open_run(output / RUN), open_run(output / CONTROL)
    for learner in (answerer, control):
        allow_long_answers(learner, [dataset.rows("test")], rows)
    facts = {
        "generator": dataset.generator.name,
        "model": f"{model.name}, {outcome['parameters']:,} parameters",
        "trained": f"{outcome['steps']:,} steps of {trainer.batch_size} rows in {outcome['seconds']:.0f} s",
        "trainer": trainer.name,
    }
    seconds = outcome["seconds"] + control_outcome["seconds"]
    background = Background(
        facts=facts,
        config=config or {},
        commands=commands,
        curve=read_curve(output / RUN / METRICS),
        control_curve=read_curve(output / CONTROL / METRICS),
    )
    evaluation = Evaluation(
        [dataset],
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
