"""A report as one HTML page: pictures inside, no script, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from synthink.evaluate.intervals import Interval, figure
from synthink.evaluate.report import tables
from synthink.evaluate.report.data import ReportData
from synthink.evaluate.report.pictures import prediction
from synthink.evaluate.report.plots import Plot
from synthink.evaluate.scoring import ScoredAnswer
from synthink.pages import image_url, render
from synthink.pages.text import as_yaml

TEMPLATE = Path(__file__).with_name("templates") / "report.html.jinja"
TONES = {"learned": "good", "control leaks": "bad", "inconclusive": "open"}
MEANINGS = {
    "learned": "A model that learned from this dataset does the task on rows it never saw, and not without the signal.",
    "control leaks": "Answers can be had without looking at the signal, so that a score on this data proves little.",
    "inconclusive": "This run neither shows that the dataset teaches its task nor speaks against it.",
}


def page(
    data: ReportData, plots: Mapping[str, Plot], best: Sequence[ScoredAnswer], worst: Sequence[ScoredAnswer]
) -> str:
    """The page as text. best, worst: the predictions that are shown."""
    group_tables = [tables.group_table(name, values, data.score) for name, values in tables.groups(data.summary.groups)]
    control = {} if data.control_score is None else {data.score: data.control_score}
    return render(
        TEMPLATE,
        title=data.title,
        data=data,
        summary=data.summary,
        background=data.background,
        sections=_sections(data, plots, has_predictions=bool(best or worst)),
        tone=TONES.get(data.verdict.word if data.verdict else "", "open"),
        meaning=MEANINGS[data.verdict.word] if data.verdict else "",
        bars=_bars(data),
        chance=data.chance.value if data.chance else None,
        scores={**data.summary.scores, "answers in the domain": data.summary.in_domain},
        control_scores=data.control.scores if data.control and not isinstance(data.control, Interval) else control,
        first_groups=[table for table in group_tables if table.column in tables.LEADING],
        other_groups=[table for table in group_tables if table.column not in tables.LEADING],
        matrix=tables.matrix(data.summary.confusion) if data.summary.confusion else None,
        part_matrices={part: tables.matrix(counts) for part, counts in data.summary.part_confusion.items()},
        predictions={"Worst": list(map(prediction, worst)), "Best": list(map(prediction, best))},
        has_shapes=any(answer.truth_shapes or answer.answer_shapes for answer in [*best, *worst]),
        wrong=tables.commonest(data.summary.wrong),
        plots={name: Markup(plot.svg) for name, plot in plots.items()},
        sheet=image_url(data.sheet),
        config=as_yaml(data.background.config),
        most_rows=tables.MOST_ROWS,
        most_values=tables.VALUES,
        change=tables.change,
        figure=figure,
    )


def _sections(data: ReportData, plots: Mapping[str, Plot], has_predictions: bool) -> list[str]:
    """The names of the sections that have something to show."""
    has_content = {
        "Scores": True,
        "Training": "curve" in plots,
        "By group": any(True for _ in tables.groups(data.summary.groups)),
        "Confusion": bool(data.summary.confusion or data.summary.part_confusion),
        "Predictions": has_predictions,
        "Commonest wrong answers": bool(data.summary.wrong),
        "Forgetting": bool(data.forgetting),
        "Examples in the prompt": bool(data.background.shots),
        "Data": bool(data.sheet),
        "Make it again": bool(data.background.commands),
        "Configuration": bool(data.background.config),
    }
    return [name for name, is_shown in has_content.items() if is_shown]


def _bars(data: ReportData) -> list[tuple[str, Interval, bool]]:
    """Label and score of the held-out rows and of the control, and whether it is the control's."""
    control_label = "without the signal" + ("" if data.control_trained else ", not trained so")
    bars = [
        (f"{data.score}, {data.summary.rows} rows", data.summary.scores.get(data.score), False),
        (control_label, data.control_score, True),
    ]
    return [(label, score, is_control) for label, score, is_control in bars if score is not None]
