"""A trained model for the hub: its weights, what it was trained with, its reports as a card, and their pictures.

Weights and tokenizer lie at the top of the repository, where transformers looks for them, and so do the files by which
synthink knows a run: the repository, downloaded, is a run's folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, ClassVar

from synthink.build.manifest_checks import MOST_BYTES
from synthink.confined import kind_inside, read_inside
from synthink.errors import ConfigError, HubError, ModelError, quoted
from synthink.files import user_path
from synthink.owned_folder import changed_leaves
from synthink.progress import Stages
from synthink.publish.content import Content, Read, listed, stranger
from synthink.publish.destination import Destination
from synthink.publish.files import LocalFile, MemoryFile, SentFile
from synthink.publish.folder import README, dataset_tag
from synthink.publish.hub import HubFile, Kind, Repository
from synthink.publish.model_card import ModelFacts, model_card
from synthink.publish.private import public
from synthink.publish.publication import Publication, send
from synthink.publish.reports import reports_of
from synthink.train.run_folder import EARLIER, FINISHED, METRICS, RUN, TOKENIZER, RunFolder, dump
from synthink.train.settings import Trainer

_NOT_WEIGHTS = {RUN, FINISHED, METRICS, README}
"""Files that may lie beside the weights of a run that was downloaded."""
ADAPTER, CONFIG = "adapter_config.json", "config.json"
_OUTDATED = ("*.npz", "*.safetensors", "*.safetensors.index.json", "evaluation/*/report-*.png")
"""Files that readers take for a part of a model: those that this one does not have go."""
_MAY_CHANGE = {"until", EARLIER, *(f"trainer.{name}" for name in Trainer.END_FIELDS | Trainer.RUNTIME_FIELDS)}
"""What may differ between states of one run: it went on."""


class ModelContent(Content):
    """The model of a finished run."""

    kind: ClassVar[Kind] = "model"

    def __init__(self, folder: Path, repo: str, trained_on: Sequence[str] = (), licence: str | None = None) -> None:
        """repo: the repository that the card names. trained_on: the repositories of the datasets that it learned from,
        in the order of the run. licence: that of the weights.

        Raises `AssetError` for a folder that holds no run, `ModelError` for a run that is not finished or that names
        what nobody else has, and `ConfigError` for another number of datasets.
        """
        run = RunFolder(folder)
        outcome = run.finished()
        if outcome is None:
            raise ModelError(f"{folder}: the run is not finished; the same command goes on with it")
        self.request: dict[str, Any] = public(run.request())
        names = [path.name for path in sorted(run.model.iterdir()) if path.name not in _NOT_WEIGHTS]
        weights = {name: LocalFile(run.model, name) for name in names if kind_inside(run.model, name) == "file"}
        self.loader = _loader(run.model)
        texts = {RUN: MemoryFile(RUN, dump(self.request)), FINISHED: MemoryFile(FINISHED, dump(public(outcome)))}
        files: dict[str, SentFile] = {**weights, **texts}
        if TOKENIZER not in files and kind_inside(folder, TOKENIZER) == "file":
            files[TOKENIZER] = LocalFile(folder, TOKENIZER)
        reports = reports_of(folder)
        files |= {file.name: file for report in reports for file in report.files}
        digests = [(name, files[name].sha256) for name in sorted({*weights, RUN})]
        self.tag = f"weights-{hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:12]}"
        self.title = f"{self.request['model'].get('name', 'model')} ({self.tag})"
        self.datasets = _linked(self.request.get("datasets", []), trained_on)
        facts = ModelFacts(
            repo, self.request, outcome, self.datasets, self.loader, self.load_line(repo, self.tag), licence
        )
        files[README] = MemoryFile(README, model_card(facts, reports).encode(errors="backslashreplace"))
        self.files = files

    def is_outdated(self, name: str) -> bool:
        return any(fnmatch(name, pattern) for pattern in _OUTDATED)

    def other(self, there: Mapping[str, HubFile], read: Read) -> str:
        if reason := stranger(there, RUN, "model"):
            return reason
        if RUN not in there:
            return ""
        try:
            theirs = json.loads(read(RUN) or b"")
        except (ValueError, RecursionError):
            theirs = None
        if not isinstance(theirs, dict):
            return f"has a damaged {RUN}"
        return listed(
            "model",
            [
                f"{place}: {quoted(before)} there, {quoted(after)} here"
                for place, before, after in changed_leaves(theirs, self.request)
                if place not in _MAY_CHANGE
            ],
        )

    def load_line(self, repo: str, revision: str) -> str:
        return f'{self.loader}("{repo}", revision="{revision}")'


def publish_model(
    folder: str | Path,
    to: Destination,
    trained_on: Sequence[str] = (),
    licence: str | None = None,
    progress: Stages | None = None,
) -> Publication:
    """Publish the model of a finished run, as `publish` does a dataset: the arguments are those of `ModelContent`.

    Raises `HubError`, too, where a repository of `trained_on` does not have the very dataset that the run learned from.
    """
    content = ModelContent(user_path(folder), to.repo, trained_on, licence)
    for name, tag in content.datasets.items():
        if tag and Repository(name, tag).head() is None:
            raise HubError(f"trained_on={name}: has no {tag}, the dataset that the run learned from; publish it first")
    return send(content, to, progress)


def _linked(datasets: Any, trained_on: Sequence[str]) -> dict[str, str]:
    """Repository -> tag of the datasets that a run learned from; an empty tag for one that synthink did not make."""
    digests = [str(dataset.get("manifest") or "") for dataset in datasets]
    if trained_on and len(trained_on) != len(digests):
        reason = f"the run learned from {len(digests)} datasets; name the repository of each, in that order"
        raise ConfigError("trained_on", list(trained_on), reason)
    return {name: dataset_tag(digest) if digest else "" for name, digest in zip(trained_on, digests, strict=False)}


def _loader(model: Path) -> str:
    """The function that loads a model from the hub. `ModelError` for an adapter of weights that nobody else has."""
    if kind_inside(model, ADAPTER) == "file":
        base = json.loads(read_inside(model, ADAPTER, MOST_BYTES)).get("base_model_name_or_path")
        if str(base).startswith(("/", "~", ".")):
            reason = f"names its base weights by {quoted(base)}, which nobody else has; train with trainer.merge=true"
            raise ModelError(f"{model / ADAPTER}: {reason}")
        return "peft.AutoPeftModel.from_pretrained"
    if kind_inside(model, CONFIG) == "file":
        return "transformers.AutoModelForImageTextToText.from_pretrained"
    return "huggingface_hub.snapshot_download"
