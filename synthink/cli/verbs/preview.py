"""`synthink preview`: what a dataset looks like, labels drawn over the pictures."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from synthink.build import manifest as manifests
from synthink.build.formats import find_format
from synthink.build.manifest import Manifest
from synthink.build.received import Code, Sources
from synthink.build.stored_rows import rows_of
from synthink.cli.verb import Call, Folder, Verb, VerbResult, assets_of, existing_folder, sweep_folders
from synthink.core.columns import stored
from synthink.core.generator import Generator
from synthink.draw.picture import Pixels
from synthink.draw.picture_file import decode
from synthink.draw.shown import PictureError
from synthink.errors import AssetError, ConfigError, SynthinkError, did_you_mean, quoted, with_notes
from synthink.previews.preview import DatasetPreview
from synthink.settings import Between
from synthink.verify.row_check import column_faults

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""The rows that are shown of each split."""


class Preview(Verb):
    """Make a contact sheet and an HTML page of a dataset."""

    name = "preview"
    summary = "contact sheet and HTML page of a dataset, labels drawn over the pictures"
    positional = "dataset"

    dataset: Folder
    """The dataset's folder, such as data/circled_letters, or that of a sweep: one page shows all datasets in it."""
    output: str | None = None
    """The path of the two files, without their endings .png and .html; null: FOLDER-preview."""
    split: str | None = None
    """The split that is shown; null: all."""
    rows: Annotated[int, Between(1)] = 24
    """The number of rows that are shown of each split; of a sweep they are divided between its datasets."""
    sources: Sources = "refuse"
    """Whether files, folders and public addresses that the manifest names are opened, for illustrations."""
    code: Code = "refuse"
    """Whether the Python file is run that a manifest names as the code of its generator, and whose digest it holds."""

    def run(self, call: Call) -> VerbResult:
        folder = existing_folder(self.dataset)
        datasets = sweep_folders(folder)
        preview = self._of_sweep(folder, datasets) if datasets else self._of_dataset(folder)
        files = preview.save(self.output or folder.with_name(f"{folder.name}-preview"))
        return VerbResult(assets=assets_of(datasets or {"": folder}), lines=list(map(str, files)))

    def _of_dataset(self, folder: Path) -> DatasetPreview:
        manifest, columns, rows = self._read(folder, self.rows)
        title = f"{manifest.identity['generator']}: {folder.name}"
        return DatasetPreview(title, columns, rows, _illustrations_or_none(manifest, rows, self.sources))

    def _of_sweep(self, folder: Path, datasets: Mapping[str, Path]) -> DatasetPreview:
        """The rows of all datasets, each split under the name of its dataset; without illustrations."""
        columns: dict[str, Any] = {}
        splits: dict[str, Sequence[Mapping[str, Any]]] = {}
        for name, path in datasets.items():
            _, columns_here, rows = self._read(path, max(FEWEST_ROWS, self.rows // len(datasets)))
            name_of = {column: _free_name(columns, column, kind) for column, kind in columns_here.items()}
            columns.update({name_of[column]: kind for column, kind in columns_here.items()})
            for split, rows_of_split in rows.items():
                splits[f"{name}: {split}"] = [
                    {name_of.get(column, column): value for column, value in row.items()} for row in rows_of_split
                ]
        filled = {split: [{**dict.fromkeys(columns), **row} for row in rows] for split, rows in splits.items()}
        return DatasetPreview(f"{folder.name}: {len(datasets)} datasets", columns, filled, sheet_rows=FEWEST_ROWS)

    def _read(self, folder: Path, count: int) -> tuple[Manifest, Mapping[str, Any], Rows]:
        """A dataset's manifest, the types of its columns, and some rows of each split, checked."""
        manifest = manifests.load(folder)
        columns = manifest.plan(self.sources, self.code).generator.columns
        names = list(manifest.identity["splits"])
        if self.split is not None and self.split not in names:
            raise ConfigError("split", self.split, f"{folder} has no such split; {did_you_mean(self.split, names)}")
        rows = {split: rows_of(folder, manifest, split, count) for split in names if self.split in (None, split)}
        if not any(rows.values()):
            raise AssetError(f"{folder}: has no rows to show")
        _check_rows(columns, rows, find_format(manifest.identity["format"]).columns_left_out(columns))
        return manifest, columns, rows


def _free_name(columns: Mapping[str, Any], column: str, kind: Any) -> str:
    """The name under which a dataset's column stands beside those of others, which may call one of another type so;
    a column that may be empty is of the same type."""
    names = itertools.chain([column], (f"{column} ({number})" for number in itertools.count(2)))
    return next(name for name in names if stored(columns.get(name, kind)) == stored(kind))


FEWEST_ROWS = 4
"""The rows of each split that are shown of a dataset of a sweep, however many datasets there are."""


def _illustrations_or_none(manifest: Manifest, rows: Rows, sources: Sources) -> dict[str, Mapping[str, Pixels]]:
    """The illustrations; none, and a line on stderr that says why, where they cannot be drawn."""
    try:
        return _illustrations(manifest, rows, sources)
    except SynthinkError as error:
        print(f"without illustrations: {with_notes(error)}", file=sys.stderr)
        return {}


def _illustrations(manifest: Manifest, rows: Rows, sources: Sources) -> dict[str, Mapping[str, Pixels]]:
    """Row id -> the pictures that its generator shows next to it.

    Raises `SynthinkError` where the assets are gone, or are not those that the dataset was made from.
    """
    if type(manifest.plan(sources).generator).illustrations is Generator.illustrations:
        return {}
    source = manifest.opened(sources).source
    for field, asset in source.assets.items():
        if asset.record()["fingerprint"] != manifest.identity["assets"].get(field, {}).get("fingerprint"):
            raise AssetError(
                f"{field}: these assets are not those that {manifest.file} was made from; make the dataset again"
            )
    return {
        row["id"]: source.generator_of(split).illustrations(source.split(split).context(index))
        for split, rows_of_split in rows.items()
        for index, row in enumerate(rows_of_split)
    }


def _check_rows(columns: Mapping[str, Any], rows: Rows, left_out: Sequence[str]) -> None:
    """Raises `AssetError` naming the first row that has no picture, or whose columns are not those of its generator."""
    for row in (row for rows_of_split in rows.values() for row in rows_of_split):
        name = quoted(row.get("id"))
        for fault in column_faults(columns, row, left_out):
            raise AssetError(f"row {name}: {fault}")
        try:
            decode(row["image"])
        except PictureError as error:
            raise AssetError(f"row {name}: the picture {error}") from None
