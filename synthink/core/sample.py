"""One row: a picture, what the model is asked, what it must answer, and what was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synthink.core.columns import with_other_columns
from synthink.draw.picture import Picture, as_picture
from synthink.errors import MissingColumn, check_kind, quoted, shortened

RESERVED_COLUMNS = ("id", "task", "image", "prefix", "suffix")
"""The columns that every row has; annotations take other names."""


class Columns(dict[str, Any]):
    """The columns of a row that was read back; asking for one that it lacks raises `MissingColumn`."""

    def __missing__(self, name: str) -> Any:
        there = ", ".join(self)
        raise MissingColumn(
            f"column {quoted(name)}: this row lacks it, and has {shortened(there)}; format=parquet, arrow and "
            "webdataset keep all columns, and with_format those that are named"
        )


@dataclass(frozen=True, eq=False)
class Sample:
    """A row as `Generator.draw` returns it.

    image: a `synthink.Picture`, an (H, W, 3) uint8 array or a Pillow picture. prefix: what the model is asked;
    suffix: what it must answer. annotations: a value for each of the generator's `columns`. task: the generator's name
    unless it has several. refusals: reason -> how often something was drawn for this row and thrown away; the manifest
    has their sums.
    """

    image: Any
    prefix: str
    suffix: str
    annotations: Mapping[str, Any] = field(default_factory=dict)
    task: str = ""
    refusals: Mapping[str, int] = field(default_factory=dict)

    @property
    def picture(self) -> Picture:
        """`image` as a `Picture`; TypeError when it is not one."""
        return as_picture(self.image)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Sample:
        """The sample in a row of a dataset that was read back, so that `Generator.score` can judge an answer.

        The rows of every format are taken as `datasets` gives them. Raises `MissingColumn` for a row that lacks one
        of the columns that all have; for another one whoever asks for it.
        """
        check_kind("row", row, Mapping, "a row of a dataset, a mapping of its columns")
        columns = Columns(with_other_columns(_from_pair(row)))
        rest = Columns({name: value for name, value in columns.items() if name not in RESERVED_COLUMNS})
        return cls(columns["image"], columns["prefix"], columns["suffix"], rest, columns["task"])

    def _repr_html_(self) -> str:
        """The picture with question and answer, for notebooks."""
        from synthink.pages.notebook import Figure, figures_html

        return figures_html(self.task, [Figure(*self.picture.encode(), (self.prefix, self.suffix))])


def _from_pair(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of a WebDataset, a picture and a JSON object, as a row of columns; any other as it stands."""
    inner = row.get("json")
    if "image" in row or not isinstance(inner, Mapping):
        return row
    return {**inner, "image": row.get("png") or row.get("jpg")}
