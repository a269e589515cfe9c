"""A font opened by FreeType: glyph ids, outlines in font units, kerning, names and tables.

FreeType's library object is not safe to share between threads, so every call is made under one lock.
"""

from __future__ import annotations

import ctypes
import os
import threading
from dataclasses import dataclass

import freetype
import numpy as np
import numpy.typing as npt
from freetype import raw

from synthink.draw.type.glyph_outline import Glyph, Points, convex_hull, flatten

LOCK = threading.RLock()
_POS = np.dtype(f"i{ctypes.sizeof(raw.FT_Pos)}")  # FT_Pos is a C long: 4 bytes on Windows
_NO_SCALE = 1  # FT_LOAD_NO_SCALE: font units, hence no hinting and no bitmaps
_KERNING_UNSCALED = 2
_UNICODE = 0x756E6963  # the tag "unic"
_SCALABLE, _KERNED, _TRICKY = 1, 1 << 6, 1 << 13  # bits of face_flags
_OUTLINE_FORMAT = 0x6F75746C  # the tag "outl"
_WOFF2 = "is WOFF2, which FreeType here cannot read; make a TTF of it: fonttools ttLib.woff2 decompress FILE"
MAX_POINTS = 20_000  # in a glyph; letters of real fonts have tens to hundreds


def _fresh_lock() -> None:
    global LOCK
    LOCK = threading.RLock()  # another thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_lock)


class FontFault(Exception):
    """FreeType cannot make a usable font of the bytes; the text says why."""


@dataclass(frozen=True, eq=False, slots=True)
class FontOutline:
    """A glyph as FreeType gives it: font units, y up."""

    points: npt.NDArray[np.int64]
    tags: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int16]
    advance: int

    def same(self, other: FontOutline) -> bool:
        """Whether both draw the same ink."""
        return np.array_equal(self.points, other.points) and np.array_equal(self.tags, other.tags)


