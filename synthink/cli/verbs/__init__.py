"""The verbs. A new one is a file here and a line in this table: help, completion and Hydra read everything off it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from synthink.cli.verb import Verb

_CLASSES = {
    "generate": "Generate",
    "list": "List",
    "preview": "Preview",
    "verify": "Verify",
    "publish": "Publish",
    "export": "Export",
    "train": "Train",
    "evaluate": "Evaluate",
    "validate": "Validate",
    "canvas": "OpenCanvas",
    "completion": "Completion",
}
"""Each verb, which is the name of its file, and its class there; in the order in which `synthink --help` lists them."""


class _Verbs(Mapping[str, type[Verb]]):
    """The classes of verbs, each imported when it is asked for: most of a short command's time is imports."""

    def __getitem__(self, name: str) -> type[Verb]:
        class_name = _CLASSES[name]
        verb: type[Verb] = getattr(import_module(f"{__name__}.{name}"), class_name)
        return verb

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)


VERBS: Mapping[str, type[Verb]] = _Verbs()
"""Every verb by its name."""
