"""The oracles of a dataset's rows, and what they may ask for: a row drawn again without its mark or ink."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from synthink.build.received import Sources
from synthink.core.generator import Generator
from synthink.core.mixture import Mixture
from synthink.core.registry import find_oracle
from synthink.errors import SynthinkError, quoted
from synthink.verify.oracle import Control, Finding
from synthink.verify.redraw import Redraw
from synthink.verify.row_check import ALWAYS

if TYPE_CHECKING:
    from PIL import Image

LEFT_OUT = "the format leaves out"


def unproved_columns(generator: Generator) -> list[str]:
    """The columns of a generator's rows, besides the id, that no oracle proves.

    Of a mixture: those that are not proved for each of its parts that has them.
    """
    columns: dict[str, None] = {}
    for author in generator.leaves if isinstance(generator, Mixture) else (generator,):
        oracle_class = find_oracle(author.name)
        proved = getattr(oracle_class(author), "columns", ()) if oracle_class is not None else ()
        columns.update(dict.fromkeys(name for name in (*ALWAYS, *author.columns) if name not in {"id", *proved}))
    return list(columns)


class Judges:
    """Has each row judged by the oracle of the generator that drew it."""

    def __init__(self, redraw: Redraw, sources: Sources = "refuse", left_out: Collection[str] = ()) -> None:
        """left_out: the columns that the dataset's format has no room for."""
        self._left_out = left_out
        self._source = redraw.source if redraw.has_same_pixels else None
        self._other_assets = frozenset(field.rpartition(".")[2] for field in redraw.other_assets)
        self._sources = sources
        self._oracles: dict[int, tuple[Generator, Any]] = {}
        """The identity of a generator -> itself and its oracle: those of two parts of a mixture, or of two splits, may
        differ in their fields alone."""

    def judge(self, author: Generator, row: Mapping[str, Any], split: str, index: int) -> Finding | None:
        """The finding about row `index` of a split; None when its generator has no oracle.

        The place in the split says which control belongs to the row; what the row says of itself is not asked.
        """
        if id(author) not in self._oracles:
            oracle_class = find_oracle(author.name)
            self._oracles[id(author)] = author, (oracle_class(author) if oracle_class is not None else None)
        _, oracle = self._oracles[id(author)]
        if oracle is None:
            return None
        if place := self._not_to_open(author, oracle):
            return Finding("unsure", f"its oracle would open {quoted(place)}, which the manifest names; sources=allow")
        needs = getattr(oracle, "needs", author.columns)
        if missing := [name for name in author.columns if name in needs and name in self._left_out]:
            return Finding("unsure", f"{LEFT_OUT} {', '.join(missing)}")
        try:
            finding: Finding = oracle.check(row, self._control(split, index))
        except SynthinkError as error:
            return Finding("unsure", f"it cannot be drawn again: {error}")
        except Exception as error:  # noqa: BLE001 - labels that nobody wrote can be anything
            return Finding("wrong", f"labels that its oracle cannot read ({type(error).__name__})")
        others = sorted(self._other_assets.intersection(getattr(oracle, "opens", author.asset_fields())))
        if finding.verdict == "wrong" and others:  # such as a font that has gone from its folder since
            return Finding("unsure", f"{finding.reason}, as far as it shows with other {', '.join(others)} than it had")
        return finding

    def _not_to_open(self, author: Generator, oracle: Any) -> str:
        """What the manifest names, may not be opened, and would be by an oracle that does not say what it opens, or
        says so; empty where there is nothing."""
        if self._sources == "allow":
            return ""
        specs = author.asset_fields()
        opens = getattr(oracle, "opens", specs)
        return next((place for field, spec in specs.items() if field in opens for place in spec.outside()), "")

    def _control(self, split: str, index: int) -> Control | None:
        source = self._source
        if source is None:
            return None

        def control() -> Image.Image:
            picture: Image.Image = source.row(split, index, control=True)["image"].pil()
            return picture

        return control
