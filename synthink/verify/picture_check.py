"""A picture's file beside its pixels: nothing in it makes a reader show others."""

from __future__ import annotations

from collections.abc import Iterator

from synthink.draw.picture_file import decode_as

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_CHANGES = frozenset((b"eXIf", b"gAMA", b"cHRM", b"iCCP", b"tRNS", b"acTL", b"fcTL", b"fdAT"))
_ORIENTATION = 0x0112


def picture_file_faults(data: bytes) -> Iterator[str]:
    """Name what a picture's file holds besides its pixels, by which a reader may show others: turned, transparent, in
    other colours, moving. Raises `PictureError` for a file that is no picture."""
    if data.startswith(_PNG_SIGNATURE):
        yield from _png_faults(data)
        return
    frames, orientation, is_transparent, is_tinted = decode_as(
        data,
        lambda picture: (
            getattr(picture, "n_frames", 1),
            picture.getexif().get(_ORIENTATION, 1),
            picture.has_transparency_data,
            "icc_profile" in picture.info,
        ),
    )
    if frames != 1:
        yield "picture of several frames"
    if orientation != 1:
        yield "picture that its EXIF turns"
    if is_transparent or is_tinted:
        yield "picture with transparency or a colour profile"


def _png_faults(data: bytes) -> Iterator[str]:
    at = len(_PNG_SIGNATURE)
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        if kind in _PNG_CHANGES:
            yield f"picture with a chunk {kind.decode()}, by which readers show other pixels"
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND":
            break
    if at != len(data):
        yield "picture's file that does not end with its picture"
