"""A report as one HTML page: pictures inside, no script, nothing fetched from anywhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence

from synthink.evaluate.intervals import Interval, figure
from synthink.evaluate.report import tables
from synthink.evaluate.report.data import ReportData
from synthink.evaluate.report.pictures import prediction
from synthink.evaluate.report.plots import Plot
from synthink.evaluate.report.style import STYLE
from synthink.evaluate.report.text import as_yaml, for_html
from synthink.evaluate.scoring import ScoredAnswer

OPEN = ("task", "class", "font", "font_family", "variant")  # groups that are shown without a click
LIGHT = {"learned": "good", "control leaks": "bad", "inconclusive": "open"}
MEANING = {
    "learned": "A model that learned from this dataset does the task on rows it never saw, and not without the signal.",
    "control leaks": "Answers can be had without looking at the signal, so that a score on this data proves little.",
    "inconclusive": "This run neither shows that the dataset teaches its task nor speaks against it.",
}


def page(
    data: ReportData, plots: Mapping[str, Plot], best: Sequence[ScoredAnswer], worst: Sequence[ScoredAnswer]
) -> str:
    """The whole page. best, worst: the predictions that are shown."""
    parts = list(_sections(data, plots, best, worst))
    links = "".join(f'<a href="#s{number}">{name}</a>' for number, (name, _) in enumerate(parts))
    body = "".join(f'<h2 id="s{number}">{name}</h2>{content}' for number, (name, content) in enumerate(parts))
    facts = "".join(
        f"<div><dt>{for_html(name, 60)}</dt><dd>{for_html(value)}</dd></div>"
        for name, value in data.background.facts.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{for_html(data.title)}</title><style>{STYLE}</style></head><body>"
        f'<header><h1>{for_html(data.title)}</h1><dl class="facts">{facts}</dl></header>'
        f"{_verdict(data)}<nav>{links}</nav>{body}</body></html>\n"
    )


def _verdict(data: ReportData) -> str:
    word = data.verdict.word if data.verdict else ""
    told = f"<b class=word>{for_html(word)}</b><p>{MEANING[word]}</p>" if word else ""
    reasons = "".join(f"<li>{for_html(reason, 600)}</li>" for reason in data.verdict.reasons) if data.verdict else ""
    return (
        f'<section class="verdict {LIGHT.get(word, "open")}"><div>{told}<ul>{reasons}</ul></div>'
        f'<div class="lead">{"".join(_lead(data))}</div></section>'
    )


def _lead(data: ReportData) -> Iterator[str]:
    """Held-out score, control, and chance, under each other on one scale."""
    chance = data.chance.value if data.chance else None
    asked = f'<i class="asked" style="left:{100 * data.threshold:.2f}%"></i></div>'
    shown: list[tuple[str, Interval | None, str]] = [
        (f"{for_html(data.score, 30)}, {data.summary.rows} rows", data.summary.scores.get(data.score), ""),
        ("without the signal" + ("" if data.control_trained else ", not trained so"), data.control_score, "grey"),
    ]
    for name, found, colour in shown:
        if found is not None:
            drawn = tables.bar(found, chance, colour)
            yield f"<div><b>{figure(found.mean)}</b><small>{name}</small></div>"
            yield drawn if colour else drawn.removesuffix("</div>") + asked
    yield '<div class="axis"><span>0</span><span>0.5</span><span>1</span></div>'
    if data.chance is not None:
        yield (
            f"<div><b>{figure(data.chance.value)}</b><small>chance</small></div><small>{for_html(data.chance.source)}. "
            '<span class="key" style="color:#d55e00;border-top-style:dashed"></span>chance '
            '<span class="key" style="color:#495057;border-top-style:dotted"></span>'
            f"asked for, {figure(data.threshold)}</small>"
        )


def _sections(
    data: ReportData, plots: Mapping[str, Plot], best: Sequence[ScoredAnswer], worst: Sequence[ScoredAnswer]
) -> Iterator[tuple[str, str]]:
    """Name and content of each section that has something to show."""
    chance = data.chance.value if data.chance else None
    yield "Scores", tables.scores(data.summary, data.control, data.score, chance)
    if "curve" in plots:
        yield "Training", plots["curve"].svg
    if found := list(tables.groups(data.summary.groups)):
        yield "By group", _groups(found, data.score)
    if data.summary.confusion:
        note = (
            "<p class=note>Shaded by the share of a class's rows: blue where the class is right, orange where not.</p>"
        )
        yield "Confusion", note + tables.confusion(data.summary.confusion)
    if worst or best:
        yield "Predictions", _predictions(best, worst)
    if data.summary.wrong:
        yield "Commonest wrong answers", tables.wrong(data.summary.wrong)
    if data.forgetting:
        yield "Forgetting", tables.forgetting(data.forgetting)
    if data.background.shots:
        yield (
            "Examples in the prompt",
            (plots["shots"].svg if "shots" in plots else "") + tables.shots(data.background.shots),
        )
    if data.sheet:
        uri = base64.b64encode(data.sheet).decode()
        yield "Data", f'<img class="sheet" alt="rows of the dataset" src="data:image/png;base64,{uri}">'
    if data.background.commands:
        yield "Make it again", f"<pre>{for_html(chr(10).join(data.background.commands), 20_000)}</pre>"
    if data.background.config:
        shown = f"<pre>{for_html(as_yaml(data.background.config), 20_000)}</pre>"
        yield "Configuration", f"<details><summary>all settings</summary>{shown}</details>"


def _groups(found: Sequence[tuple[str, tables.Groups]], lead: str) -> str:
    def made(shown: Sequence[tuple[str, tables.Groups]]) -> str:
        parts = (
            f'<div class="{"tall columns" if len(values) > tables.TALL else ""}">'
            f"<h3>by {for_html(name.replace('_', ' '), 60)}</h3>{tables.by_value(values, lead)}</div>"
            for name, values in shown
        )
        return f'<div class="columns">{"".join(parts)}</div>'

    first = [pair for pair in found if pair[0] in OPEN]
    rest = [pair for pair in found if pair[0] not in OPEN]
    more = f"<details><summary>by {len(rest)} more columns</summary>{made(rest)}</details>" if rest else ""
    return (made(first) if first else "") + more


def _predictions(best: Sequence[ScoredAnswer], worst: Sequence[ScoredAnswer]) -> str:
    pointed = any(each.truth_shapes or each.answer_shapes for each in [*best, *worst])
    key = (
        '<p class=note><span class="key" style="color:#009e73"></span>truth &nbsp; '
        '<span class="key" style="color:#cc2b8a;border-top-style:dashed"></span>answer</p>'
    )
    parts = [key if pointed else ""]
    for name, shown in (("Worst", worst), ("Best", best)):
        if shown:
            parts.append(f'<h3>{name}</h3><div class="shown">{"".join(map(prediction, shown))}</div>')
        elif name == "Worst":
            parts.append("<p class=note>No answer that can be shown is wrong.</p>")
    return "".join(parts)
