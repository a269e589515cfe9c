"""How a row is given out: its picture and numbers as a library's arrays, some of its columns, and its place in a batch
of torch's `DataLoader`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from synthink.draw.geometry import Box, Quad
from synthink.errors import ConfigError, did_you_mean

PACKAGES = ("torch", "jax")
FORMATS = ("pil", "numpy", *PACKAGES)
_FIXED_SIZE = (int, float, bool, Box, Quad)
"""Types of columns whose values stack: every row has the same shape."""


LONGEST_SHOWN = 120
"""The longest column that a notebook shows of a row, in characters."""


class Row(dict[str, Any]):
    """A row's columns. `stacked` names those that torch's default collation makes a tensor of."""

    stacked: frozenset[str] = frozenset()

    def __reduce__(self) -> tuple[Any, ...]:
        return _row, (dict(self), self.stacked)

    def _repr_html_(self) -> str | None:
        """The picture with the short columns below it, for notebooks; None where there is no Pillow picture."""
        picture = self.get("image")
        if not _is_pil(picture):
            return None
        from synthink.draw.picture import as_picture
        from synthink.pages.notebook import Figure, figures_html

        others = [f"{name}: {value}" for name, value in self.items() if name not in ("id", "image")]
        short = [line for line in others if len(line) <= LONGEST_SHOWN]
        return figures_html(str(self.get("id", "")), [Figure(*as_picture(picture).encode(), short)])


def _row(columns: Mapping[str, Any], stacked: frozenset[str]) -> Row:
    _register_with_libraries()
    row = Row(columns)
    row.stacked = stacked
    return row


@dataclass(frozen=True)
class RowFormat:
    """The form in which rows are given out.

    name: `pil` (pictures as Pillow images in mode RGB, the rest as Python values), `numpy`, `torch` or `jax` (pictures
    as uint8, numbers, boxes and quads as that library's arrays; pictures are (H, W, 3), for torch (3, H, W)). columns:
    the names of those that are given out; empty for all.
    """

    name: str = "pil"
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in FORMATS:
            raise ConfigError("format", self.name, f"must be one of {', '.join(FORMATS)}")
        if self.name in PACKAGES and self.name not in sys.modules and find_spec(self.name) is None:
            raise ConfigError("format", self.name, f"needs a package that is not here: pip install {self.name}")

    def apply(self, row: Mapping[str, Any], kinds: Mapping[str, Any]) -> Row:
        """The row in this form; its picture is a `Picture`, or what a user's function put in its place.

        kinds: the types of the generator's columns.
        """
        stacked = frozenset(name for name, kind in kinds.items() if kind in _FIXED_SIZE) | {"image"}
        names = self.columns or tuple(row)
        return _row({name: self._value(column_of(row, name), name in stacked) for name in names}, stacked)

    def _value(self, value: Any, is_array: bool) -> Any:
        if hasattr(value, "checksum"):
            return value.pil() if self.name == "pil" else self._array(value.array(), is_picture=True)
        if self.name == "pil" or not is_array or value is None:
            return value
        if _is_pil(value):
            return self._array(np.asarray(value), is_picture=True)
        return self._array(np.asarray(value, dtype=np.float32 if isinstance(value, Sequence) else None))

    def _array(self, values: Any, is_picture: bool = False) -> Any:
        if self.name == "torch":
            import torch

            tensor = torch.from_numpy(np.array(values))
            return tensor.permute(2, 0, 1) if is_picture else tensor
        if self.name == "jax":
            import jax.numpy

            return jax.numpy.asarray(values)
        return np.array(values)


AS_DRAWN = RowFormat()
"""All columns, pictures as Pillow images."""


def column_of(row: Mapping[str, Any], name: str) -> Any:
    """The value of a row's column; `ConfigError` for a name that is none."""
    if name not in row:
        raise ConfigError("columns", name, f"is no column; {did_you_mean(str(name), row)}")
    return row[name]


def check_columns_named(
    names: Sequence[str], known: Sequence[str] | None, argument: str = "columns"
) -> tuple[str, ...]:
    """The names as a tuple; `ConfigError` on the argument for a name that is no column. known: the columns; None where
    they are not known yet."""
    if isinstance(names, str):
        names = (names,)
    if not isinstance(names, Iterable):
        raise ConfigError(argument, names, "must be names of columns")
    names = tuple(names)
    for name in names:
        if not isinstance(name, str) or (known is not None and name not in known):
            raise ConfigError(argument, name, f"is no column; {did_you_mean(str(name), known or ())}")
    return names


def _register_with_libraries() -> None:
    """Teach libraries that are imported to batch rows.

    torch's `default_collate` makes tensors of columns of one shape, and lists of all others; jax, and grain beside it,
    take rows for what they are, dicts, and not for leaves of a tree.
    """
    if "torch.utils.data" in sys.modules:
        _register_with_torch()
    if "jax.tree_util" in sys.modules:
        _register_with_jax()


@cache
def _register_with_torch() -> None:
    from torch.utils.data._utils.collate import default_collate_fn_map

    default_collate_fn_map[Row] = _collated


@cache
def _register_with_jax() -> None:
    from jax.tree_util import register_pytree_node

    def columns(row: Row) -> tuple[tuple[Any, ...], Any]:
        return tuple(row.values()), (tuple(row), row.stacked)

    register_pytree_node(Row, columns, lambda about, values: _row(dict(zip(about[0], values, strict=True)), about[1]))


def _collated(rows: Sequence[Row], *, collate_fn_map: Mapping[Any, Callable[..., Any]] | None = None) -> dict[str, Any]:
    return {name: _batched(name, [row[name] for row in rows], name in rows[0].stacked) for name in rows[0]}


def _batched(name: str, values: list[Any], stacks: bool) -> Any:
    """The values of one column: a tensor where they have one shape in every batch, else a list."""
    import torch

    if name == "image":
        values = [torch.from_numpy(np.array(value)).permute(2, 0, 1) if _is_pil(value) else value for value in values]
        stacks = len({getattr(value, "shape", None) for value in values}) == 1
    if not stacks or any(value is None for value in values):
        return values
    return torch.stack([torch.as_tensor(np.array(value) if isinstance(value, Sequence) else value) for value in values])


def _is_pil(value: Any) -> bool:
    return hasattr(value, "getpixel")