class OpenFont:
    """One face of a font file held in memory. Raises `FontFault` for bytes that are no usable outline font."""

    def __init__(self, data: bytes, index: int = 0) -> None:
        self._face = raw.FT_Face()
        self._data = data  # FreeType reads from this memory as long as the face lives
        with LOCK:
            error = raw.FT_New_Memory_Face(
                freetype.get_handle(),
                ctypes.c_char_p(data),
                ctypes.c_long(len(data)),
                ctypes.c_long(index),
                ctypes.byref(self._face),
            )
        if error:
            self._face = None
            raise FontFault(_WOFF2 if data.startswith(b"wOF2") else f"FreeType cannot read it: {_meaning(error)}")
        record = self._face.contents
        self.units, self.faces, self.glyphs = record.units_per_EM, record.num_faces, record.num_glyphs
        self.ascender, self.descender = record.ascender, record.descender
        self.reach = record.bbox.yMin, record.bbox.yMax
        self.flags, self.style_flags = record.face_flags, record.style_flags
        self.family = _text(record.family_name)
        self.style = _text(record.style_name)
        self.is_truetype = data[:4] in (b"\0\1\0\0", b"true", b"ttcf")
        if not self.flags & _SCALABLE or self.units < 16:
            raise FontFault("holds no outlines")
        if self.flags & _TRICKY:
            raise FontFault("draws its letters only with hinting")
        with LOCK:
            if raw.FT_Select_Charmap(self._face, ctypes.c_int(_UNICODE)):
                raise FontFault("has no Unicode character map")

    def __del__(self) -> None:
        face = getattr(self, "_face", None)
        if face is not None and raw is not None and raw.FT_Done_Face is not None:
            with LOCK:
                raw.FT_Done_Face(face)
            self._face = None

    def glyph_id(self, char: str) -> int:
        """The glyph of a character by the font's Unicode map; 0 when it has none."""
        with LOCK:
            return int(raw.FT_Get_Char_Index(self._face, ctypes.c_ulong(ord(char))))

    def outline(self, glyph_id: int) -> FontOutline:
        """The unhinted outline in font units."""
        with LOCK:
            error = raw.FT_Load_Glyph(self._face, ctypes.c_uint(glyph_id), ctypes.c_int(_NO_SCALE))
            if error:
                raise FontFault(f"glyph {glyph_id} is damaged: {_meaning(error)}")
            slot = self._face.contents.glyph.contents
            if int(getattr(slot.format, "value", slot.format)) != _OUTLINE_FORMAT:
                raise FontFault(f"glyph {glyph_id} is no outline")
            outline = slot.outline
            n, c = outline.n_points, outline.n_contours
            if not 0 <= n <= MAX_POINTS or not 0 <= c <= n:
                raise FontFault(f"glyph {glyph_id} is damaged: {n} points in {c} contours")
            points = np.frombuffer(_bytes(outline.points, n * 2 * _POS.itemsize), dtype=_POS)
            tags = np.frombuffer(_bytes(outline.tags, n), dtype=np.uint8)
            ends = np.frombuffer(_bytes(outline.contours, c * 2), dtype=np.int16)
            advance = int(slot.metrics.horiAdvance)
        return FontOutline(points.reshape(n, 2).astype(np.int64), tags, ends, advance)

    def glyph(self, char: str) -> Glyph:
        """The drawing of `char` in em units; the caller has made sure that the font has it."""
        outline = self.outline(self.glyph_id(char))
        # Contours of one or two points are anchors that draw nothing: a letter's box must not reach out to them.
        sizes: npt.NDArray[np.int64] = np.diff(outline.ends.astype(np.int64), prepend=-1).astype(np.int64)
        inked = np.repeat(sizes > 2, sizes)
        points: Points = (outline.points * (1.0 / self.units, -1.0 / self.units))[inked]
        tags = outline.tags[inked]
        ends = (np.cumsum(sizes[sizes > 2]) - 1).astype(np.int16)
        flat = flatten(points, tags, ends)
        hull = convex_hull(flat)
        ends_of_hull = ((min(axis, default=0.0), max(axis, default=0.0)) for axis in hull.T.tolist())
        low, high = zip(*ends_of_hull, strict=True)
        return Glyph(char, points, tags, ends, flat, hull, outline.advance / self.units, low, high)

    def kerning(self, left: str, right: str) -> float:
        """Change of the pen's step between two characters, em; from the `kern` table alone, as FreeType reads it."""
        if not self.flags & _KERNED:
            return 0.0
        shift = raw.FT_Vector()
        pair = ctypes.c_uint(self.glyph_id(left)), ctypes.c_uint(self.glyph_id(right))
        with LOCK:
            mode = ctypes.c_uint(_KERNING_UNSCALED)
            error = raw.FT_Get_Kerning(self._face, *pair, mode, ctypes.byref(shift))
        return 0.0 if error else float(shift.x) / self.units

    def table(self, tag: str) -> bytes:
        """The first kilobyte of an SFNT table; empty when there is none."""
        code = ctypes.c_ulong(int.from_bytes(tag.encode("ascii"), "big"))
        length = ctypes.c_ulong(0)
        with LOCK:
            if raw.FT_Load_Sfnt_Table(self._face, code, ctypes.c_long(0), None, ctypes.byref(length)):
                return b""
            length.value = min(length.value, 1024)
            buffer = ctypes.create_string_buffer(length.value)
            if raw.FT_Load_Sfnt_Table(self._face, code, ctypes.c_long(0), buffer, ctypes.byref(length)):
                return b""
        return buffer.raw

    def name(self, name_id: int) -> str:
        """An English entry of the `name` table, with Windows' Unicode strings first; empty when there is none."""
        best = (0, "")
        record = raw.FT_SfntName()
        with LOCK:
            for index in range(min(raw.FT_Get_Sfnt_Name_Count(self._face), 1000)):
                if raw.FT_Get_Sfnt_Name(self._face, ctypes.c_uint(index), ctypes.byref(record)):
                    continue
                rank = _RANKS.get((record.platform_id, record.language_id), 0)
                if record.name_id == name_id and rank > best[0]:
                    data = _bytes(record.string, min(record.string_len, 4096))
                    codec = "mac-roman" if record.platform_id == 1 else "utf-16-be"
                    best = rank, _clean(data.decode(codec, "replace"))
        return best[1]


_RANKS = {(3, 0x409): 3, (1, 0): 2, (0, 0): 1}  # (platform, language): Windows US English, Macintosh English, Unicode


def _bytes(pointer: object, length: int) -> bytes:
    return ctypes.string_at(pointer, length) if length else b""  # type: ignore[arg-type]


def _text(value: bytes | None) -> str:
    return _clean((value or b"").decode("latin-1"))


def _clean(text: str) -> str:
    """One line of printable text: names of fonts end up in columns and messages."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:100]


def _meaning(error: int) -> str:
    return str(freetype.FT_Exception(error)).removeprefix("FT_Exception:").strip().strip("()") or f"error {error}"
