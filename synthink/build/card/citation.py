"""How a dataset is cited, and whom its readers can ask: the blocks of its card that change when it is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from synthink.build.card.blocks import TEMPLATES
from synthink.pages.markdown import Markdown, render_markdown
from synthink.pages.text import code_block
from synthink.version import VERSION


class Place(NamedTuple):
    """Where a dataset is published.

    repo: `OWNER/NAME`. address: of its page. revision: the tag of its rows. contact: whom readers may ask, a name or an
    address; empty: the repository's owner.
    """

    repo: str
    address: str
    revision: str
    contact: str = ""

    @property
    def owner(self) -> str:
        """The repository's owner."""
        return self.repo.partition("/")[0]


def citation_blocks(title: str, identity: Mapping[str, Any], place: Place | None = None) -> str:
    """The blocks `citation` and `contact`. title: the dataset's. place: where it is published; None: nowhere yet, so
    that the entry names no owner and no address."""
    return render_markdown(
        TEMPLATES / "citation.md.jinja",
        entries=Markdown(code_block(f"{_dataset(title, identity, place)}\n{_software()}", "bibtex")),
        owner=place.owner if place else "",
        contact=place.contact if place else "",
        discussions=Markdown(f"{place.address}/discussions" if place else ""),
    )


def _dataset(title: str, identity: Mapping[str, Any], place: Place | None) -> str:
    """The BibTeX entry of the dataset."""
    name, version, seed = (str(identity[key]) for key in ("generator", "generator_version", "seed"))
    origin = f"generator {name} version {version}, seed {seed}, {sum(identity['splits'].values()):,} rows"
    fields = {"title": title, "note": f"Synthetic dataset made by synthink {VERSION}: {origin}"}
    if place is None:
        return _entry("misc", name, fields)
    fields |= {"author": place.owner, "publisher": "Hugging Face", "version": place.revision, "url": place.address}
    return _entry("misc", place.repo.replace("/", "_"), fields)


def _software() -> str:
    """The BibTeX entry of what made the dataset."""
    title = "synthink: synthetic datasets that teach vision-language models to read ink"
    return _entry("software", "synthink", {"title": title, "author": "The synthink authors", "version": VERSION})


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    texts = {name: f"{{{_plain(value)}}}" for name, value in fields.items()}
    lines = [f"  {name:<9} = {f'{{{text}}}' if name == 'author' else text}," for name, text in texts.items()]
    return "\n".join([f"@{kind}{{{_plain(key).replace(' ', '_')},", *lines, "}"])


def _plain(text: str) -> str:
    """The text with nothing that BibTeX, or the end of a block of code, would be taken for."""
    return "".join(char for char in text if char.isalnum() or char in " .,-_:/")
