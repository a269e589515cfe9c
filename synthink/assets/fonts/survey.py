"""One font file examined: everything that is known about each of its faces, or why it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from synthink.assets.fonts.qualify import References, judge, style
from synthink.draw.type.face import Face
from synthink.draw.type.font_file import FontFile, read_bounded
from synthink.draw.type.open_font import FontFault, OpenFont
from synthink.errors import AssetError

FACES_PER_FILE = 64  # collections of real fonts hold up to some dozens
_PLAIN_STYLES = frozenset({"book", "regular", "roman", "normal", "plain", "display", ""})
_FAMILY, _LICENCE, _LICENCE_URL, _TYPOGRAPHIC_FAMILY = 1, 13, 14, 16  # ids of the name table


@dataclass(frozen=True)
class Refusal:
    """A font, a file or a folder that was not taken, and why."""

    name: str
    path: str
    reason: str
    is_packaged: bool = False
    """Whether a package brought it along, and not the user."""


@dataclass(frozen=True, kw_only=True)
class FontRecord:
    """The measurements of one face. Lengths are in em; `reason` is None for a face that may be used."""

    name: str
    family: str
    sha256: str
    index: int = 0
    reason: str | None = None
    bold: bool = False
    italic: bool = False
    weight: int = 400
    width: int = 5
    licence: str = ""
    characters: str = ""
    look_alikes: dict[str, str]
    unlike: dict[str, str]
    ascent: float = 0.0
    descent: float = 0.0
    cap_height: float = 0.0
    x_height: float = 0.0
    is_truetype: bool = False

    def plain(self) -> dict[str, Any]:
        """The record as JSON types, without empty fields."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "", {})}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> FontRecord:
        """Back from `plain`; keys that belong to others are left aside."""
        names = {item.name for item in fields(cls)}
        return cls(**{"look_alikes": {}, "unlike": {}, **{key: plain[key] for key in names & plain.keys()}})

    def face(self, file: FontFile, source: str) -> Face:
        """The face that draws."""
        return Face(
            self.name,
            self.sha256,
            self.index,
            family=self.family,
            bold=self.bold,
            italic=self.italic,
            weight=self.weight,
            width=self.width,
            file=file,
            licence=self.licence,
            source=source,
            characters=frozenset(self.characters),
            look_alikes=self.look_alikes,
            ascent=self.ascent,
            descent=self.descent,
            cap_height=self.cap_height,
            x_height=self.x_height,
            is_truetype=self.is_truetype,
        )


def examine(
    data: bytes, digest: str, references: References, *, called: str = "", reviewed: str = ""
) -> Iterator[FontRecord]:
    """A record for each face of a font file; `called` names it until its own name is known."""
    index, count = 0, 1
    while index < min(count, FACES_PER_FILE):
        try:
            font = OpenFont(data, index)
        except FontFault as fault:
            yield FontRecord(
                name=called, family=called, sha256=digest, index=index, reason=str(fault), look_alikes={}, unlike={}
            )
        else:
            count = font.faces
            yield _record(font, digest, index, references, called, reviewed)
        index += 1


def names(font: OpenFont, called: str = "") -> tuple[str, str]:
    """The face's name and its family's, from the name table (or Type 1's dictionary)."""
    base = font.family or called
    look = font.style if font.style.casefold() not in _PLAIN_STYLES else ""
    family = font.name(_TYPOGRAPHIC_FAMILY) or font.name(_FAMILY) or base
    return f"{base} {look}".strip() or "unnamed", family or "unnamed"


def _record(font: OpenFont, digest: str, index: int, references: References, called: str, reviewed: str) -> FontRecord:
    name, family = names(font, called)
    verdict = judge(font, references, reviewed)
    bold, italic, weight, width = style(font)
    return FontRecord(
        name=name,
        family=family,
        sha256=digest,
        index=index,
        reason=verdict.reason,
        bold=bold,
        italic=italic,
        weight=weight,
        width=width,
        licence=font.name(_LICENCE) or font.name(_LICENCE_URL) or "not stated in the font",
        characters=verdict.characters,
        look_alikes=dict(verdict.look_alikes),
        unlike=dict(verdict.unlike),
        ascent=round(font.ascender / font.units, 4),
        descent=round(-font.descender / font.units, 4),
        cap_height=verdict.cap_height,
        x_height=verdict.x_height,
        is_truetype=font.is_truetype,
    )


def read_font(file: FontFile) -> tuple[bytes, str | None]:
    """The bytes of a font file, or none and the reason."""
    try:
        data = file.read() if file.module else read_bounded(Path(file.path))
    except AssetError as error:
        return b"", str(error).removeprefix(f"{file.path}: ")
    return (data, None) if data else (b"", "is empty")
