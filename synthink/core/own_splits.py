"""Splits under names of one's own (`dev`, `test_photo`), and splits that are drawn with fields of their own.

The content of such a split (words, fonts, documents, writers) is that of `train`, `validation` or `test`, so that
nothing of one comes into another. With fields of its own it draws the scenes of that split once more, row for row, in
another way: row i of `test_photo` is row i of `test` as a photograph. Without such fields it has rows of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from synthink.core.generator import Generator
from synthink.core.weights import Weights
from synthink.errors import ConfigError, did_you_mean
from synthink.settings import Settings, field_types
from synthink.splits import SPLITS

SplitRequest = int | None | Mapping[str, Any]
"""The rows of a split (None: all that there are), or a mapping of `rows`, `like` and fields of the generator."""
MOST_OWN_SPLITS = 100
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_TAKEN = ("all", "seed", "shares")
"""What `datasets` calls all splits together, and the other keys of `splits`."""


@dataclass(frozen=True)
class OwnSplit:
    """A split with the content of another. like: that split. fields: the generator's fields that differ, by name."""

    like: str
    fields: Mapping[str, Any]

    @classmethod
    def read(cls, name: str, values: Mapping[str, Any]) -> OwnSplit:
        """The split of that name from its mapping without `rows`. Raises `ConfigError`."""
        fields = dict(values)
        like = fields.pop("like", name if name in SPLITS else None)
        if like not in SPLITS:
            reason = f"must say whose words, fonts and documents the split has: {', '.join(SPLITS)}"
            raise ConfigError(f"splits.{name}.like", like, reason)
        if name in SPLITS and like != name:
            raise ConfigError(f"splits.{name}.like", like, f"the split {name} has its own content; name another one")
        if not all(isinstance(key, str) for key in fields):
            raise ConfigError(f"splits.{name}", values, "fields of the generator have names")
        return cls(like, fields)

    def plain(self) -> dict[str, Any]:
        """The split as a manifest has it; `from_plain` reads it back."""
        return {"like": self.like, "fields": dict(self.fields)}

    @classmethod
    def from_plain(cls, name: str, values: Any) -> OwnSplit:
        """The split that `plain` gave, from a file. Raises `ConfigError` for anything else."""
        check_split_name(name, values)
        if (
            not isinstance(values, dict)
            or values.keys() != {"like", "fields"}
            or not isinstance(values["fields"], dict)
        ):
            raise ConfigError(f"splits.{name}", values, "has the keys like and fields")
        return replace(cls.read(name, {"like": values["like"]}), fields=values["fields"])


def read_splits(wanted: Any) -> tuple[dict[str, int | None], dict[str, OwnSplit]]:
    """The rows of each split, and those splits that are given by a mapping. Raises `ConfigError`."""
    if not isinstance(wanted, Mapping):
        raise ConfigError("splits", wanted, "says nothing by itself; give a mapping, as in {'train': 100}")
    counts: dict[str, int | None] = {}
    own: dict[str, OwnSplit] = {}
    for name, value in wanted.items():
        if isinstance(value, Mapping):
            check_split_name(name, value)
            fields = dict(value)
            counts[name] = fields.pop("rows", None)
            if fields or name not in SPLITS:
                own[name] = OwnSplit.read(name, fields)
        elif name in SPLITS:
            counts[name] = value
        else:
            raise ConfigError(f"splits.{name}", value, unknown_split(str(name), value))
    check_names_differ(own)
    return counts, own


def unknown_split(name: str, value: Any = None) -> str:
    """Why a name that stands without a mapping is no split."""
    rows = value if isinstance(value, int) else 100
    example = f"; one of your own says whose content it has: 'splits.{name}={{rows: {rows}, like: test}}'"
    return f"no such split; {did_you_mean(name, SPLITS)}{example if _NAME.fullmatch(name) else ''}"


def check_split_name(name: Any, value: Any) -> None:
    """Raise `ConfigError` for what `datasets`, a file system or the command line would not take as a split's name."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        reason = "a split's name has letters, digits and _, at most 40, a letter first"
        raise ConfigError(f"splits.{name}", value, reason)
    if name.lower() in _TAKEN:
        raise ConfigError(f"splits.{name}", value, "the name is taken; give the split another one")


def check_names_differ(own: Iterable[str]) -> None:
    """Raise `ConfigError` for too many splits, and for names that differ in their case alone: they would be one file
    where a disk knows no case."""
    by_small_letters: dict[str, str] = {}
    names = list(dict.fromkeys((*SPLITS, *own)))
    if len(names) > MOST_OWN_SPLITS:
        raise ConfigError("splits", len(names), f"are at most {MOST_OWN_SPLITS}")
    for name in names:
        other = by_small_letters.setdefault(name.lower(), name)
        if other != name:
            raise ConfigError(f"splits.{name}", name, f"differs from {other} in its case alone; give it another name")


def in_order(splits: Iterable[str]) -> list[str]:
    """Names of splits: train, validation and test first, then those of one's own as they come."""
    names = list(splits)
    return [*(split for split in SPLITS if split in names), *(split for split in names if split not in SPLITS)]


def varied(generator: Generator, split: str, fields: Mapping[str, Any]) -> Generator:
    """The generator with a split's fields in place of its own. Of nested settings only what is named changes.

    Raises `ConfigError` for fields that it does not have, and for those that all splits must share.
    """
    known = field_types(type(generator))
    for name, value in fields.items():
        if name not in known:
            raise ConfigError(f"splits.{split}.{name}", value, f"no such field; {did_you_mean(name, known)}")
    try:
        variant = replace(generator, **{name: _merged(getattr(generator, name), fields[name]) for name in fields})
    except ConfigError as error:
        raise error.under(f"splits.{split}") from None
    ours, theirs = generator.asset_fields(), variant.asset_fields()
    for name in sorted({*ours, *theirs}):
        if ours.get(name) != theirs.get(name):
            top = name.partition(".")[0].partition("[")[0]
            reason = "is divided between the splits and has to be the same in all of them; set it for the whole dataset"
            raise ConfigError(f"splits.{split}.{top}", fields.get(top), f"{name} {reason}")
    if variant.columns != generator.columns:
        others = sorted(variant.columns.keys() ^ generator.columns.keys()) or ["of another type"]
        reason = f"gives the rows other columns ({', '.join(others)}), which are the same in all splits"
        raise ConfigError(f"splits.{split}", dict(fields), reason)
    return variant


def _merged(current: Any, value: Any) -> Any:
    """A field's value. A mapping changes the settings that are there, and those inside them; one that names what a bare
    value stands for (the camera's preset, from which its other fields follow) begins anew."""
    if not (isinstance(current, Settings) and isinstance(value, Mapping)) or current.shorthand in value:
        return value
    if isinstance(current, Weights):
        return current.changed(value)
    inner = {name: getattr(current, name) for name in field_types(type(current))}
    return type(current).build({**inner, **{name: _merged(inner.get(name), item) for name, item in value.items()}})
