"""Whether the rows of a dataset can be drawn again here, from its manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthink.build.manifest import Manifest
from synthink.build.plan import CODECS, library_versions
from synthink.build.received import Code, Sources
from synthink.core.source import Source
from synthink.errors import AssetError, ConfigError
from synthink.version import VERSION


@dataclass(frozen=True)
class Redraw:
    """The source that draws a dataset's rows again, or why there is none.

    source: draws the dataset's rows; None where the generator or what it draws from is another one here. reason: why
    there is no source. changed: the libraries that pixels or bytes depend on and whose version is another one here,
    each with both versions.
    """

    source: Source | None
    reason: str = ""
    changed: Mapping[str, str] = field(default_factory=dict)
    other_assets: Sequence[str] = ()
    """The fields whose assets are other ones here than those that the rows were drawn from."""
    other_records: Sequence[str] = ()
    """The fields whose assets are the same, and which the manifest tells something else about: their licences."""

    @property
    def has_same_bytes(self) -> bool:
        """Whether what is drawn is stored as the same bytes."""
        return self.source is not None and not self.changed

    @property
    def has_same_pixels(self) -> bool:
        """Whether what is drawn has the same pixels, as far as is known: no library that draws is another one here."""
        return self.source is not None and set(self.changed) <= set(CODECS)


def open_redraw(manifest: Manifest, sources: Sources, code: Code = "refuse") -> Redraw:
    """Open what the manifest's generator draws from, as far as that is allowed and here."""
    identity, here = manifest.identity, library_versions()
    there = identity["versions"]
    changed = {
        name: f"{there.get(name)} -> {here.get(name)}"
        for name in sorted({*there, *here})
        if there.get(name) != here.get(name)
    }
    try:
        plan = manifest.plan(sources, code)
        version = identity["generator_version"]
        if plan.generator.version != version:
            return Redraw(None, f"version {version} of {plan.generator.name} made it, {plan.generator.version} is here")
        plan = manifest.opened(sources, code)
        ours, theirs = json.loads(json.dumps(plan.identity["assets"])), identity["assets"]
    except (AssetError, ConfigError) as error:
        return Redraw(None, str(error))
    others = [name for name in sorted({*ours, *theirs}) if _print(ours, name) != _print(theirs, name)]
    if others:
        return Redraw(None, f"what it draws from is not the same here: {', '.join(others)}", other_assets=others)
    told_otherwise = (
        [name for name in ours if ours[name] != theirs[name]] if identity.get("synthink") == VERSION else []
    )
    return Redraw(plan.source, "", changed, other_records=told_otherwise)


def _print(assets: Mapping[str, Any], name: str) -> Any:
    return (assets.get(name) or {}).get("fingerprint")
