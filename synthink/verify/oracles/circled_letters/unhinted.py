"""A TrueType font without its hinting program.

Pillow always hints, and programs written for small screens do move parts of large letters: the counter of an e,
the crotch of an X. A font without a program is left to FreeType's own hinter, which moves an edge by a pixel at most.
Tables as in the OpenType specification: the table directory, `maxp`.
"""

from __future__ import annotations

import struct

_PROGRAM = (b"fpgm", b"prep", b"cvt ")
_INSTRUCTIONS = 26  # offset of maxSizeOfInstructions in a `maxp` table of version 1.0


def unhinted(data: bytes, index: int = 0) -> bytes:
    """The font file with its program taken out; unchanged where it is no TrueType font."""
    font = bytearray(data)
    try:
        start = struct.unpack_from(">I", font, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
        if data[start : start + 4] not in (b"\0\1\0\0", b"true"):
            return data
        for entry in range(struct.unpack_from(">H", font, start + 4)[0]):
            place = start + 12 + 16 * entry
            tag, _, offset, length = struct.unpack_from(">4sIII", font, place)
            if tag in _PROGRAM:
                struct.pack_into(">I", font, place + 12, 0)
            elif tag == b"maxp" and length > _INSTRUCTIONS + 1:
                struct.pack_into(">H", font, offset + _INSTRUCTIONS, 0)
    except struct.error:
        return data
    return bytes(font)
