"""Which letters a font truly draws: it is read like a page, against reference faces, before it may write one."""

from __future__ import annotations

import string
import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthink.assets.fonts.letter_images import Letterform, Vectors, describe, letterform
from synthink.assets.fonts.look_alikes import CONFUSABLE, look_alikes
from synthink.draw.type.open_font import FontFault, OpenFont

LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits
SIGNS = string.punctuation
ACCENTED = "".join(chr(code) for code in range(0xC0, 0x100) if code not in (0xD7, 0xF7))
"""The letters of Latin-1 beyond ASCII."""
CHARACTERS = LETTERS + SIGNS + ACCENTED

MAJORITY = (
    2 / 3
)  # of the letters drawn must be the right ones; true fonts reach 0.85 and more, other signs 0.55 at most
FEWEST = 20  # of A-Z a-z 0-9: fewer do not write words
FARTHEST = 0.35  # squared distance beyond which a shape is no letter at all, however near it is to one


@dataclass(frozen=True)
class FontVerdict:
    """The result of the checks of a font. `reason` says why it is refused; it is None for a font that enters."""

    reason: str | None
    characters: str = ""
    look_alikes: tuple[tuple[str, str], ...] = ()
    unlike: tuple[tuple[str, str], ...] = ()
    """Letters that are left out, each with the letter it was read as."""
    cap_height: float = 0.0
    x_height: float = 0.0


@dataclass(frozen=True, eq=False)
class References:
    """Letters known to be true: `vectors[i]` shows `chars[i]` in a face of the design `designs[i]`."""

    chars: npt.NDArray[np.str_]
    designs: npt.NDArray[np.str_]
    vectors: Vectors

    def without(self, design: str) -> References:
        """The references without the faces of one design, so that it does not vouch for itself."""
        return self._where(self.designs != design)

    @cached_property
    def letters(self) -> References:
        """The references of A-Z, a-z and 0-9 alone."""
        return self._where(np.isin(self.chars, list(LETTERS)))

    @cached_property
    def lengths(self) -> Vectors:
        """Squared length of each vector."""
        lengths: Vectors = (self.vectors**2).sum(axis=1)
        return lengths

    def nearest(self, vectors: Vectors) -> tuple[list[str], list[float]]:
        """The character nearest to each vector, and its squared distance."""
        squared = self.lengths - 2 * vectors @ self.vectors.T
        best = squared.argmin(axis=1)
        distances = squared[np.arange(len(best)), best] + (vectors**2).sum(axis=1)
        return self.chars[best].tolist(), distances.tolist()

    def _where(self, keep: npt.NDArray[np.bool_]) -> References:
        return References(self.chars[keep], self.designs[keep], self.vectors[keep])


def drawn_letters(font: OpenFont, characters: str = CHARACTERS) -> tuple[dict[str, Letterform], float]:
    """The characters that leave ink and are not the sign for a missing one; and the cap height in em.

    Raises `FontFault` when the font has no capital to measure.
    """
    missing = font.outline(0)
    outlines = {}
    for char in characters:
        glyph_id = font.glyph_id(char)
        if glyph_id:
            try:
                outline = font.outline(glyph_id)
            except FontFault:
                continue  # one damaged glyph; the others may be sound
            if len(outline.ends) and not outline.same(missing):
                outlines[char] = outline
    heights = [np.ptp(outlines[char].points[:, 1]) for char in string.ascii_uppercase if char in outlines]
    if not heights:
        raise FontFault("draws none of the letters A to Z")
    cap = float(np.median(heights)) / font.units
    if not 0.05 < cap < 5:
        raise FontFault(f"its capitals are {cap:.3g} em tall")
    forms = {char: letterform(outline, cap, font.units) for char, outline in outlines.items()}
    return {char: form for char, form in forms.items() if form is not None}, cap


def judge(font: OpenFont, references: References, reviewed: str = "") -> FontVerdict:
    """Read the font's letters. `reviewed` are letters that a person looked at and found to be true."""
    try:
        forms, cap = drawn_letters(font)
    except FontFault as fault:
        return FontVerdict(str(fault))
    nearest = read(forms, references)
    letters = [char for char in LETTERS if char in forms]
    unlike = {char: nearest[char] for char in letters if not is_true(char, nearest[char]) and char not in reviewed}
    right = len(letters) - len(unlike)
    if right < MAJORITY * len(letters):
        examples = ", ".join(f"{char} looks like {other or 'no letter'}" for char, other in list(unlike.items())[:3])
        return FontVerdict(f"only {right} of the {len(letters)} letters it draws are the letters ({examples})")
    if right < FEWEST:
        return FontVerdict(f"draws only {right} of A-Z a-z 0-9")
    true = [char for char in forms if char not in unlike and (char in letters or is_true(char, nearest[char]))]
    same = look_alikes({char: forms[char] for char in true if char in LETTERS})
    return FontVerdict(
        None,
        "".join(sorted(true)),
        tuple(same.items()),
        tuple(unlike.items()),
        cap_height=_height(font, true, "HEIX", cap),
        x_height=_height(font, true, "xzvu", cap * 0.7),
    )


def read(forms: dict[str, Letterform], references: References) -> dict[str, str]:
    """Read each character by its look: letters as letters, other signs as any sign, "" where it is like nothing
    known."""
    table: dict[str, str] = {}
    for pool, chars in (
        (references.letters, [char for char in forms if char in LETTERS]),
        (references, [char for char in forms if char not in LETTERS]),
    ):
        nearest, distances = pool.nearest(describe([forms[char] for char in chars]))
        for char, other, distance in zip(chars, nearest, distances, strict=True):
            table[char] = other if distance < FARTHEST else ""
    return table


def is_true(char: str, reading: str) -> bool:
    """Whether a character that was read as `reading` may be what it says: the same, or a documented look-alike."""
    return char == reading or (
        reading != "" and any(char in group and reading in group for group in (*CONFUSABLE, "Il|"))
    )


def style(font: OpenFont) -> tuple[bool, bool, int, int]:
    """Bold, italic, weight (usWeightClass) and width (usWidthClass), from the tables OS/2, head and post."""
    os2, head, post = font.table("OS/2"), font.table("head"), font.table("post")
    weight, width, selection = 400, 5, 0
    if len(os2) >= 64:
        weight, width = struct.unpack(">HH", os2[4:8])
        selection = struct.unpack(">H", os2[62:64])[0]
    mac = (
        struct.unpack(">H", head[44:46])[0] if len(head) >= 46 else font.style_flags >> 1 | (font.style_flags & 1) << 1
    )
    angle = struct.unpack(">i", post[4:8])[0] if len(post) >= 8 else 0
    bold = bool(selection & 1 << 5 or mac & 1) or weight >= 600
    italic = bool(selection & (1 | 1 << 9) or mac & 2 or angle)
    if not 1 <= weight <= 1000 or (bold and weight < 500):
        weight = 700 if bold else 400
    return bold, italic, weight, width if 1 <= width <= 9 else 5


def _height(font: OpenFont, characters: list[str], wanted: str, otherwise: float) -> float:
    """Height of the first of these letters over the baseline, em; all of them have flat tops."""
    for char in wanted:
        if char in characters:
            top = int(font.outline(font.glyph_id(char)).points[:, 1].max())
            return float(round(top / font.units, 4))
    return round(otherwise, 4)
