"""A face: one font that was checked, with the letters that it truly draws. Opened when a glyph is first wanted."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from synthink.draw.type import open_font as openfont
from synthink.draw.type.font_file import FontFile, sha256
from synthink.draw.type.glyph_outline import Glyph
from synthink.draw.type.open_font import FontFault, OpenFont
from synthink.errors import AssetError, quoted

__all__ = ["Face", "Glyph", "MissingLetter"]

OPEN_FACES = 64  # font files held open (and in memory) by one process at a time
_opened: OrderedDict[tuple[str, int], OpenFont] = OrderedDict()


class MissingLetter(AssetError):
    """A face was asked for a letter that is not among its `characters`."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font. Lengths are in em.

    Two faces are equal when they are the same bytes under the same name. Pickles hold no outlines, only where to
    find them; glyphs and kerning are kept once computed.
    """

    name: str
    """Unique within the set; datasets keep it in the column `font`."""
    sha256: str
    """The SHA-256 of the font file."""
    index: int = 0
    """The number of the face in a collection file; 0 for files with one face."""
    family: str = field(compare=False, kw_only=True)
    """The design; all faces of a design belong to one split."""
    bold: bool = field(compare=False, kw_only=True)
    italic: bool = field(compare=False, kw_only=True)
    weight: int = field(compare=False, kw_only=True)
    """The weight, usWeightClass of the OS/2 table: 400 is regular, 700 bold."""
    width: int = field(compare=False, kw_only=True)
    """The width, usWidthClass of the OS/2 table, 1 to 9: 5 is normal."""
    file: FontFile = field(compare=False, kw_only=True)
    licence: str = field(compare=False, kw_only=True)
    source: str = field(compare=False, kw_only=True)
    """The package and its version, or the path."""
    characters: frozenset[str] = field(compare=False, kw_only=True, repr=False)
    """The letters and signs that it truly draws."""
    look_alikes: dict[str, str] = field(compare=False, kw_only=True, repr=False)
    """Character -> the others of A-Z a-z 0-9 that look the same in this face at the same size and baseline."""
    ascent: float = field(compare=False, kw_only=True)
    descent: float = field(compare=False, kw_only=True)
    """Depth below the baseline, positive."""
    cap_height: float = field(compare=False, kw_only=True)
    """Measured on H (or the tallest capital there is)."""
    x_height: float = field(compare=False, kw_only=True)
    """Measured on x (or the lowest small letter there is)."""
    is_truetype: bool = field(compare=False, kw_only=True)
    """Whether the file holds TrueType outlines, which can be embedded in a PDF."""
    _glyphs: dict[str, Glyph] = field(default_factory=dict, init=False, repr=False, compare=False)
    _pairs: dict[tuple[str, str], float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def glyph(self, char: str) -> Glyph:
        """The unhinted outline of a character; `MissingLetter` for one that the face does not truly draw."""
        outline = self._glyphs.get(char)
        if outline is None:
            self._demand(char)
            outline = self._glyphs[char] = self._outline(char)
        return outline

    def kerning(self, left: str, right: str) -> float:
        """The change of the pen's step between two characters in em; 0 when the font has no `kern` table."""
        kern = self._pairs.get((left, right))
        if kern is None:
            self._demand(left)
            self._demand(right)
            with openfont.LOCK:
                kern = self._pairs[left, right] = self._open().kerning(left, right)
        return kern

    def draws(self, text: str) -> bool:
        """Whether every character of the text is truly drawn."""
        return self.characters.issuperset(text)

    def data(self) -> bytes:
        """The bytes of the font file. `AssetError` when it is gone or no longer the file that was checked."""
        data = self.file.read()
        if sha256(data) != self.sha256:
            raise AssetError(f"{self.file.path}: no longer the file that was checked as {self.name} (SHA-256 differs)")
        return data

    def _demand(self, char: str) -> None:
        if char not in self.characters:
            raise MissingLetter(f"font {self.name}: does not draw {quoted(char)}")

    def _outline(self, char: str) -> Glyph:
        try:
            with openfont.LOCK:
                return self._open().glyph(char)
        except FontFault as fault:
            raise AssetError(f"{self.file.path}: {fault}") from None

    def _open(self) -> OpenFont:
        key = self.sha256, self.index
        font = _opened.pop(key, None)
        if font is None:
            font = OpenFont(self.data(), self.index)
            while len(_opened) >= OPEN_FACES:
                _opened.popitem(last=False)
        _opened[key] = font
        return font

    def __reduce__(self) -> tuple[Any, ...]:
        """Not `__getstate__`, in whose place Python 3.11.2 puts its own in frozen dataclasses with slots."""
        return partial(Face, **{item.name: getattr(self, item.name) for item in fields(self) if item.init}), ()
