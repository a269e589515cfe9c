"""What every kind of asset has in common: it is configured, opened once, divided between splits, and put on record."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Generic, TypeVar

from synthink.core.left_out import LeftOut
from synthink.settings import Settings

Pool = TypeVar("Pool")


class AssetSet(ABC, Generic[Pool]):
    """Assets that were opened: everything that the configuration selects, of all splits together."""

    kind: ClassVar[str]
    """`words`, `fonts`: the salt of the split hash and the name in the manifest."""

    @abstractmethod
    def groups(self) -> list[str] | None:
        """The distinct groups (a word, a family) that belong to one split each; None when they can't be listed."""

    @abstractmethod
    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> Pool:
        """The pool that one split draws from: only members whose group is in `groups`.

        groups: the groups that belong to the split; None where all do, or where `groups()` cannot list them: then
        `belongs(group)` says of each group that turns up whether it is the split's.
        """

    @property
    def left_out(self) -> LeftOut:
        """The count of what the configuration, a fault or the lack of a letter left out."""
        return LeftOut()

    @property
    def languages(self) -> frozenset[str] | None:
        """The languages of its texts as ISO codes, such as `en`: none where it holds no texts, or texts of no language;
        None where that is not known."""
        return frozenset()

    def drawable(self, characters: frozenset[str]) -> AssetSet[Pool]:
        """This set without texts that have other characters than these, which are counted in `left_out`.

        A set that holds no texts to draw stays as it is.
        """
        return self

    def warm_up(self) -> None:
        """Load what the rows need and `open` does not, so that processes that are forked share it."""

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """The asset's entry in the manifest, in JSON types: fingerprint (SHA-256 over all that shapes a row), source,
        licences."""


class AssetSpec(Settings, Generic[Pool]):
    """Settings that name assets, as a generator's field. In `draw`, `ctx.pool(self.field)` is a `Pool` of the members
    that belong to the row's split."""

    share_across_splits: bool = False
    """Whether all splits draw from the same members, instead of each from its own."""

    @property
    def is_used(self) -> bool:
        """Whether there is anything to open."""
        return True

    def open(self) -> AssetSet[Pool]:
        """Read and check the assets. Raises `AssetError` or `ConfigError`."""
        raise NotImplementedError

    def outside(self) -> list[str]:
        """The files, folders and addresses that `open` would read, but for what installed packages bring along.

        A manifest may come from anybody: what is named here is opened for it only when the user says so. Where a
        subclass does not say, it is every text among the fields that may be a path or an address.
        """
        return [text for text in _texts(self.plain()) if may_be_a_place(text)]

    def open_received(self) -> AssetSet[Pool]:
        """Read and check the assets that a manifest from somebody else names and the user allows. Override it where a
        user may name more than somebody else."""
        return self.open()


def may_be_a_place(text: str) -> bool:
    """Whether a text may be a path or an address: it is written like one, or there is such a file."""
    return any(mark in text for mark in "/\\.~:") or os.path.exists(text)  # noqa: PTH110 - Path.exists raises on odd names


def _texts(value: Any) -> Iterator[str]:
    """All texts in a value of JSON types."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
