"""synthink makes synthetic datasets that teach vision-language models to read ink.

A generator draws rows; `generator[i]` depends on its fields, its seed, its split and i, and on nothing else::

    import synthink

    rows = synthink.dataset("circled_letters", size=10_000, seed=0, split="train", words="builtin")
    rows[7]["image"], rows[7]["prefix"], rows[7]["suffix"]

Generators are classes of `synthink.generators`; what they are made of lies in `synthink.draw`, `synthink.ink`,
`synthink.documents`, `synthink.gestures`, `synthink.assets`, `synthink.labels` and `synthink.camera`.
"""

import synthink.cli.interrupts  # noqa: F401 - first of all, for Ctrl-C while the rest loads

# isort: split
from importlib import import_module
from typing import TYPE_CHECKING, Any

from synthink.api import generate, load, preview
from synthink.assets.fonts.fonts import Fonts
from synthink.assets.words.words import Words
from synthink.camera.camera import Camera
from synthink.core.assets import AssetSpec
from synthink.core.dataset import dataset
from synthink.core.generator import DrawContext, Generator, Split
from synthink.core.mixture import Mixture, Part
from synthink.core.prompts import Prompts, PromptWith, fill_prompt
from synthink.core.row_dataset import RowDataset
from synthink.core.sample import Sample
from synthink.core.sentences import AnswerTemplates, SentenceAnswers, TaskAnswers
from synthink.core.weights import Weight, Weights
from synthink.draw.geometry import Box, InkPoint, Quad
from synthink.errors import AssetError, ConfigError, DrawError, OutputError, SynthinkError
from synthink.exports.export import export
from synthink.ink.model import Ink, InkError, Span
from synthink.ink.reading import read_ink
from synthink.ink.writing import write_ink
from synthink.settings import Between, NotEmpty, Settings
from synthink.splits import Shares
from synthink.streams import Stream
from synthink.version import VERSION as __version__

__all__ = [
    "AnswerTemplates",
    "AssetError",
    "AssetSpec",
    "Between",
    "Box",
    "Camera",
    "ConfigError",
    "DrawContext",
    "DrawError",
    "Fonts",
    "Generator",
    "Ink",
    "InkError",
    "InkPoint",
    "Mixture",
    "NotEmpty",
    "OutputError",
    "Part",
    "PromptWith",
    "Prompts",
    "Quad",
    "RowDataset",
    "Sample",
    "SentenceAnswers",
    "Settings",
    "Shares",
    "Span",
    "Split",
    "Stream",
    "SynthinkError",
    "TaskAnswers",
    "Weight",
    "Weights",
    "Words",
    "__version__",
    "dataset",
    "export",
    "fill_prompt",
    "generate",
    "load",
    "preview",
    "read_ink",
    "write_ink",
]


if TYPE_CHECKING:
    from synthink import assets as assets
    from synthink import camera as camera
    from synthink import documents as documents
    from synthink import draw as draw
    from synthink import generators as generators
    from synthink import gestures as gestures
    from synthink import ink as ink
    from synthink import labels as labels
    from synthink import testing as testing
    from synthink.canvas.notebook import Canvas as Canvas

_PARTS = ("assets", "camera", "documents", "draw", "generators", "gestures", "ink", "labels", "testing")


def __getattr__(name: str) -> Any:
    """What is imported when it is asked for: the packages that users work with, and `synthink.Canvas`, which needs the
    extra `canvas`."""
    if name in _PARTS:
        return import_module(f"synthink.{name}")
    if name != "Canvas":
        raise AttributeError(f"module 'synthink' has no attribute '{name}'")
    try:
        from synthink.canvas.notebook import Canvas
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "traitlets"):
            raise
        raise SynthinkError("Canvas: needs the package anywidget: pip install 'synthink[canvas]'") from None
    return Canvas


def __dir__() -> list[str]:
    return [*__all__, *_PARTS, "Canvas"]
