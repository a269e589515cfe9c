"""Fonts as an asset: which are used, which are refused and why, and what each split draws from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from synthink.assets.fonts.packages import SOURCES
from synthink.core.assets import AssetSet, AssetSpec
from synthink.core.left_out import LeftOut
from synthink.draw.type.face import Face
from synthink.errors import AssetError, ConfigError, did_you_mean, quoted, shortened

if TYPE_CHECKING:
    from synthink.assets.fonts.survey import Refusal


class Fonts(AssetSpec["FontPool"]):
    """The fonts that text is drawn with."""

    shorthand: ClassVar[str | None] = "source"

    source: str | tuple[str, ...] = "packaged"
    """The place of the fonts: `packaged` for the open fonts inside this package's dependencies, `extra` for those that
    `pip install 'synthink[fonts]'` adds, `system` for those installed on this machine, or a folder (with all below it)
    or a font file. Several sources may be listed."""
    bold: bool | None = None
    """True leaves only bold faces, false only those that are not bold."""
    italic: bool | None = None
    """True leaves only italic faces, false only upright ones."""
    families: tuple[str, ...] = ()
    """The names of the designs or faces to draw with; an empty list allows all."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources as a tuple, however they were given."""
        return (self.source,) if isinstance(self.source, str) else self.source

    def check(self) -> None:
        if not self.sources or not all(source.strip() for source in self.sources):
            raise ConfigError("source", self.source, "must name packaged, extra, system, a folder or a font file")

    def outside(self) -> list[str]:
        return [source for source in self.sources if source not in (*SOURCES, "system")]

    def open(self) -> FontSet:
        """Read the fonts. `AssetError` for a source without a usable font, `ConfigError` when no face is selected."""
        from synthink.assets.fonts.collect import collect  # it loads FreeType

        faces, refused = collect(self.sources)
        return FontSet(self._selected(faces), refused, self.sources)

    def _selected(self, faces: Sequence[Face]) -> list[Face]:
        """The faces that the fields `families`, `bold` and `italic` allow."""
        known = {face.family for face in faces} | {face.name for face in faces}
        for index, name in enumerate(self.families):
            if name not in known:
                raise ConfigError(f"families[{index}]", name, f"no such font; {did_you_mean(name, known)}")
        chosen = [face for face in faces if not self.families or {face.family, face.name} & set(self.families)]
        for name in ("bold", "italic"):
            wanted = getattr(self, name)
            chosen = [face for face in chosen if wanted is None or getattr(face, name) == wanted]
            if not chosen:
                raise ConfigError(name, wanted, "no font of the source is left")
        return chosen


@dataclass(frozen=True, eq=False)
class FontPool:
    """The faces that one split draws with."""

    faces: tuple[Face, ...]
    _common: frozenset[str] = field(init=False, repr=False)
    _partial: dict[frozenset[str], tuple[Face, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        sets = [face.characters for face in self.faces]
        object.__setattr__(self, "_common", frozenset.intersection(*sets) if sets else frozenset())

    @property
    def alphabet(self) -> frozenset[str]:
        """Every character that at least one face draws."""
        return frozenset().union(*(face.characters for face in self.faces))

    def drawing(self, text: str) -> tuple[Face, ...]:
        """The faces that truly draw every character of the text; empty when there is none."""
        rare = frozenset(text) - self._common
        if not rare:
            return self.faces
        faces = self._partial.get(rare)
        if faces is None:
            faces = tuple(face for face in self.faces if rare <= face.characters)
            if len(self._partial) < 10_000:
                self._partial[rare] = faces
        return faces


class FontSet(AssetSet[FontPool]):
    """The sound faces of all sources, sorted by family, name and SHA-256, and what was refused."""

    kind: ClassVar[str] = "fonts"

    def __init__(self, faces: Iterable[Face], refused: Sequence[Refusal], sources: Sequence[str]) -> None:
        self.faces = tuple(sorted(faces, key=lambda face: (face.family, face.name, face.sha256, face.index)))
        self.refused = list(refused)
        self.sources = tuple(sources)
        self._by_name = {face.name: face for face in self.faces}

    @property
    def left_out(self) -> LeftOut:
        """The user's fonts that were refused; which of the packages' are not used is the catalogue's business."""
        left_out = LeftOut()
        for refusal in self.refused:
            if not refusal.is_packaged:
                left_out.note(f"fonts: {refusal.reason}", refusal.name)
        return left_out

    def groups(self) -> list[str]:
        return sorted({face.family for face in self.faces})

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> FontPool:
        return FontPool(tuple(face for face in self.faces if groups is None or face.family in groups))

    def face(self, name: str) -> Face:
        """The face that a dataset names in its column `font`. Raises `AssetError` with the nearest names."""
        if name not in self._by_name:
            raise AssetError(
                f"font {quoted(name)}: not in {shortened(', '.join(self.sources))}; {did_you_mean(name, self._by_name)}"
            )
        return self._by_name[name]

    def record(self) -> dict[str, Any]:
        licences = {(face.family, face.licence, _origin(face)) for face in self.faces}
        return {
            "fingerprint": self._fingerprint(),
            "source": list(self.sources),
            "faces": len(self.faces),
            "families": len(self.groups()),
            "licences": [
                {"family": family, "licence": licence, "source": source} for family, licence, source in sorted(licences)
            ],
        }

    def _fingerprint(self) -> str:
        faces = [
            (face.name, face.sha256, face.index, "".join(sorted(face.characters)), face.family, face.look_alikes)
            for face in self.faces
        ]
        return hashlib.sha256(json.dumps(faces, sort_keys=True).encode()).hexdigest()


def describe(fonts: FontSet) -> list[str]:
    """Lines for people: each family with its faces, licence and source; then what was refused and why."""
    lines = [f"{len(fonts.faces)} faces of {len(fonts.groups())} families from {', '.join(fonts.sources)}"]
    for family in fonts.groups():
        members = [face for face in fonts.faces if face.family == family]
        origins = sorted({f"{face.licence}; {_origin(face)}" for face in members})
        lines.append(f"{family}: {len(members)} ({', '.join(face.name for face in members)}) [{' / '.join(origins)}]")
    if fonts.refused:
        lines.append(f"refused: {len(fonts.refused)}")
        lines += [f"  {refusal.name}: {refusal.reason}" for refusal in fonts.refused]
    return lines


def _origin(face: Face) -> str:
    """Where a face is from, fit to be published: a package, never a path of somebody's machine."""
    return "a local font file" if face.source == face.file.path else face.source
