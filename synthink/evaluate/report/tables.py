"""Tables of a report's page: scores with bars, what was mixed up, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from synthink.evaluate.intervals import Interval, figure
from synthink.evaluate.report.data import Forgetting, Shots
from synthink.evaluate.report.text import for_html
from synthink.evaluate.summary import Summary, Wrong
from synthink.labels.metrics import NONE

VALUES = 40  # of a column that are listed
TALL = 12  # values from which on a table is set in two columns
CLASSES = 30  # of a confusion matrix, before the rest is put together
OTHERS = "other classes"
ONCE = 6  # wrong answers that are listed where each was given once
MOST_CELLS = 200  # of any other table, in rows

Groups = Mapping[str, Mapping[str, Interval]]
"""A column's value -> score -> mean."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """An HTML table from cells that are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def bar(found: Interval, chance: float | None = None, colour: str = "") -> str:
    """An interval between 0 and 1 as a range with a dot at its mean, and a tick at chance."""
    low, mean, high = (100 * min(1.0, max(0.0, value)) for value in (found.low, found.mean, found.high))
    tick = "" if chance is None else f'<i class="chance" style="left:{100 * chance:.2f}%"></i>'
    return (
        f'<div class="bar {colour}"><i class="range" style="left:{low:.2f}%;width:{max(high - low, 0.4):.2f}%"></i>'
        f'{tick}<i class="dot" style="left:{mean:.2f}%"></i></div>'
    )


def span(found: Interval) -> str:
    """A mean and, smaller, its interval."""
    return f"<b>{figure(found.mean)}</b> <small>{figure(found.low)} – {figure(found.high)}</small>"


def scores(summary: Summary, control: Summary | Interval | None, lead: str, chance: float | None) -> str:
    """All scores, their control beside them, and the errors."""
    others = control.scores if isinstance(control, Summary) else {} if control is None else {lead: control}
    rows = [
        [for_html(name), span(found), bar(found, chance if name == lead else None), str(found.rows)]
        + ([span(others[name]) if name in others else ""] if others else [])
        for name, found in {**summary.scores, "answers in the domain": summary.in_domain}.items()
    ]
    head = ["score", "mean, 95 % interval", "0 to 1", "rows", *(["without the signal"] if others else [])]
    errors = [[for_html(name), span(found), str(found.rows)] for name, found in summary.errors.items()]
    below = table(["error (0 is best)", "mean, 95 % interval", "rows"], errors) if errors else ""
    return table(head, rows, "scores") + below


def groups(found: Mapping[str, Groups]) -> Iterator[tuple[str, Groups]]:
    """The columns worth a table: with several values, and none that only repeats an earlier one under another name."""
    first = [name for name in ("task", "class", "font", "font_family", "variant") if name in found]
    told: list[list[Mapping[str, Interval]]] = []
    for column in dict.fromkeys([*first, *found]):
        parts = list(found[column].values())
        if len(parts) > 1 and parts not in told:
            told.append(parts)
            yield column, found[column]


