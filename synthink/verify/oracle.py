"""What an oracle is: it reads a row's labels off the pixels, and shares no code with the generator that drew it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

if TYPE_CHECKING:
    from PIL import Image

Verdict = Literal["right", "wrong", "unsure"]
Control = Callable[[], "Image.Image"]
"""Draws a row again without its mark or ink and everything else unchanged: RGB, of the row's size."""


@dataclass(frozen=True)
class Finding:
    """The judgement of an oracle about one row.

    `right`: the picture bears out every label that was compared; `wrong`: it contradicts one; `unsure`: it does not
    show enough to tell, which counts neither as right nor as wrong.
    """

    verdict: Verdict
    reason: str
    """Short, and the same words for the same kind of fault, so that faults can be counted."""


class Oracle(Protocol):
    """The class behind an entry point in `synthink.oracles`, under the name of the generator whose rows it judges."""

    opens: ClassVar[tuple[str, ...]]
    """The generator's asset fields that the oracle opens: where a received manifest names files for one of them, its
    rows are not judged. An oracle that does not say it is taken to open all."""

    columns: Sequence[str]
    """The columns that it proves: a wrong value of one of them is found where the picture shows enough. The report
    names the others. An oracle that does not say it is taken to prove none."""

    needs: Collection[str]
    """The generator's columns without which it cannot judge a row: where the dataset's format leaves one of them out,
    its rows are not judged. An oracle that does not say it is taken to need all."""

    def __init__(self, generator: Any) -> None:
        """generator: the one that drew the rows, with its fields."""

    def check(self, row: Mapping[str, Any], control: Control | None = None) -> Finding:
        """Compare a row's labels with its picture.

        row["image"]: a PIL image in RGB; the rest are the row's columns. control: draws the row that should stand at
        this place of the dataset without its mark or ink; None where it cannot be drawn here. It takes as long as the
        row did: an oracle calls it where the pixels alone do not decide.
        """
