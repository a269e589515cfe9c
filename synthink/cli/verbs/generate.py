"""`synthink generate`: a dataset folder; a sweep makes a folder a job and a table of them."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Annotated, Any

from synthink import api
from synthink.build import manifest as manifests
from synthink.build.dataset_folder import Outcome
from synthink.build.formats import Format, find_format
from synthink.build.licence import Licence
from synthink.build.manifest import MANIFEST, Manifest
from synthink.build.received import Code, Sources
from synthink.cli.sweep_table import SUMMARY, Job, summary_table, typed_path
from synthink.cli.verb import Call, Folder, Verb, VerbResult, shell_word
from synthink.core.own_splits import SplitRequest, read_splits
from synthink.errors import ConfigError, SourceNotOpened
from synthink.files import user_path
from synthink.owned_folder import differences
from synthink.progress import size_text, time_text
from synthink.publish.destination import Check, Destination, RepoName
from synthink.settings import Between, Settings
from synthink.splits import Shares

Rows = Annotated[int, Between(0)] | dict[str, Any] | None


class Splits(Settings):
    """The number of rows of each split; null: all rows of an enumerated generator; 0: leave the split out."""

    free_names = "own"

    train: Rows = 1000
    """The number of rows of the split `train`."""
    validation: Rows = 100
    """The number of rows of the split `validation`."""
    test: Rows = 100
    """The number of rows of the split `test`."""
    seed: int = 0
    """The seed that decides which words, fonts and documents belong to which split."""
    shares: Shares = Shares()
    """The share of words, fonts and documents that each split owns."""
    own: dict[str, Any] = field(default_factory=dict)
    """A split of your own: `splits.test_photo={rows: 500, like: test, camera: photo}` has the words, fonts and
    documents of `test`; with fields of its own it draws the scenes of that split row for row, without them rows of its
    own."""

    def request(self) -> dict[str, SplitRequest]:
        """The rows of each split, and the definitions of those of one's own, as `synthink.generate` takes them."""
        return {"train": self.train, "validation": self.validation, "test": self.test, **self.own}

    def check(self) -> None:
        try:
            read_splits(self.request())
        except ConfigError as error:
            raise ConfigError(error.field.removeprefix("splits."), error.value, error.reason) from None


class DatasetVerb(Verb):
    """The keys of a verb that makes a dataset."""

    seed: int = 0
    """The seed of everything that is drawn."""
    splits: Splits = Splits()
    """The number of rows of each split, and the division of words, fonts and documents between splits."""
    shard_size: Annotated[int, Between(1)] = 1000
    """The number of rows in a file."""
    licence: Annotated[str, Licence()] = "cc-by-4.0"
    """The dataset's licence: an SPDX name (spdx.org/licenses), several with AND and OR, or an address."""
    overwrite: bool = False
    """Replace a dataset of another configuration, once the new one is complete."""

    def dataset_arguments(self, call: Call) -> dict[str, Any]:
        """The arguments of `synthink.generate` for the dataset that the keys and groups ask for."""
        generator = dict(call.groups["generator"])
        return {
            "generator": generator.pop("name"),
            "splits": self.splits.request(),
            "seed": self.seed,
            "shares": self.splits.shares,
            "split_seed": self.splits.seed,
            "format": call.groups["format"]["name"],
            "shard_size": self.shard_size,
            "licence": self.licence,
            "executor": call.groups["executor"],
            **generator,
        }