def by_value(values: Groups, lead: str, chance: float | None = None) -> str:
    """A column's values, the worst first."""
    ranked = sorted(
        ((name, figures[lead]) for name, figures in values.items() if lead in figures), key=lambda pair: pair[1].mean
    )
    rows = [[for_html(name, 60), span(found), bar(found, chance), str(found.rows)] for name, found in ranked[:VALUES]]
    more = f"<p class=note>The {VALUES} lowest of {len(ranked)}.</p>" if len(ranked) > VALUES else ""
    size = len(rows) if len(values) <= TALL else -(-len(rows) // 2)
    parts = [rows[start : start + size] for start in range(0, len(rows), size or 1)]
    return "".join(table(["", "mean, 95 % interval", "0 to 1", "rows"], part, "scores") for part in parts) + more


def square(
    confusion: Mapping[str, Mapping[str, int]], most: int = CLASSES
) -> tuple[list[str], list[str], dict[tuple[str, str], int]]:
    """Classes down, classes across with `<none>` last, and the counts; the rarest are put together."""
    sizes = {truth: sum(row.values()) for truth, row in confusion.items()}
    for row in confusion.values():
        for answer in row:
            sizes.setdefault(answer, 0)
    named = sorted((name for name in sizes if name != NONE), key=lambda name: -sizes[name])
    kept = set(named[:most])
    cells: dict[tuple[str, str], int] = {}
    for truth, row in confusion.items():
        for answer, count in row.items():
            pair = (truth if truth in kept else OTHERS, answer if answer in kept or answer == NONE else OTHERS)
            cells[pair] = cells.get(pair, 0) + count
    across = [*sorted(kept), *([OTHERS] if len(named) > most else []), NONE]
    down = [name for name in across if any(pair[0] == name for pair in cells)]
    return down, across, cells


def confusion(found: Mapping[str, Mapping[str, int]]) -> str:
    """The matrix: truth down, answers across, shaded by the share of the truth's rows."""
    down, across, cells = square(found)
    head = "".join(f"<th><span>{for_html(name, 24)}</span></th>" for name in across)
    body = []
    for truth in down:
        total = sum(count for pair, count in cells.items() if pair[0] == truth)
        row = "".join(_cell(truth, answer, cells.get((truth, answer), 0), total) for answer in across)
        body.append(f"<tr><th>{for_html(truth, 24)}</th>{row}<td class=sum>{total}</td></tr>")
    return (
        '<div class="wide"><table class="matrix"><thead><tr><th class="corner">truth ↓ answer →</th>'
        f"{head}<th><span>rows</span></th></tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _cell(truth: str, answer: str, count: int, total: int) -> str:
    if not count:
        return "<td></td>"
    share = count / total
    colour = "0,114,178" if truth == answer else "213,94,0"
    ink = ";color:#fff" if share > 0.55 else ""
    title = f"{for_html(truth, 24)} answered as {for_html(answer, 24)}: {count} of {total}"
    return f'<td title="{title}" style="background:rgba({colour},{0.12 + 0.88 * share:.2f}){ink}">{count}</td>'


def commonest(found: Sequence[Wrong]) -> Sequence[Wrong]:
    """A few where each was given once: what is commonest then is only what comes first."""
    return found if any(each.rows > 1 for each in found) else found[:ONCE]


def wrong(found: Sequence[Wrong]) -> str:
    """The commonest wrong answers."""
    rows = [
        [f"<code>{for_html(each.truth, 120)}</code>", f"<code>{for_html(each.answer, 120)}</code>", str(each.rows)]
        for each in commonest(found)
    ]
    return table(["should be", "answered", "rows"], rows)


def forgetting(found: Sequence[Forgetting]) -> str:
    """Older datasets before and after, and what was lost."""
    rows = [
        [
            for_html(each.dataset, 60),
            for_html(each.score, 40),
            span(each.before),
            span(each.after),
            f'<b class="{lost(each)}">{each.after.mean - each.before.mean:+.3f}</b>',
            bar(each.before, colour="grey") + bar(each.after),
        ]
        for each in found[:MOST_CELLS]
    ]
    return table(["dataset", "score", "before", "after", "change", "before, after"], rows, "scores")


def lost(each: Forgetting) -> str:
    """Whether a change is beyond both intervals."""
    return "bad" if each.after.high < each.before.low else "good" if each.after.low > each.before.high else ""


def shots(found: Sequence[Shots]) -> str:
    """Predictors by examples in the prompt."""
    rows = [
        [
            for_html(each.predictor, 60),
            str(each.shots),
            for_html(each.metric, 40),
            f"<b>{figure(each.mean)}</b> <small>{figure(each.low)} – {figure(each.high)}</small>",
        ]
        for each in found[:MOST_CELLS]
    ]
    return table(["predictor", "examples", "metric", "mean, 95 % interval"], rows)
