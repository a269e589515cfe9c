"""What every kind of asset has in common: it is configured, opened once, divided between splits, and put on record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

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
