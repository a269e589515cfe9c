"""One row: a picture, what the model is asked, what it must answer, and what was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synthink.draw.picture import Picture, as_picture

RESERVED_COLUMNS = ("id", "task", "image", "prefix", "suffix")
"""The columns that every row has; annotations take other names."""


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
        """The sample in a row of a dataset that was read back, so that `Generator.score` can judge an answer."""
        rest = {name: value for name, value in row.items() if name not in RESERVED_COLUMNS}
        return cls(row["image"], row["prefix"], row["suffix"], rest, row["task"])

    def _repr_html_(self) -> str:
        """The picture with question and answer, for notebooks."""
        from synthink.pages.notebook import Figure, figures_html

        return figures_html(self.task, [Figure(*self.picture.encode(), (self.prefix, self.suffix))])
