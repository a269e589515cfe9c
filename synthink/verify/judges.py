"""The oracles of a dataset's rows, and what they may ask for: a row drawn again without its mark or ink."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthink.core.generator import Generator
from synthink.core.registry import find_oracle
from synthink.errors import SynthinkError
from synthink.verify.oracle import Control, Finding
from synthink.verify.redraw import Redraw

if TYPE_CHECKING:
    from PIL import Image


class Judges:
    """Has each row judged by the oracle of the generator that drew it."""

    def __init__(self, redraw: Redraw) -> None:
        self._source = redraw.source if redraw.has_same_pixels else None
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
        try:
            finding: Finding = oracle.check(row, self._control(split, index))
        except SynthinkError as error:
            return Finding("unsure", f"it cannot be drawn again: {error}")
        except Exception as error:  # noqa: BLE001 - labels that nobody wrote can be anything
            return Finding("wrong", f"labels that its oracle cannot read ({type(error).__name__})")
        return finding

    def _control(self, split: str, index: int) -> Control | None:
        source = self._source
        if source is None:
            return None

        def control() -> Image.Image:
            picture: Image.Image = source.row(split, index, control=True)["image"].pil()
            return picture

        return control
