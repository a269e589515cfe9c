"""How a dataset is cited, and whom its readers can ask: the blocks of its card that change when it is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from synthink.build.card.blocks import TEMPLATES
from synthink.pages.markdown import Markdown, render_markdown
from synthink.pages.text import code_block
from synthink.version import YEARS

SOFTWARE = "synthink: synthetic datasets that teach vision-language models to read ink"


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
        entries=Markdown(code_block(entries(title, identity, place), "bibtex")),
        owner=place.owner if place else "",
        contact=place.contact if place else "",
        discussions=Markdown(f"{place.address}/discussions" if place else ""),
    )


def entries(title: str, identity: Mapping[str, Any], place: Place | None = None) -> str:
    """The BibTeX entries of a dataset, and of the release that made it, whose year is that of both: rows of a release
    are the same whenever they are drawn."""
    name, version, seed = (str(identity[key]) for key in ("generator", "generator_version", "seed"))
    release = str(identity["synthink"])
    year = {"year": str(YEARS[release])} if release in YEARS else {}
    origin = f"generator {name} version {version}, seed {seed}, {sum(identity['splits'].values()):,} rows"
    dataset = {"title": title, **year, "note": f"Synthetic dataset made by synthink {release}: {origin}"}
    if place is not None:
        dataset |= {"author": place.owner, "publisher": "Hugging Face"}
        dataset |= {"version": place.revision, "url": place.address}
        name = place.repo.replace("/", "_")
    software = {"title": SOFTWARE, "author": "The synthink authors", **year, "version": release}
    return f"{_entry('misc', name, dataset)}\n{_entry('software', 'synthink', software)}"


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    texts = {name: f"{{{_plain(value)}}}" for name, value in fields.items()}
    lines = [f"  {name:<9} = {f'{{{text}}}' if name == 'author' else text}," for name, text in texts.items()]
    return "\n".join([f"@{kind}{{{_plain(key).replace(' ', '_')},", *lines, "}"])


def _plain(text: str) -> str:
    """The text with nothing that BibTeX, or the end of a block of code, would be taken for."""
    return "".join(char for char in text if char.isalnum() or char in " .,-_:/")
