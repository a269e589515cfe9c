"""From the sources that are named to sound faces: find, examine, leave out doubles, divide into designs, name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthink.assets.fonts import packaged
from synthink.assets.fonts.families import designs, named, silhouette
from synthink.assets.fonts.folders import font_files, system_folders
from synthink.assets.fonts.packages import SOURCES, Package
from synthink.assets.fonts.survey import FontRecord, Refusal, examine, read_font
from synthink.draw.type.face import Face
from synthink.draw.type.font_file import FontFile, sha256
from synthink.draw.type.open_font import OpenFont
from synthink.errors import AssetError
from synthink.files import user_path


@dataclass(frozen=True)
class _Surveyed:
    """A face that was examined, where its file lies, and which source brought it."""

    record: FontRecord
    file: FontFile
    source: str


def collect(sources: Sequence[str]) -> tuple[list[Face], list[Refusal]]:
    """All sound faces of the sources and all that was refused. `AssetError` for a source without a sound font."""
    sound: dict[tuple[str, int], _Surveyed] = {}
    refused: list[Refusal] = []
    examined = False
    for source in dict.fromkeys(sources):
        fonts, refused_here = _packaged(SOURCES[source]) if source in SOURCES else _local(source)
        examined |= source not in SOURCES or any(not _in_catalogue(font) for font in fonts)
        refused += refused_here
        if not fonts:
            first = f"; the first: {refused_here[0].path}: {refused_here[0].reason}" if refused_here else ""
            raise AssetError(f"{source}: holds no usable font ({len(refused_here)} refused{first})")
        for font in fonts:
            sound.setdefault((font.record.sha256, font.record.index), font)
    members = sorted(
        sound.values(), key=lambda font: (font.source == font.file.path, font.record.name, font.record.sha256)
    )
    if examined:
        members = _by_design(members)
    return _named(members), refused


def _packaged(packages: Sequence[Package]) -> tuple[list[_Surveyed], list[Refusal]]:
    fonts, refused = [], []
    for candidate, record in packaged.survey(packages):
        if record.reason is None:
            fonts.append(_Surveyed(record, candidate.file, f"{candidate.package.name} {candidate.version}"))
        else:
            refused.append(Refusal(record.name, candidate.file.path, record.reason, is_packaged=True))
    return fonts, refused


def _in_catalogue(font: _Surveyed) -> bool:
    return font.record.sha256 in packaged.known_fonts()


def _local(source: str) -> tuple[list[_Surveyed], list[Refusal]]:
    """The faces of a folder or file, or of the system's folders. A file that is named must be usable."""
    if source == "system":
        places = system_folders()
        if not places:
            raise AssetError("system: this machine has no font folder")
    else:
        places = [user_path(source)]
    fonts: list[_Surveyed] = []
    refused: list[Refusal] = []
    for place in places:
        try:
            files, closed = font_files(place)
        except AssetError as error:
            if source != "system":
                raise
            refused.append(Refusal(place.name, str(place), str(error).removeprefix(f"{place}: ")))
            continue
        refused += [Refusal(path.name, str(path), reason) for path, reason in closed]
        for path in files:
            _take(path, fonts, refused)
    return fonts, refused


def _take(path: Path, fonts: list[_Surveyed], refused: list[Refusal]) -> None:
    """Examine one file; what the catalogue knows by its SHA-256 need not be examined again."""
    file = FontFile(str(path))
    data, fault = read_font(file)
    if fault:
        refused.append(Refusal(path.name, file.path, fault))
        return
    digest = sha256(data)
    known = packaged.known_fonts().get(digest)
    for record in [known] if known else examine(data, digest, packaged.references(), called=path.stem):
        if record.reason is None:
            fonts.append(_Surveyed(replace(record, family=named(record.family)), file, file.path))
        else:
            refused.append(Refusal(path.name, file.path, record.reason))


def _by_design(members: list[_Surveyed]) -> list[_Surveyed]:
    """The same with families joined that draw nearly the same letters."""
    outlines = [silhouette(OpenFont(font.file.read(), font.record.index)) for font in members]
    ours = frozenset(font.record.family for font in members if font.source != font.file.path)
    styles = [(font.record.bold, font.record.italic) for font in members]
    groups = designs([font.record.family for font in members], styles, outlines, ours)
    return [
        replace(font, record=replace(font.record, family=group)) for font, group in zip(members, groups, strict=True)
    ]


def _named(members: list[_Surveyed]) -> list[Face]:
    """Faces under names that are unique: a second font of the same name carries the start of its SHA-256."""
    faces: dict[str, Face] = {}
    for font in members:
        record = font.record
        if record.name in faces:
            record = replace(record, name=f"{record.name} ({record.sha256[:8]}.{record.index})")
        faces[record.name] = record.face(font.file, font.source)
    return list(faces.values())
