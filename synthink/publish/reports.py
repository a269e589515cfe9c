"""The reports about a run's model that lie in its folder, for its card on the hub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from synthink.confined import kind_inside, names_inside, read_inside
from synthink.errors import AssetError
from synthink.evaluate.chance import Chance
from synthink.evaluate.intervals import Interval
from synthink.evaluate.report.data import Background, Forgetting, ReportData, Shots
from synthink.evaluate.report.markdown import markdown
from synthink.evaluate.report.report import DATA, LARGEST_BYTES
from synthink.evaluate.summary import Summary
from synthink.evaluate.verdict import Verdict
from synthink.publish.files import MemoryFile
from synthink.publish.private import public
from synthink.train.run_folder import EVALUATION
from synthink.train.validate import RUN as VALIDATED

_PICTURE = re.compile(r"report-([a-z]{1,20})\.png")


@dataclass(frozen=True)
class PublishedReport:
    """A report about a model. dataset: the name of the dataset that it was asked about; pictures: name -> PNG."""

    dataset: str
    data: ReportData
    pictures: Mapping[str, bytes]

    @property
    def files(self) -> Iterator[MemoryFile]:
        """The report's pictures, as they lie in the repository."""
        for name, png in self.pictures.items():
            yield MemoryFile(f"{EVALUATION}/{self.dataset}/report-{name}.png", png)

    @property
    def split(self) -> str:
        """The split that was asked about."""
        return str(self.data.background.facts.get("split", "test"))

    def section(self) -> str:
        """The report as a part of a card: its headings are one level lower."""
        text = markdown(self.data, self.pictures.keys())
        text = re.sub(r"^#", "##", text, flags=re.MULTILINE)
        return text.replace("](report-", f"]({EVALUATION}/{quote(self.dataset)}/report-")


def reports_of(run: Path) -> list[PublishedReport]:
    """The reports in a run's folder, and the one of the validation that the run belongs to.

    Raises `AssetError` for one that is damaged.
    """
    reports = []
    if kind_inside(run, EVALUATION) == "folder":
        for name in names_inside(run, EVALUATION):
            if kind_inside(run, f"{EVALUATION}/{name}/{DATA}") == "file":
                reports.append(_report(run / EVALUATION / name, name))
    parent = run.parent
    if run.name == VALIDATED and kind_inside(parent, DATA) == "file":
        report = _report(parent, "")
        reports.append(replace(report, dataset=str(report.data.background.facts.get("generator", "validation"))))
    return reports


def _report(folder: Path, dataset: str) -> PublishedReport:
    file = folder / DATA
    try:
        data = _data(public(json.loads(read_inside(folder, DATA, LARGEST_BYTES))))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise AssetError(f"{file}: damaged: {type(error).__name__}: {error}") from None
    matches = [_PICTURE.fullmatch(path.name) for path in sorted(folder.iterdir())]
    pictures = {match[1]: read_inside(folder, match[0], LARGEST_BYTES) for match in matches if match}
    return PublishedReport(dataset, data, pictures)


def _data(plain: Mapping[str, Any]) -> ReportData:
    """The report that `ReportData.plain` gave, without what a card says elsewhere: configuration and commands."""
    control, chance, verdict = plain["control"], plain["chance"], plain["verdict"]
    return ReportData(
        title=str(plain["title"]),
        summary=Summary.read(plain["summary"]),
        background=Background(
            facts={str(name): str(value) for name, value in plain["facts"].items()},
            shots=[Shots(**shots) for shots in plain["shots"]],
        ),
        verdict=Verdict(verdict["word"], tuple(map(str, verdict["reasons"]))) if verdict else None,
        control=(Summary.read(control) if "scores" in control else Interval(**control)) if control else None,
        control_trained=bool(plain["control_trained"]),
        chance=Chance(float(chance["value"]), str(chance["source"])) if chance else None,
        score=str(plain["score"]),
        threshold=float(plain["threshold"]),
        forgetting=[
            Forgetting(one["dataset"], one["score"], Interval(**one["before"]), Interval(**one["after"]))
            for one in plain["forgetting"]
        ],
    )
