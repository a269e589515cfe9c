"""A report as Markdown, for a dataset's page on the hub: its pictures are PNG files beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from synthink.evaluate.intervals import Interval, figure
from synthink.evaluate.report import tables
from synthink.evaluate.report.data import ReportData
from synthink.labels.metrics import NONE
from synthink.pages.text import as_yaml, code_block, for_markdown

CLASSES = 12  # up to which a confusion matrix is a table
MIXED = 15  # pairs of classes that are listed otherwise
MIXED_IN_PART = 4  # and of each part of the answers


def markdown(data: ReportData, pictures: Collection[str]) -> str:
    """The whole text. pictures: names of those that stand beside it, as `report-NAME.png`."""
    return "\n\n".join(part for part in _parts(data, pictures) if part) + "\n"


def _parts(data: ReportData, pictures: Collection[str]) -> Iterator[str]:
    yield f"# {for_markdown(data.title)}"
    if data.verdict is not None:
        yield f"**Verdict: {data.verdict.word}**"
        yield "\n".join(f"* {for_markdown(reason, 600)}" for reason in data.verdict.reasons)
    if data.go_on:
        yield f"To go on with this run:\n\n{code_block(data.go_on, 'sh')}"
    yield _table(["", ""], ([for_markdown(name), for_markdown(value)] for name, value in data.background.facts.items()))
    yield "## Scores"
    yield _scores(data)
    if "curve" in pictures:
        yield "## Training\n\n![Loss and score against steps](report-curve.png)"
    for column, values in tables.groups(data.summary.groups):
        if column in tables.LEADING:
            yield f"## By {column.replace('_', ' ')}"
            ranked = sorted(values.items(), key=lambda pair: pair[1][data.score].mean if data.score in pair[1] else 0)
            rows = (
                [for_markdown(name, 60), *_cells(scores.get(data.score))] for name, scores in ranked[: tables.VALUES]
            )
            yield _table(["", for_markdown(data.score), "95 % interval", "rows"], rows)
    if data.summary.confusion:
        yield "## Confusion"
        yield _confusion(data)
    if data.summary.part_confusion:
        yield "## Confusion by part"
        yield _part_confusion(data)
    for name in ("worst", "best"):
        if name in pictures:
            yield f"## {name.title()} predictions\n\n![{name.title()} predictions](report-{name}.png)"
    if data.summary.wrong:
        yield "## Commonest wrong answers"
        rows = (
            [for_markdown(wrong.truth, 100), for_markdown(wrong.answer, 100), str(wrong.rows)]
            for wrong in tables.commonest(data.summary.wrong)
        )
        yield _table(["should be", "answered", "rows"], rows)
    yield from _more(data, pictures)


def _more(data: ReportData, pictures: Collection[str]) -> Iterator[str]:
    if data.forgetting:
        yield "## Forgetting"
        yield _table(
            ["dataset", "score", "before", "after", "change"],
            (
                [
                    for_markdown(change.dataset, 60),
                    for_markdown(change.score, 40),
                    _span(change.before),
                    _span(change.after),
                    f"{change.after.mean - change.before.mean:+.3f}",
                ]
                for change in data.forgetting[: tables.MOST_ROWS]
            ),
        )
    if data.background.shots:
        yield "## Examples in the prompt"
        yield "![Metric against examples](report-shots.png)" if "shots" in pictures else ""
        yield _table(
            ["predictor", "examples", "metric", "mean", "95 % interval"],
            (
                [
                    for_markdown(shots.predictor, 60),
                    str(shots.shots),
                    for_markdown(shots.metric, 40),
                    figure(shots.mean),
                    f"{figure(shots.low)} – {figure(shots.high)}",
                ]
                for shots in data.background.shots[: tables.MOST_ROWS]
            ),
        )
    if "data" in pictures:
        yield "## Data\n\n![Rows of the dataset](report-data.png)"
    if data.background.commands:
        yield "## Make it again"
        yield code_block("\n".join(data.background.commands), "sh")
    if data.background.config:
        yield "<details><summary>Configuration</summary>"
        yield code_block(as_yaml(data.background.config), "yaml")
        yield "</details>"


def _scores(data: ReportData) -> str:
    """Every score, the control and chance, and the errors in one table."""
    rows = [[for_markdown(name), *_cells(score)] for name, score in data.summary.scores.items()]
    rows.append(["answers in the domain", *_cells(data.summary.in_domain)])
    if data.control_score is not None:
        kind = "trained and asked" if data.control_trained else "only asked"
        rows.append([f"{for_markdown(data.score)}, {kind} without the signal", *_cells(data.control_score)])
    if data.chance is not None:
        rows.append([f"chance: {for_markdown(data.chance.source)}", figure(data.chance.value), "", ""])
    rows += [[f"{for_markdown(name)} (0 is best)", *_cells(score)] for name, score in data.summary.errors.items()]
    return _table(["", "mean", "95 % interval", "rows"], rows)


def _confusion(data: ReportData) -> str:
    """The matrix where it is small, else the pairs that are mixed up most."""
    down, across, cells = tables.square(data.summary.confusion)
    if len(across) <= CLASSES + 1:
        head = ["truth \\ answer", *(for_markdown(name, 24) for name in across)]
        return _table(head, ([for_markdown(t, 24), *(str(cells.get((t, a), "")) for a in across)] for t in down))
    mixed = sorted(
        ((count, pair) for pair, count in cells.items() if pair[0] != pair[1]), key=lambda pair: (-pair[0], pair[1])
    )
    rows = ([for_markdown(truth, 24), for_markdown(answer, 24), str(count)] for count, (truth, answer) in mixed[:MIXED])
    return _table(["truth", f"answered ({for_markdown(NONE)}: no class)", "rows"], rows)


def _part_confusion(data: ReportData) -> str:
    """Of each part of the answers how many are right, and what is mixed up most."""
    rows = []
    for part, counts in list(data.summary.part_confusion.items())[: tables.MOST_ROWS]:
        pairs = [(count, truth, answer) for truth, row in counts.items() for answer, count in row.items()]
        mixed = sorted((pair for pair in pairs if pair[1] != pair[2]), key=lambda pair: (-pair[0], *pair[1:]))
        total = sum(count for count, _, _ in pairs)
        share = 1 - sum(count for count, _, _ in mixed) / total
        named = ", ".join(f"{truth} → {answer} ({count})" for count, truth, answer in mixed[:MIXED_IN_PART])
        rows.append([for_markdown(part, 60), figure(share), str(total), for_markdown(named, 100)])
    return _table(["", "right", "rows", "mixed up most"], rows)


def _span(score: Interval) -> str:
    return f"{figure(score.mean)} ({figure(score.low)} – {figure(score.high)})"


def _cells(score: Interval | None) -> list[str]:
    if score is None:
        return ["", "", ""]
    return [figure(score.mean), f"{figure(score.low)} – {figure(score.high)}", str(score.rows)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]) if lines else ""
