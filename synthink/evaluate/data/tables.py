"""What `datasets` makes of a folder, brought into one form: a table a split, a column for the picture and each text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def open_tables(path: Path) -> Mapping[str, Any]:
    """Split -> table of a folder that `datasets` can load, or has saved. `AssetError` says why it cannot."""
    from synthink.tables.folder import load_folder  # it loads pyarrow

    tables = load_folder(path)
    return tables if isinstance(tables, dict) else {"train": tables}


def from_pairs(table: Any) -> Any:
    """The columns of a WebDataset whose rows are a picture, in one of the columns for it, and a JSON object; any other
    table as it stands."""
    import datasets
    import pyarrow.compute as pc

    pictures = [name for name, kind in table.features.items() if isinstance(kind, datasets.Image)]
    if "json" not in table.column_names or not pictures or not isinstance(table.features["json"], Mapping):
        return table
    images = pc.coalesce(*(table.data.table[name] for name in pictures))
    keys = [name for name in table.column_names if name.startswith("__")]
    table = table.remove_columns([*pictures, *keys]).add_column("image", images, feature=datasets.Image())
    inner = [name for name in table.features["json"] if name not in table.column_names]
    flat = table.flatten()
    return flat.rename_columns({f"json.{name}": name for name in inner})