class Generate(DatasetVerb):
    """Make a dataset folder, or finish one that was interrupted."""

    name = "generate"
    summary = "make a dataset folder, or finish one that was interrupted"
    groups = ("generator", "format", "executor", "experiment")
    takes_recipe_output = True
    sweep_output = "data/sweep"
    sweep_example = "seed=0,1,2 output=data/sweep"
    has_score = False

    output: Folder = "data/${generator.name}"
    """The folder that the dataset is written to, or the address of storage, such as s3://bucket/folder."""
    from_: str | None = None
    """A manifest (synthink.json) to make again; only output, overwrite, sources, code and executor go with it."""
    sources: Sources = "refuse"
    """With `from`: whether files, folders and public addresses that the manifest names are opened."""
    code: Code = "refuse"
    """With `from`: whether the Python file is run that the manifest names as the code of its generator."""
    publish: Annotated[str, RepoName()] | None = None
    """A repository of the Hugging Face hub, OWNER/NAME: finished shards go there while others are made, and readers see
    the dataset when all of it is there."""
    private: bool = False
    """With `publish`: whether a repository that is made is private."""
    contact: str | None = None
    """With `publish`: whom readers may ask, a name or an address, for the card."""
    keep_local: bool = True
    """With `publish`: whether shards that were sent stay in the folder, too."""
    verify: Check = "proved"
    """With `publish`: the state the dataset must be in, as `synthink publish` takes it."""
    work: Folder | None = None
    """With an address as `output`: the folder below which shards wait until they are sent, which all machines of a
    cluster must share; null: one in your cache folder."""
    dry_run: bool = False
    """Write nothing: tell how many rows there would be, and from some of them their size on disk and the time."""

    def run(self, call: Call) -> VerbResult:
        started = time.monotonic()
        arguments = self.dataset_arguments(call)
        if self.from_ is not None:
            arguments = {"source": self.from_, "executor": call.groups["executor"]}
            arguments |= {"sources": self.sources, "code": self.code}
        if self.dry_run:
            return self._estimated(arguments)
        outcome: Outcome = api.generate(
            **arguments,
            output=self.output,
            overwrite=self.overwrite,
            publish=None if self.publish is None else self._destination(self.publish),
            keep_local=self.keep_local,
            verify=self.verify,
            work=self.work,
            progress=True,
        )
        manifest = outcome.manifest
        headline = _headline(outcome, time.monotonic() - started)
        is_here = self.keep_local and not outcome.address
        lines = [f"{self.output}: {headline}", *_details(outcome, manifest, self.output if is_here else "")]
        lines += ["look at it:  copy it to a folder first"] if outcome.address else []
        lines += [f"published:   {outcome.published}"] if outcome.published else []
        status = 0
        if self.from_ is not None:
            text, is_same = _comparison(outcome, self.from_)
            lines, headline, status = [*lines, text], f"{headline}; {text}", 0 if is_same else 1
        return VerbResult(status, assets=manifest.identity["assets"], lines=lines, headline=headline)

    def _destination(self, repo: str) -> Destination:
        return Destination(repo, private=self.private, contact=self.contact or "")

    def _estimated(self, arguments: Mapping[str, Any]) -> VerbResult:
        """Rows, files, bytes and seconds of the dataset, of which nothing is written."""
        guess = api.generate(dry_run=True, **arguments)
        splits = "  ".join(f"{split} {rows:,}" for split, rows in guess.rows.items())
        lines = [
            f"{self.output}: {sum(guess.rows.values()):,} rows in {guess.files:,} files of {guess.format}",
            f"  {splits}",
            f"about {size_text(guess.bytes)}, and {time_text(guess.seconds)} with {guess.workers} "
            f"process{'es' if guess.workers > 1 else ''}: estimated from {guess.drawn} rows; nothing is written",
        ]
        return VerbResult(assets=guess.assets, lines=lines, headline=lines[-1], estimate=guess)

    @classmethod
    def print_sweep(cls, root: Path, jobs: Sequence[Job]) -> None:
        manifests_of_jobs = {name: manifests.load(folder) for name, folder in datasets_below(root, jobs).items()}
        figures = {
            name: {
                "generator": str(manifest.identity["generator"]),
                "seed": str(manifest.identity["seed"]),
                "rows": str(sum(manifest.identity["splits"].values())),
                "bytes": str(sum(shard.bytes for shard in manifest.shards)),
            }
            for name, manifest in manifests_of_jobs.items()
        }
        words = dict.fromkeys(word for manifest in manifests_of_jobs.values() for word in _permissions(manifest))
        permissions = "".join(f" {word}" for word in words)
        place = shlex.quote(typed_path(root))
        print(
            *summary_table(root, jobs, figures),
            f"also in {typed_path(root / SUMMARY)}",
            *(f"{what}synthink {verb} {place}{permissions}" for what, verb in _NEXT if manifests_of_jobs),
            sep="\n",
        )


