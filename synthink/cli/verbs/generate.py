"""`synthink generate`: a dataset folder; a sweep makes a folder a job and a table of them."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import Annotated, Any

from synthink import api
from synthink.build import manifest as manifests
from synthink.build.dataset_folder import Outcome
from synthink.build.manifest import MANIFEST, Manifest
from synthink.build.received import Sources
from synthink.cli.verb import Call, Folder, Verb, VerbResult, shell_word
from synthink.errors import OutputError
from synthink.files import user_path, write_atomically
from synthink.owned_folder import differences
from synthink.progress import text_table
from synthink.settings import Between, Settings
from synthink.splits import Shares

SUMMARY = "summary.csv"
Rows = Annotated[int, Between(0)] | None


class Splits(Settings):
    """The number of rows of each split; null: all rows of an enumerated generator; 0: leave the split out."""

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

    def counts(self) -> dict[str, int | None]:
        """The number of rows of each split."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


class DatasetVerb(Verb):
    """The keys of a verb that makes a dataset."""

    seed: int = 0
    """The seed of everything that is drawn."""
    splits: Splits = Splits()
    """The number of rows of each split, and the division of words, fonts and documents between splits."""
    shard_size: Annotated[int, Between(1)] = 1000
    """The number of rows in a file."""
    licence: str = "cc-by-4.0"
    """The dataset's licence, as the hub names it."""
    overwrite: bool = False
    """Replace a dataset of another configuration, once the new one is complete."""

    def dataset_arguments(self, call: Call) -> dict[str, Any]:
        """The arguments of `synthink.generate` for the dataset that the keys and groups ask for."""
        generator = dict(call.groups["generator"])
        return {
            "generator": generator.pop("name"),
            "splits": self.splits.counts(),
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

    output: Folder = "data/${generator.name}"
    """The folder that the dataset is written to."""
    from_: str | None = None
    """A manifest (synthink.json) to make again; only output, overwrite, sources and executor go with it."""
    sources: Sources = "refuse"
    """With `from`: whether files, folders and public addresses that the manifest names are opened."""

    def run(self, call: Call) -> VerbResult:
        started = time.monotonic()
        arguments = self.dataset_arguments(call)
        if self.from_ is not None:
            arguments = {"source": self.from_, "sources": self.sources, "executor": call.groups["executor"]}
        outcome = api.generate(**arguments, output=self.output, overwrite=self.overwrite, progress=True)
        manifest = manifests.load(outcome.output)
        print(_outcome_text(outcome, manifest, self.output, time.monotonic() - started))
        status = 0
        if self.from_ is not None:
            text, is_same = _comparison(outcome, self.from_)
            print(text)
            status = 0 if is_same else 1
        return VerbResult(status, assets=manifest.identity["assets"])

    @classmethod
    def print_sweep(cls, output: Path, failed: bool = False) -> None:
        print("\n".join(sweep_table(output)))


def _outcome_text(outcome: Outcome, manifest: Manifest, output: str, seconds: float) -> str:
    sources = " sources=allow" if manifest.code or manifest.plan().source.not_opened else ""
    splits: dict[str, int] = {}
    for shard in outcome.shards:
        splits[shard.split] = splits.get(shard.split, 0) + shard.rows
    rate = f" in {seconds:.1f} s ({outcome.drawn / seconds:,.0f} rows/s)" if outcome.drawn else ", all there already"
    dataset = shell_word("dataset", output)
    reused = f", {outcome.reused:,} of them kept from before" if outcome.drawn and outcome.reused else ""
    return "\n".join(
        [
            f"{output}: {outcome.rows:,} rows{rate}{reused}, {_size_text(outcome.bytes)}",
            "  " + "  ".join(f"{split} {rows:,}" for split, rows in splits.items()),
            f"look at it:  synthink preview {dataset}{sources}",
            f"check it:    synthink verify {dataset}{sources}",
            f"load it:     datasets.load_dataset({_python_text(output)})",
        ]
    )


def _python_text(text: str) -> str:
    """A text as Python reads it, in double quotes where it needs no more."""
    plain = not {'"', "\\"} & set(text) and text.isprintable()
    return f'"{text}"' if plain else repr(text)


def _size_text(count: float) -> str:
    units = ["TB", "GB", "MB", "kB", "bytes"]
    while count >= 1000 and len(units) > 1:
        count /= 1000
        units.pop()
    return f"{count:,.0f} bytes" if units[-1] == "bytes" else f"{count:,.1f} {units[-1]}"


def _comparison(outcome: Outcome, source: str) -> tuple[str, bool]:
    """How a dataset that was made again compares with the one that its manifest describes; whether its pixels are the
    same."""
    manifest = manifests.load(user_path(source))
    if [shard.sha256 for shard in outcome.shards] == [shard.sha256 for shard in manifest.shards]:
        return f"the same bytes as {source} describes", True
    changes = differences(manifest.identity, manifests.load(outcome.output).identity)
    changed = "; ".join(changes) or "nothing on record"
    if [shard.pixels for shard in outcome.shards] == [shard.pixels for shard in manifest.shards]:
        return f"the same pixels as {source} describes, in other bytes (changed: {changed})", True
    return f"NOT the pixels that {source} describes (changed: {changed})", False


def sweep_table(output: Path) -> list[str]:
    """The table of a sweep's finished jobs, which is also written to `output/summary.csv`."""
    rows: list[list[str]] = []
    for folder in sorted(path.parent for path in output.glob(f"*/{MANIFEST}")):
        manifest = manifests.load(folder)
        identity = manifest.identity
        row_count, byte_count = sum(identity["splits"].values()), sum(shard.bytes for shard in manifest.shards)
        rows.append([folder.name, identity["generator"], str(identity["seed"]), str(row_count), str(byte_count)])
    if not rows:
        raise OutputError(f"{output}: the sweep finished no job")
    table = [["job", "generator", "seed", "rows", "bytes"], *rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    write_atomically(output / SUMMARY, text.getvalue().encode(errors="backslashreplace"))
    return [*text_table(table), f"also in {output / SUMMARY}"]
