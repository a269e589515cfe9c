"""`synthink list`: what is installed."""

from __future__ import annotations

from typing import Literal

from synthink.assets.fonts.fonts import Fonts, describe
from synthink.cli.verb import Call, Verb, VerbResult
from synthink.core.registry import installed
from synthink.errors import ConfigError
from synthink.gestures.kind import KINDS, load_kinds
from synthink.progress import text_table


class List(Verb):
    """List generators, fonts or gestures."""

    name = "list"
    summary = "generators, where they come from, one line each; also `list fonts`, `list gestures`"
    positional = "what"

    what: Literal["generators", "fonts", "gestures"] = "generators"
    """The things to list: `generators`, `fonts` (families and where they lie), or `gestures` (classes and the shares of
    their variants)."""
    source: str = "packaged"
    """The fonts to list: `packaged`, `system`, or a folder."""

    def check(self) -> None:
        if self.what != "fonts" and self.source != "packaged":
            raise ConfigError("source", self.source, "goes with `synthink list fonts` only")

    def run(self, call: Call) -> VerbResult:
        lines = {"generators": _generators, "fonts": self._fonts, "gestures": _gestures}[self.what]()
        print("\n".join(lines))
        return VerbResult()

    def _fonts(self) -> list[str]:
        return describe(Fonts(source=self.source).open())


def _generators() -> list[str]:
    return text_table([[entry.name, entry.package, entry.summary] for entry in installed()])


def _gestures() -> list[str]:
    load_kinds()
    lines = []
    for kind in sorted(KINDS.values(), key=lambda kind: kind.name):
        lines.append(f"{kind.name}: {(type(kind).__doc__ or '').strip().partition(chr(10))[0]}")
        lines.append("  " + ", ".join(f"{variant.name} {variant.share:.2g}" for variant in kind.variants.values()))
    return lines