_NEXT = (("look at them:  ", "preview"), ("check them:    ", "verify"))
"""What can be typed after a sweep that has made datasets."""


def datasets_below(root: Path, jobs: Sequence[Job]) -> dict[str, Path]:
    """Name -> folder of the datasets of a sweep's jobs, those of earlier sweeps in the same folder among them."""
    folders = [*(Path(job.folder) for job in jobs), *(path.parent for path in sorted(root.glob(f"[0-9]*/{MANIFEST}")))]
    names = {os.path.relpath(folder, root): folder for folder in folders}
    return {name: folder for name, folder in names.items() if (folder / MANIFEST).is_file()}


def _headline(outcome: Outcome, seconds: float) -> str:
    rate = f" in {seconds:.1f} s ({outcome.drawn / seconds:,.0f} rows/s)" if outcome.drawn else ", all there already"
    reused = f", {outcome.reused:,} of them kept from before" if outcome.drawn and outcome.reused else ""
    return f"{outcome.rows:,} rows{rate}{reused}, {size_text(outcome.bytes)}"


def _not_stored(columns: Sequence[str], form: Format) -> list[str]:
    """A line that names the columns that a format has no room for."""
    return [f"  left out, as {form.name} holds {form.holds}: {', '.join(columns)}"] if columns else []


def _permissions(manifest: Manifest) -> list[str]:
    """The words without which a manifest's rows are not drawn again: it names code, or files and addresses."""
    words = ["code=allow"] if manifest.code else []
    with suppress(SourceNotOpened):  # the code that would know is not loaded in this process
        words += ["sources=allow"] if manifest.plan().source.not_opened else []
    return words


def _details(outcome: Outcome, manifest: Manifest, output: str) -> list[str]:
    """The rows of each split, and what can be typed next about rows that lie in `output`, if they do."""
    permissions = "".join(f" {word}" for word in _permissions(manifest))
    dataset = shell_word("dataset", output)
    plan = manifest.plan()
    form = find_format(plan.format)
    splits: dict[str, int] = {}
    for shard in outcome.shards:
        splits[shard.split] = splits.get(shard.split, 0) + shard.rows
    return [
        "  " + "  ".join(f"{split} {rows:,}" for split, rows in splits.items()),
        *_not_stored(form.columns_left_out(plan.generator.columns), form),
    ] + [
        f"look at it:  synthink preview {dataset}{permissions}",
        f"check it:    synthink verify {dataset}{permissions}",
        f"load it:     datasets.{form.loader}({_python_text(output)})",
    ] * bool(output)


def _python_text(text: str) -> str:
    """A text as Python reads it, in double quotes where it needs no more."""
    plain = not {'"', "\\"} & set(text) and text.isprintable()
    return f'"{text}"' if plain else repr(text)


def _comparison(outcome: Outcome, source: str) -> tuple[str, bool]:
    """How a dataset that was made again compares with the one that its manifest describes; whether its pixels are the
    same."""
    manifest = manifests.load(user_path(source))
    if [shard.sha256 for shard in outcome.shards] == [shard.sha256 for shard in manifest.shards]:
        return f"the same bytes as {source} describes", True
    changes = differences(manifest.identity, outcome.identity)
    changed = "; ".join(changes) or "nothing on record"
    if [shard.pixels for shard in outcome.shards] == [shard.pixels for shard in manifest.shards]:
        return f"the same pixels as {source} describes, in other bytes (changed: {changed})", True
    return f"NOT the pixels that {source} describes (changed: {changed})", False
