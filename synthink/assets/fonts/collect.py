"""From the sources that are named to sound faces: find, examine, leave out doubles, divide into designs, name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthink.assets.fonts import packaged
from synthink.assets.fonts.families import designs, named, silhouette
from synthink.assets.fonts.folders import font_files, system_folders
from synthink.assets.fonts.fonts import Refusal
from synthink.assets.fonts.survey import Finding, examine, read_font
from synthink.draw.type.face import Face
from synthink.draw.type.font_file import FontFile, sha256
from synthink.draw.type.open_font import OpenFont
from synthink.errors import AssetError


@dataclass(frozen=True)
class _Found:
    finding: Finding
    file: FontFile
    source: str


def collect(sources: Sequence[str]) -> tuple[list[Face], list[Refusal]]:
    """All sound faces of the sources and all that was refused. `AssetError` for a source without a sound font."""
    sound: dict[tuple[str, int], _Found] = {}
    refused: list[Refusal] = []
    examined = False
    for source in dict.fromkeys(sources):
        found, turned_down = _packaged() if source == "packaged" else _local(source)
        examined |= source != "packaged" or any(not _in_catalogue(one) for one in found)
        refused += turned_down
        if not found:
            first = f"; the first: {turned_down[0].path}: {turned_down[0].reason}" if turned_down else ""
            raise AssetError(f"{source}: holds no usable font ({len(turned_down)} refused{first})")
        for one in found:
            sound.setdefault((one.finding.sha256, one.finding.index), one)
    members = sorted(
        sound.values(), key=lambda one: (one.source == one.file.path, one.finding.name, one.finding.sha256)
    )
    if examined:
        members = _by_design(members)
    return _named(members), refused


def _packaged() -> tuple[list[_Found], list[Refusal]]:
    found, refused = [], []
    for candidate, finding in packaged.survey():
        if finding.reason is None:
            found.append(_Found(finding, candidate.file, f"{candidate.package} {candidate.version}"))
        else:
            refused.append(Refusal(finding.name, candidate.file.path, finding.reason))
    return found, refused


def _in_catalogue(one: _Found) -> bool:
    return one.finding.sha256 in packaged.known_fonts()


def _local(source: str) -> tuple[list[_Found], list[Refusal]]:
    """The faces of a folder or file, or of the system's folders. A file that is named must be usable."""
    if source == "system":
        places = system_folders()
        if not places:
            raise AssetError("system: this machine has no font folder")
    else:
        places = [Path(source).expanduser()]
    found: list[_Found] = []
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
            _take(path, found, refused)
    return found, refused


def _take(path: Path, found: list[_Found], refused: list[Refusal]) -> None:
    """Examine one file; what the catalogue knows by its SHA-256 need not be examined again."""
    file = FontFile(str(path))
    data, fault = read_font(file)
    if fault:
        refused.append(Refusal(path.name, file.path, fault))
        return
    digest = sha256(data)
    known = packaged.known_fonts().get(digest)
    for finding in [known] if known else examine(data, digest, packaged.references(), called=path.stem):
        if finding.reason is None:
            found.append(_Found(replace(finding, family=named(finding.family)), file, file.path))
        else:
            refused.append(Refusal(path.name, file.path, finding.reason))


def _by_design(members: list[_Found]) -> list[_Found]:
    """The same with families joined that draw nearly the same letters."""
    outlines = [silhouette(OpenFont(one.file.read(), one.finding.index)) for one in members]
    ours = frozenset(one.finding.family for one in members if one.source != one.file.path)
    styles = [(one.finding.bold, one.finding.italic) for one in members]
    groups = designs([one.finding.family for one in members], styles, outlines, ours)
    return [
        replace(one, finding=replace(one.finding, family=group)) for one, group in zip(members, groups, strict=True)
    ]


def _named(members: list[_Found]) -> list[Face]:
    """Faces under names that are unique: a second font of the same name carries the start of its SHA-256."""
    faces: dict[str, Face] = {}
    for one in members:
        finding = one.finding
        if finding.name in faces:
            finding = replace(finding, name=f"{finding.name} ({finding.sha256[:8]}.{finding.index})")
        faces[finding.name] = finding.face(one.file, one.source)
    return list(faces.values())
