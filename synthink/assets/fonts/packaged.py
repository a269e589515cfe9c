"""The open fonts that come inside matplotlib and pymupdf-fonts, and the catalogue of what they truly draw.

Neither package is imported. `python -m synthink.assets.fonts.packaged FILE` writes the catalogue anew; it is kept as
`fonts/catalogue.json` and saves the examination at run time for every file whose SHA-256 it knows.
"""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import importlib.util
import json
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from synthink.assets.fonts.families import designs, named, silhouette
from synthink.assets.fonts.letter_images import describe
from synthink.assets.fonts.qualify import CHARACTERS, LETTERS, References, drawn_letters
from synthink.assets.fonts.survey import FontRecord, examine, read_font
from synthink.draw.type.font_file import FontFile, sha256
from synthink.draw.type.open_font import OpenFont
from synthink.errors import AssetError

_REFERENCES = (
    *("DejaVuSans", "DejaVuSans-BoldOblique", "DejaVuSerif", "DejaVuSerif-BoldItalic", "DejaVuSansMono"),
    *("DejaVuSansMono-BoldOblique", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    *("cmr10", "cmti10", "cmtt10", "cmb10", "NotoSans_Regular", "NotoSans_BoldItalic", "Ubuntu_Regular"),
    *("Ubuntu_BoldItalic", "UbuntuMono_Regular", "UbuntuMono_BoldItalic", "FiraGO_Regular", "FiraGO_Italic"),
    *("FiraMono_Bold", "SpaceMono_Regular", "SpaceMono_BoldItalic", "CascadiaMono_Regular"),
    "CascadiaMono_BoldItalic",
)
"""Files whose letters were looked at: sans, serif, monospaced, upright and slanted, thin and bold."""

_REVIEWED = {
    "DejaVuSans-Oblique": "f",
    "DejaVuSansMono-BoldOblique": "i",
    "DejaVuSansMono-Oblique": "i",
    "DejaVuSerif-Bold": "g",
    "DejaVuSerif-BoldItalic": "n",
    "STIXGeneralBolIta": "n",
    "STIXGeneralItalic": "u",
    "cmb10": "3",
    "cmmi10": "vwy",
    "cmti10": "gvwy4",
    "CascadiaMono_Regular": "K",
    "FiraMono_Bold": "n",
    "SpaceMono_Bold": "cy",
    "SpaceMono_BoldItalic": "wy3",
    "SpaceMono_Regular": "ay",
    "UbuntuMono_Regular": "i",
    "Ubuntu_Bold": "ft",
    "Ubuntu_Regular": "f",
}
"""Letters that are read as another one and yet are true to the eye: designs with few relatives among the references."""

_SILENT_TABLES: dict[str, dict[str, Any]] = {
    "cmb10": {"bold": True, "weight": 700},
    "cmti10": {"italic": True},
    "cmmi10": {"italic": True},
}
"""Computer Modern's tables leave these out; the names are Knuth's for Bold, Text Italic and Math Italic."""

_LICENCES = {
    "Computer Modern": "LicenseRef-BaKoMa",
    "DejaVu Sans": "Bitstream-Vera",
    "DejaVu Sans Mono": "Bitstream-Vera",
    "DejaVu Serif": "Bitstream-Vera",
    "Ubuntu": "Ubuntu-font-1.0",
    "Ubuntu Mono": "Ubuntu-font-1.0",
}
"""SPDX identifiers by design; all others are under OFL-1.1, as their packages state."""


@dataclass(frozen=True)
class Candidate:
    """A font file inside an installed package. `stored_sha256` is of the file as stored, which may be a module."""

    package: str
    version: str
    locator: str
    file: FontFile
    stored_sha256: str

    @property
    def stem(self) -> str:
        return Path(self.locator).stem


def package_folder(package: str, module: str) -> Path:
    """The folder of a package with fonts, which is not imported. `AssetError` when it is missing."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise AssetError(f"{package}: not installed, and its fonts are part of fonts=packaged")
    return Path(spec.origin).parent


def candidates() -> list[Candidate]:
    """All font files of the two packages, in the order of their names. `AssetError` when a package is missing."""
    fonts = []
    for package, module, folder, pattern in (
        ("matplotlib", "matplotlib", "mpl-data/fonts/ttf", "*.ttf"),
        ("pymupdf-fonts", "pymupdf_fonts", "", "[A-Z]*.py"),
    ):
        root, version = package_folder(package, module), importlib.metadata.version(package)
        for path in sorted((root / folder).glob(pattern)):
            file = FontFile(str(path), f"{module}.{path.stem}" if path.suffix == ".py" else None)
            stored = sha256(path.read_bytes())
            fonts.append(Candidate(package, version, path.relative_to(root).as_posix(), file, stored))
    return fonts


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """The entries of the catalogue, by the SHA-256 of the file as stored."""
    text = importlib.resources.files("synthink.fonts").joinpath("catalogue.json").read_text("utf-8")
    return {entry["stored_sha256"]: entry for entry in json.loads(text)["fonts"]}


@cache
def known_fonts() -> dict[str, FontRecord]:
    """The catalogue's records by the SHA-256 of the font: the same file in a folder need not be examined again."""
    return {entry["sha256"]: FontRecord.of(entry) for entry in catalogue().values()}


def survey(known: dict[str, dict[str, Any]] | None = None) -> list[tuple[Candidate, FontRecord]]:
    """Each packaged font with its record; from the catalogue (or `known`) where its hash is listed."""
    entries = catalogue() if known is None else known
    result = []
    for candidate in candidates():
        entry = entries.get(candidate.stored_sha256)
        result.append((candidate, FontRecord.of(entry) if entry else examined(candidate)))
    return result


def examined(candidate: Candidate) -> FontRecord:
    """Examine a packaged font now; its own design does not vouch for it."""
    data, fault = read_font(candidate.file)
    if fault:
        return FontRecord(
            name=candidate.stem, family=candidate.stem, sha256="", reason=fault, look_alikes={}, unlike={}
        )
    reviewed = _REVIEWED.get(candidate.stem, "")
    others = references().without(_maker(candidate.stem))
    record = next(examine(data, sha256(data), others, called=candidate.stem, reviewed=reviewed))
    family = named(record.family)
    changes = _SILENT_TABLES.get(record.name, {})
    return replace(record, family=family, licence=_LICENCES.get(family, "OFL-1.1"), **changes)


@cache
def references() -> References:
    """The letters of the reference faces. `AssetError` when too few of them are there."""
    chars, makers, vectors = [], [], []
    for candidate in candidates():
        if candidate.stem in _REFERENCES:
            data, fault = read_font(candidate.file)
            if fault:
                continue
            # Computer Modern puts other signs in the places of punctuation and of Latin-1.
            wanted = LETTERS if candidate.stem.startswith("cm") else CHARACTERS
            forms, _ = drawn_letters(OpenFont(data), wanted)
            chars += list(forms)
            makers += [_maker(candidate.stem)] * len(forms)
            vectors.append(describe(list(forms.values())))
    if len(vectors) < len(_REFERENCES) // 2:
        raise AssetError(f"fonts: only {len(vectors)} of the {len(_REFERENCES)} reference faces are installed")
    return References(np.array(chars), np.array(makers), np.concatenate(vectors))


def _maker(stem: str) -> str:
    """Designs that share letters are of one maker: DejaVu Sans Mono must not be judged by DejaVu Sans."""
    makers = ("DejaVu", "STIX", "cm", "Noto", "Ubuntu", "Fira", "Space", "Cascadia")
    return next((maker for maker in makers if stem.startswith(maker)), stem)


def compiled() -> dict[str, Any]:
    """The catalogue as it follows from the installed packages."""
    records = [(candidate, examined(candidate)) for candidate in candidates()]
    sound = [(candidate, record) for candidate, record in records if record.reason is None]
    outlines = [silhouette(OpenFont(read_font(candidate.file)[0])) for candidate, _ in sound]
    groups = designs([f.family for _, f in sound], [(f.bold, f.italic) for _, f in sound], outlines)
    family = {candidate.locator: group for (candidate, _), group in zip(sound, groups, strict=True)}
    entries = []
    for candidate, record in records:
        group = family.get(candidate.locator, record.family)
        source = {"package": candidate.package, "file": candidate.locator, "stored_sha256": candidate.stored_sha256}
        entries.append({**source, **replace(record, family=group, licence=_LICENCES.get(group, "OFL-1.1")).plain()})
    return {"about": "Written by python -m synthink.assets.fonts.packaged; do not edit.", "fonts": entries}


def main(arguments: list[str]) -> None:
    """Write the catalogue to the file named."""
    text = json.dumps(compiled(), ensure_ascii=False, indent=1, sort_keys=True)
    Path(arguments[0]).write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
