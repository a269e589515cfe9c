"""The packages whose font files are read: which are part of every installation, and which come with `synthink[fonts]`.

None of them is imported, but for the modules of pymupdf-fonts, each of which holds one font.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from synthink.draw.type.font_file import FontFile, sha256
from synthink.errors import AssetError


class Package(NamedTuple):
    """A package with fonts: its name in the index, its module, the files in it, and the fonts' licence (SPDX)."""

    name: str
    module: str
    files: str
    licence: str = "OFL-1.1"


def _fontpkg(family: str, licence: str = "OFL-1.1") -> Package:
    """A package of fontpkg.org: the files of Google Fonts, unmodified, with their licence."""
    return Package(f"fontpkg-{family}", f"fontpkg_{family.replace('-', '_')}", "files/*.ttf", licence)


PACKAGED = (
    Package("pymupdf-fonts", "pymupdf_fonts", "[A-Z]*.py"),
    Package("reportlab", "reportlab", "fonts/Vera*.ttf", "Bitstream-Vera"),
    Package("font-caladea", "font_caladea", "files/*.ttf", "Apache-2.0"),
    Package("font-lato", "font_lato", "files/*.ttf"),
    Package("font-manrope", "font_manrope", "files/*.ttf"),
    Package("font-rhd", "font_rhd", "files/*.ttf"),
    *map(_fontpkg, ("arvo", "cardo", "crimson-text", "dm-serif-text", "ibm-plex-serif", "libre-baskerville", "lora")),
    *map(_fontpkg, ("pt-sans", "pt-serif", "titillium-web")),
)
"""The source `packaged`: what every installation has."""

EXTRA = (
    Package("matplotlib", "matplotlib", "mpl-data/fonts/ttf/*.ttf"),
    Package("font-source-sans-pro", "font_source_sans_pro", "files/*.ttf"),
    Package("font-source-serif-pro", "font_source_serif_pro", "files/*.ttf"),
    *map(_fontpkg, ("alegreya-sans", "barlow", "eb-garamond", "poppins", "spectral", "zilla-slab")),
    _fontpkg("roboto-slab", "Apache-2.0"),
)
"""The source `extra`: what `pip install 'synthink[fonts]'` adds."""

SOURCES = {"packaged": PACKAGED, "extra": EXTRA}

LICENCES = {
    "Computer Modern": "LicenseRef-BaKoMa",
    "DejaVu Sans": "Bitstream-Vera",
    "DejaVu Sans Mono": "Bitstream-Vera",
    "DejaVu Serif": "Bitstream-Vera",
    "Ubuntu": "Ubuntu-font-1.0",
    "Ubuntu Mono": "Ubuntu-font-1.0",
}
"""Designs that are under another licence than most of their package."""

_OTHER_WEIGHTS = re.compile(r"(Thin|Light|Medium|Semi[Bb]old|Demi|ExtraBold|Black)(It|Italic)?$|VariableFont")
"""Files of families with many weights, which are left aside: a page is set in regular and bold type."""


@dataclass(frozen=True)
class Candidate:
    """A font file inside an installed package. `stored_sha256` is of the file as stored, which may be a module."""

    package: Package
    version: str
    locator: str
    file: FontFile
    stored_sha256: str

    @property
    def stem(self) -> str:
        return Path(self.locator).stem


def package_folder(package: str, module: str) -> Path | None:
    """The folder of a package, which is not imported; None when it is not installed."""
    spec = importlib.util.find_spec(module)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def candidates(packages: Sequence[Package] = PACKAGED) -> list[Candidate]:
    """All font files of the packages, in the order of their names. `AssetError` when a package is missing."""
    fonts: list[Candidate] = []
    for package in packages:
        root = package_folder(package.name, package.module)
        if root is None:
            which, extra = ("packaged", "synthink") if package in PACKAGED else ("extra", "synthink[fonts]")
            raise AssetError(
                f"{package.name}: not installed, and its fonts are part of fonts={which}: pip install '{extra}'"
            )
        fonts += _files(package, root)
    return fonts


def _files(package: Package, root: Path) -> Iterator[Candidate]:
    version = importlib.metadata.version(package.name)
    for path in sorted(root.glob(package.files)):
        if not _OTHER_WEIGHTS.search(path.stem):
            file = FontFile(str(path), f"{package.module}.{path.stem}" if path.suffix == ".py" else None)
            yield Candidate(package, version, path.relative_to(root).as_posix(), file, sha256(path.read_bytes()))
