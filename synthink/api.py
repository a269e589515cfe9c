"""What the commands do, as functions."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from synthink.core.code_file import end_loading
from synthink.core.dataset import as_shares, make_generator
from synthink.core.generator import Generator
from synthink.core.own_splits import SplitRequest, read_splits
from synthink.core.row_dataset import RowDataset, at_least_one
from synthink.core.source import Source
from synthink.errors import ConfigError, OutputError, check_kind
from synthink.files import is_address, user_cache, user_path
from synthink.splits import Shares

if TYPE_CHECKING:
    import datasets

    from synthink.build.dataset_folder import Outcome
    from synthink.build.estimate import Estimate
    from synthink.build.executors import Executor
    from synthink.build.plan import Plan
    from synthink.build.received import Code, Sources
    from synthink.previews.preview import DatasetPreview
    from synthink.publish.destination import Check, Destination

USUAL_NAMES = {
    **dict.fromkeys(("size", "rows", "num_rows", "count"), "splits={'train': 100}"),
    **{"num_workers": "workers", "license": "licence", "out": "output", "path": "output", "format_": "format"},
}
"""Names that other tools have for the arguments of `generate`."""
DEFAULT_SPLITS: Mapping[str, SplitRequest] = {"train": 1000, "validation": 100, "test": 100}


def make_plan(
    generator: str | Generator | type[Generator],
    *,
    splits: Mapping[str, SplitRequest] | None = None,
    seed: int = 0,
    shares: Mapping[str, float] | Shares | None = None,
    split_seed: int = 0,
    fields: Mapping[str, Any] | None = None,
    **options: Any,
) -> Plan:
    """A plan of a dataset to be made, from a request.

    fields: the generator's. options: `format`, `shard_size` and `licence` of `Plan`. Other arguments are those of
    `generate`. Raises `ConfigError` or `AssetError`.
    """
    from synthink.build.formats import find_format
    from synthink.build.licence import as_recorded
    from synthink.build.plan import Plan, resolve_splits

    if isinstance(options.get("licence"), str):
        options["licence"] = as_recorded(options["licence"])
    counts, own_splits = read_splits(DEFAULT_SPLITS if splits is None else splits)
    source = Source(make_generator(generator, fields or {}), seed, as_shares(shares), split_seed, own_splits)
    plan = Plan(source, resolve_splits(source, counts), **options)
    most = find_format(plan.format).most_shard_rows
    if most is not None and plan.shard_size > most:
        raise ConfigError("shard_size", plan.shard_size, f"must be at most {most:,} for the format {plan.format}")
    return plan


@overload
def generate(
    generator: str | Generator | type[Generator] | None = None, *, dry_run: Literal[True], **request: Any
) -> Estimate: ...
@overload
def generate(
    generator: str | Generator | type[Generator] | None = None,
    *,
    output: str | Path,
    splits: Mapping[str, SplitRequest] | None = None,
    seed: int = 0,
    shares: Mapping[str, float] | Shares | None = None,
    split_seed: int = 0,
    format: str = "parquet",
    shard_size: int = 1000,
    licence: str = "cc-by-4.0",
    executor: str | Mapping[str, Any] | Executor = "local",
    workers: int | None = None,
    overwrite: bool = False,
    source: str | Path | None = None,
    sources: Sources = "refuse",
    code: Code = "refuse",
    publish: str | Destination | None = None,
    keep_local: bool = True,
    verify: Check = "proved",
    work: str | Path | None = None,
    progress: bool = False,
    dry_run: Literal[False] = False,
    **fields: Any,
) -> Outcome: ...
def generate(  # noqa: PLR0913 - what a user types, a keyword each
    generator: str | Generator | type[Generator] | None = None,
    *,
    output: str | Path | None = None,
    splits: Mapping[str, SplitRequest] | None = None,
    seed: int = 0,
    shares: Mapping[str, float] | Shares | None = None,
    split_seed: int = 0,
    format: str = "parquet",
    shard_size: int = 1000,
    licence: str = "cc-by-4.0",
    executor: str | Mapping[str, Any] | Executor = "local",
    workers: int | None = None,
    overwrite: bool = False,
    source: str | Path | None = None,
    sources: Sources = "refuse",
    code: Code = "refuse",
    publish: str | Destination | None = None,
    keep_local: bool = True,
    verify: Check = "proved",
    work: str | Path | None = None,
    progress: bool = False,
    dry_run: bool = False,
    **fields: Any,
) -> Outcome | Estimate:
    """Make a dataset folder, or finish one that was interrupted; other keywords are the generator's fields.

    generator: its name, its class, a class in a file (`my_file.py:MyTask`), or a generator that was made already.
    output: the folder, or the address of storage such as `s3://bucket/folder`, to which finished shards are sent while
    others are made; the manifest comes last there, too. splits: rows of each split (None: all rows of an enumerated
    generator), or a mapping: `{"test_photo": {"rows": 500, "like": "test", "camera": "photo"}}` is a split of your own
    with the words, fonts and documents of `test`; with fields of its own it draws the scenes of `test` row for row,
    without them rows of its own. executor: its name, a mapping of its name and fields, or an `Executor`. workers: the
    executor's field of that name, where it has one; None: its default. source: a manifest (or its folder) to make
    again, in place of a generator. sources: with "allow", the files and public addresses that such a manifest names are
    opened. code: with "allow", the file of its generator is run. publish: the repository of the Hugging Face hub,
    `OWNER/NAME`, or a `Destination` of `synthink.publish`, to which finished shards are sent while others are made;
    readers see the dataset when all of it is there. keep_local: whether shards that were sent stay in `output`, too.
    verify: the state in which the dataset may be published, as `synthink publish` takes it. work: the folder below
    which shards wait until an address has them; None: one in the user's cache folder. dry_run: write nothing, and
    estimate size and time from some rows; `output` says nothing then. Raises `ConfigError`, `AssetError`, `DrawError`,
    `OutputError` or `HubError`; finished shards stay, and the same call goes on from there.
    """
    end_loading()
    started = time.perf_counter()
    from synthink.build import dataset_folder, manifest
    from synthink.build.estimate import estimate
    from synthink.build.executors import make_executor
    from synthink.processes import cores
    from synthink.progress import stages

    executor = make_executor(executor, workers)
    from synthink.build.received import check_permission

    check_kind("dry_run", dry_run, bool, "true or false")
    if not (dry_run and output is None) and (not isinstance(output, str | os.PathLike) or not str(output)):
        raise ConfigError("output", output, "must name a folder (one that is a number: ./7)")
    check_kind("overwrite", overwrite, bool, "true or false")
    check_kind("keep_local", keep_local, bool, "true or false")
    check_permission("sources", sources)
    check_permission("code", code)
    destination = _destination(publish, overwrite)
    if source is not None:
        if generator is not None or fields:
            raise ConfigError("source", str(source), "a manifest says everything: give no generator and no fields")
        plan = manifest.load(user_path(source)).opened_again(sources, code)
    elif generator is None:
        raise ConfigError("generator", None, "name a generator, or a source to make again")
    else:
        try:
            plan = make_plan(
                generator,
                splits=splits,
                seed=seed,
                shares=shares,
                split_seed=split_seed,
                fields=fields,
                format=format,
                shard_size=shard_size,
                licence=licence,
            )
        except ConfigError as error:
            if error.field not in USUAL_NAMES.keys() & fields.keys():
                raise
            hint = f"no such field; did you mean {USUAL_NAMES[error.field]}?"
            raise ConfigError(error.field, error.value, hint) from None
    if dry_run:
        return estimate(plan, getattr(executor, "workers", None) or cores(), since=started)
    assert output is not None
    if is_address(output) and publish is not None:
        raise ConfigError("publish", str(publish), "goes with a folder as output, not with an address")
    folder = user_path(output if not is_address(output) else work or user_cache("outputs"), OutputError)
    with stages("rows", progress) as show:
        show("generating", 0, total := sum(plan.splits.values()))

        def advance(count: int) -> None:
            show("generating", count, total)

        make = partial(dataset_folder.build_dataset, plan, executor=executor, overwrite=overwrite, progress=advance)
        if is_address(output):
            from synthink.publish.storing import generate_at

            return generate_at(plan, str(output), folder, make, overwrite)
        make = partial(make, folder)
        if destination is None:
            return make()
        from synthink.publish.generating import generate_and_publish

        outcome, publication = generate_and_publish(plan, destination, make, keep_local, verify, show)
        return replace(outcome, published=publication.load_line)


def _destination(publish: str | Destination | None, overwrite: bool) -> Destination | None:
    if publish is None:
        return None
    from synthink.publish.destination import as_destination

    return as_destination(publish, overwrite)


def load(
    path: str | Path, sources: Sources = "refuse", code: Code = "refuse"
) -> tuple[datasets.DatasetDict, Generator]:
    """Read a finished dataset folder: its splits as `datasets` reads them, and the generator that made it.

    sources: with "allow", the generator may open the files and public addresses that its manifest names; otherwise it
    scores answers, and draws rows where there is nothing to open. code: with
    "allow", the file of a generator that is not installed is run, when its digest is the manifest's.
    Raises `AssetError` when the folder holds no finished dataset, or files that take more memory than they should.
    """
    from synthink.build import manifest
    from synthink.build.received import check_permission, refuse_places
    from synthink.build.stored_rows import in_row_order
    from synthink.tables.folder import load_folder

    check_permission("sources", sources)
    check_permission("code", code)
    description = manifest.load(user_path(path))
    generator = description.plan(sources, code).generator
    if sources == "refuse":
        refuse_places(generator, str(description.file))
    return in_row_order(load_folder(description.file.parent.resolve()), description), generator


def preview(rows: RowDataset, count: int = 24) -> DatasetPreview:
    """The first `count` rows with their labels drawn over the pictures: a page that a notebook shows, and that its
    method `save` writes.

    What `map` and `with_transform` make of the rows is not shown. Raises `ConfigError` where there is none to show.
    """
    from synthink.previews.preview import DatasetPreview
    from synthink.previews.row import row_for_preview

    if not isinstance(rows, RowDataset):
        raise ConfigError("rows", rows, "must be what synthink.dataset returns; of a folder: synthink preview FOLDER")
    count = at_least_one("count", count)
    if not rows:
        raise ConfigError("rows", repr(rows), "has no rows to show")
    source, split, generator = rows.source, rows.split, rows.generator
    numbers = [int(number) for number in rows.indices[:count]]
    drawn = [row_for_preview(source.row(split, number, rows.is_control)) for number in numbers]
    illustrations = {
        row["id"]: generator.illustrations(source.split(split).context(number, rows.is_control))
        for row, number in zip(drawn, numbers, strict=True)
    }
    return DatasetPreview(f"{generator.name}, seed {source.seed}", generator.columns, {split: drawn}, illustrations)
