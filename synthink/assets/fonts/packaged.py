"""The open fonts that come inside packages, and the catalogue of what they truly draw.

`python -m synthink.assets.fonts.packaged FILE` writes the catalogue anew, with the packages of all sources; it is kept
as `fonts/catalogue.json` and saves the examination at run time for every file whose SHA-256 it knows.
"""

from __future__ import annotations

import importlib.resources
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from synthink.assets.fonts.families import designs, named, silhouette
from synthink.assets.fonts.letter_images import describe
from synthink.assets.fonts.packages import EXTRA, LICENCES, PACKAGED, Candidate, Package, candidates
from synthink.assets.fonts.qualify import References, drawn_letters
from synthink.assets.fonts.survey import FontRecord, examine, read_font
from synthink.draw.type.font_file import sha256
from synthink.draw.type.open_font import OpenFont
from synthink.errors import AssetError

_REFERENCES = (
    *("Vera", "VeraBI", "NotoSans_Regular", "NotoSans_BoldItalic", "Ubuntu_Regular", "Ubuntu_BoldItalic"),
    *("UbuntuMono_Regular", "UbuntuMono_BoldItalic", "FiraGO_Regular", "FiraGO_Italic", "FiraMono_Bold"),
    *("SpaceMono_Regular", "SpaceMono_BoldItalic", "CascadiaMono_Regular", "CascadiaMono_BoldItalic"),
    *("Caladea-Regular", "Caladea-BoldItalic", "PT_Serif-Web-Regular", "PT_Serif-Web-BoldItalic", "Arvo-Regular"),
    *("Arvo-BoldItalic", "CrimsonText-Regular", "CrimsonText-Italic", "IBMPlexSerif-Bold", "IBMPlexSerif-Italic"),
    *("Cardo-Regular", "Cardo-Italic", "TitilliumWeb-Regular", "Lato-Bold", "DMSerifText-Regular"),
)
"""Files whose letters were looked at: sans, serif, monospaced, upright and slanted, thin and bold."""

_REVIEWED = {
    "CascadiaMono_BoldItalic": "W",
    "FiraGO_Bold": "J",
    "SpaceMono_Bold": "y",
    "SpaceMono_BoldItalic": "wy3",
    "SpaceMono_Italic": "y",
    "SpaceMono_Regular": "ay",
    "UbuntuMono_Bold": "m",
    "UbuntuMono_BoldItalic": "m",
    "UbuntuMono_Italic": "m",
    "UbuntuMono_Regular": "i",
    "Ubuntu_Bold": "ft",
    "Ubuntu_Regular": "f",
    "VeraIt": "f",
    "Manrope-Bold": "Q",
    "Manrope-Regular": "Q",
    "RedHatDisplay-Bold": "Q",
    "RedHatDisplay-BoldItalic": "Q",
    "RedHatDisplay-Italic": "Q",
    "RedHatDisplay-Regular": "Q",
    "IBMPlexSerif-BoldItalic": "c",
    "LibreBaskerville-Italic[wght]": "3A",
    "PT_Sans-Web-Italic": "Jj",
    "PT_Serif-Web-BoldItalic": "3",
    "PT_Serif-Web-Italic": "3",
    "DejaVuSans-Oblique": "f",
    "DejaVuSansMono-BoldOblique": "i",
    "DejaVuSansMono-Oblique": "i",
    "cmmi10": "y",
    "cmti10": "y4",
    "cmtt10": "w",
    "Barlow-Italic": "G",
    "ZillaSlab-Bold": "Q",
    "ZillaSlab-Italic": "Q",
    "ZillaSlab-Regular": "Q",
}
"""Letters that are read as another one and yet are true to the eye: designs with few relatives among the references."""

_SILENT_TABLES: dict[str, dict[str, Any]] = {
    "cmb10": {"bold": True, "weight": 700},
    "cmti10": {"italic": True},
    "cmmi10": {"italic": True},
}
"""Computer Modern's tables leave these out; the names are Knuth's for Bold, Text Italic and Math Italic."""


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """The entries of the catalogue, by the SHA-256 of the file as stored."""
    text = importlib.resources.files("synthink.fonts").joinpath("catalogue.json").read_text("utf-8")
    return {entry["stored_sha256"]: entry for entry in json.loads(text)["fonts"]}


@cache
def known_fonts() -> dict[str, FontRecord]:
    """The catalogue's records by the SHA-256 of the font: the same file in a folder need not be examined again."""
    return {entry["sha256"]: FontRecord.of(entry) for entry in catalogue().values()}


def survey(packages: Sequence[Package] = PACKAGED) -> list[tuple[Candidate, FontRecord]]:
    """Each font of the packages with its record; from the catalogue where its hash is listed."""
    result = []
    for candidate in candidates(packages):
        entry = catalogue().get(candidate.stored_sha256)
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
    return replace(record, family=family, licence=LICENCES.get(family, candidate.package.licence), **changes)


@cache
def references() -> References:
    """The letters of the reference faces. `AssetError` when too few of them are there."""
    chars, makers, vectors = [], [], []
    for candidate in candidates():
        if candidate.stem in _REFERENCES:
            data, fault = read_font(candidate.file)
            if fault:
                continue
            forms, _ = drawn_letters(OpenFont(data))
            chars += list(forms)
            makers += [_maker(candidate.stem)] * len(forms)
            vectors.append(describe(list(forms.values())))
    if len(vectors) < len(_REFERENCES) // 2:
        raise AssetError(f"fonts: only {len(vectors)} of the {len(_REFERENCES)} reference faces are installed")
    return References(np.array(chars), np.array(makers), np.concatenate(vectors))


def _maker(stem: str) -> str:
    """Designs that share letters are of one maker: Ubuntu Mono must not be judged by Ubuntu."""
    makers = ("DejaVu", "STIX", "cm", "Noto", "Ubuntu", "Fira", "Space", "Cascadia", "PT_", "Alegreya", "Source")
    return "DejaVu" if stem.startswith("Vera") else next((m for m in makers if stem.startswith(m)), stem.split("-")[0])


def compiled() -> dict[str, Any]:
    """The catalogue as it follows from the packages of all sources, which must be installed."""
    records = [(candidate, examined(candidate)) for candidate in candidates((*PACKAGED, *EXTRA))]
    sound = [(candidate, record) for candidate, record in records if record.reason is None]
    outlines = [silhouette(OpenFont(read_font(candidate.file)[0])) for candidate, _ in sound]
    groups = designs([f.family for _, f in sound], [(f.bold, f.italic) for _, f in sound], outlines)
    family = {candidate.locator: group for (candidate, _), group in zip(sound, groups, strict=True)}
    entries = []
    for candidate, record in records:
        group = family.get(candidate.locator, record.family)
        source = {"package": candidate.package.name, "file": candidate.locator}
        source["stored_sha256"] = candidate.stored_sha256
        entries.append({**source, **replace(record, family=group).plain()})
    return {"about": "Written by python -m synthink.assets.fonts.packaged; do not edit.", "fonts": entries}


def main(arguments: list[str]) -> None:
    """Write the catalogue to the file named."""
    text = json.dumps(compiled(), ensure_ascii=False, indent=1, sort_keys=True)
    Path(arguments[0]).write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
