"""Finding font files: the folders of the system, and any folder or file that a user names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from synthink.errors import AssetError

SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc", ".pfb", ".pfa", ".woff"})
REFUSED_SUFFIXES = frozenset({".woff2", ".eot", ".dfont", ".bdf", ".pcf", ".fon", ".t1", ".cff"})
"""Those of fonts that FreeType here may not read: they are looked at too, and refused with the reason."""
MAX_FONTS = 5_000
MAX_ENTRIES = 500_000  # names looked at below one folder


def font_files(place: Path) -> tuple[list[Path], list[tuple[Path, str]]]:
    """The font files of a folder, below it at any depth, in order; and what could not be looked into and why.

    A file is taken by itself, whatever its suffix. Raises `AssetError` when there is nothing to read.
    """
    if place.is_file():
        return [place], []
    if not place.exists():
        raise AssetError(f"{place}: no such file or folder")
    if not place.is_dir():
        raise AssetError(f"{place}: neither a file nor a folder")
    closed: list[tuple[Path, str]] = []

    def note(error: OSError) -> None:
        closed.append((Path(error.filename), f"cannot be read ({error.strerror})"))

    paths, looked = [], 0
    for folder, folders, names in os.walk(place, onerror=note):
        folders.sort()
        looked += len(names) + len(folders)
        paths += [Path(folder, name) for name in names if Path(name).suffix.lower() in SUFFIXES | REFUSED_SUFFIXES]
        if len(paths) > MAX_FONTS:
            raise AssetError(f"{place}: more than {MAX_FONTS:,} font files; name a smaller folder")
        if looked > MAX_ENTRIES:
            raise AssetError(f"{place}: more than {MAX_ENTRIES:,} files; name the folder that holds the fonts")
    if not paths:
        reason = closed[0][1] if closed and closed[0][0] == place else "holds no font file"
        raise AssetError(f"{place}: {reason} (looked for {', '.join(sorted(SUFFIXES))})")
    return sorted(paths), closed


def system_folders() -> list[Path]:
    """The folders where this system keeps fonts, as far as they exist."""
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData/Local"))
        places = [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", local / "Microsoft/Windows/Fonts"]
    elif sys.platform == "darwin":
        places = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
        places = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), data / "fonts", home / ".fonts"]
    return [place for place in places if place.is_dir()]
