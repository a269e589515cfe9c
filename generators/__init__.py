"""What is drawn: one file per generator, written as an outsider would write it.

`from synthink.generators import CircledLetters` loads that generator alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthink import Mixture

    from .circled_letters import CircledLetters
    from .circled_letters_grid import CircledLettersGrid
    from .gestures import Gestures
    from .ink_strokes import InkStrokes
    from .meters import Meters

__all__ = ["CircledLetters", "CircledLettersGrid", "Gestures", "InkStrokes", "Meters", "Mixture"]

_MODULES = {
    "CircledLetters": "synthink.generators.circled_letters",
    "CircledLettersGrid": "synthink.generators.circled_letters_grid",
    "Gestures": "synthink.generators.gestures",
    "InkStrokes": "synthink.generators.ink_strokes",
    "Meters": "synthink.generators.meters",
    "Mixture": "synthink",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(importlib.import_module(_MODULES[name]), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
