"""What a dataset was made from, with licences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthink.build.plan import Plan
from synthink.pages.markdown import Markdown
from synthink.pages.text import for_markdown

MOST_FAMILIES = 200
"""The most fonts of a licence that are named."""


def licences(plan: Plan) -> list[Markdown]:
    """A line for each licence: what is under it, and where that comes from."""
    used: dict[str, dict[str, None]] = {}
    fonts: dict[tuple[str, str], list[str]] = {}
    for field, record in plan.identity["assets"].items():
        kind = plan.source.assets[field].kind
        for licence in record.get("licences", []):
            if isinstance(licence, Mapping) and {"family", "licence"} <= licence.keys():
                names = fonts.setdefault((kind, for_markdown(licence["licence"])), [])
                names += [name for name in [_origin(licence)] if name not in names]
            else:
                used.setdefault(f"{for_markdown(_text(licence))}{_source(record)}", {})[kind] = None
    lines = [f"{', '.join(kinds)}: {licence}" for licence, kinds in used.items()]
    kinds_by_fonts: dict[tuple[str, str], list[str]] = {}
    for (kind, licence), names in fonts.items():
        more = f" and {len(names) - MOST_FAMILIES:,} more" if len(names) > MOST_FAMILIES else ""
        kinds_by_fonts.setdefault((licence, f"{', '.join(names[:MOST_FAMILIES])}{more}"), []).append(kind)
    lines += [f"{', '.join(kinds)}: {licence}: {named}" for (licence, named), kinds in kinds_by_fonts.items()]
    return [Markdown(line) for line in lines] or [Markdown("nothing but code")]


def _origin(licence: Mapping[str, Any]) -> str:
    """A font's family, and in brackets where it comes from."""
    source = licence.get("source")
    return for_markdown(licence["family"]) + (f" ({for_markdown(source)})" if source else "")


def _source(record: Mapping[str, Any]) -> str:
    """Where an asset comes from, in brackets; empty where it does not say."""
    source = record.get("source")
    names = source.values() if isinstance(source, Mapping) else source if isinstance(source, list) else [source]
    text = for_markdown(", ".join(dict.fromkeys(str(name) for name in names if name)))
    return f" ({text})" if text else ""


def _text(licence: Any) -> str:
    return ", ".join(map(str, licence.values())) if isinstance(licence, Mapping) else str(licence)
