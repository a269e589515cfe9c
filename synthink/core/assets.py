"""What every kind of asset has in common: it is configured, opened once, divided between splits, and put on record."""

from __future__ import annotations

from abc import ABC, abstractmethod
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
    def pool(self, groups: frozenset[str] | None, belongs: Any) -> Pool:
        """What one split draws from: only members whose group is in `groups`.

        Where `groups()` is None, `belongs(group) -> bool` decides for each group that turns up.
        """

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """For the manifest, in JSON types: fingerprint (SHA-256 over all that shapes a row), source, licences."""


class AssetSpec(Settings):
    """Settings that name assets; a generator's field of this type gives `ctx.asset(field)` in `draw`."""

    share_across_splits: bool = False
    """Let all splits draw from the same members."""

    @property
    def is_used(self) -> bool:
        """Whether there is anything to open."""
        return True

    def open(self) -> AssetSet[Any]:
        """Read and check the assets. Raises `AssetError` or `ConfigError`."""
        raise NotImplementedError
