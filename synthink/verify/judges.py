"""The oracles of a dataset's rows, and what they may ask for: a row drawn again without its mark or ink."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from synthink.build.manifest import Manifest
from synthink.build.plan import CODECS, library_versions
from synthink.core.generator import Generator
from synthink.core.registry import find_oracle
from synthink.core.source import Source
from synthink.errors import SynthinkError
from synthink.verify.oracle import Control, Finding

if TYPE_CHECKING:
    from PIL import Image


class Judges:
    """Has each row judged by the oracle of the generator that drew it."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._oracles: dict[str, Any] = {}

    def judge(self, author: Generator, row: Mapping[str, Any], split: str, index: int) -> Finding | None:
        """The finding about row `index` of a split; None when its generator has no oracle.

        The place in the split says which control belongs to the row; what the row says of itself is not asked.
        """
        if author.name not in self._oracles:
            oracle_class = find_oracle(author.name)
            self._oracles[author.name] = oracle_class(author) if oracle_class is not None else None
        oracle = self._oracles[author.name]
        if oracle is None:
            return None
        finding: Finding = oracle.check(row, self._control(split, index))
        return finding

    def _control(self, split: str, index: int) -> Control | None:
        source = self._source
        if source is None:
            return None

        def control() -> Image.Image:
            picture: Image.Image = source.row(split, index, control=True)["image"].pil()
            return picture

        return control

    @cached_property
    def _source(self) -> Source | None:
        """The source of the dataset's rows; None where its generator, its libraries or its assets are others here,
        so that other pixels would come of it."""
        here, there = library_versions(), self._manifest.identity["versions"]
        if any(here[name] != there.get(name) for name in here if name not in CODECS):
            return None
        try:
            plan = self._manifest.opened()
            if plan.generator.version != self._manifest.identity["generator_version"]:
                return None
            same = _prints(plan.identity) == _prints(self._manifest.identity)
        except SynthinkError:
            return None
        return plan.source if same else None


def _prints(identity: Mapping[str, Any]) -> dict[str, Any]:
    return {field: record.get("fingerprint") for field, record in identity["assets"].items()}
