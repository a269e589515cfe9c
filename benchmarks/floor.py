"""The simplest programs that draw such pictures: what synthink's speed is held against."""

from __future__ import annotations

import io
import math
import struct

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from zlib_ng import zlib_ng

WORDS = ("morning", "letters", "Garden", "KITCHEN", "window", "harbour", "puzzle", "Forest", "bridges", "yellow")


def load_font(size: int) -> ImageFont.FreeTypeFont:
    """One face at one size, opened once."""
    import importlib.util
    from pathlib import Path

    spec = importlib.util.find_spec("reportlab")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "fonts/Vera.ttf"
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def circled_word(index: int, side: int, font: ImageFont.FreeTypeFont) -> Image.Image:
    """A word in black on white with a red ellipse, four times supersampled on its box, around one letter."""
    word = WORDS[index % len(WORDS)]
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = font.getbbox(word)
    x, y = (side - (right - left)) // 2, (side - (bottom - top)) // 2
    draw.text((x, y), word, fill="black", font=font)
    letter = index % len(word)
    before, here = font.getlength(word[:letter]), font.getlength(word[: letter + 1])
    box = font.getbbox(word[letter])
    half_w, half_h = 0.7 * (here - before) + 4, 0.7 * (box[3] - box[1]) + 4
    width, height = int(2 * half_w) + 1, int(2 * half_h) + 1
    mask = Image.new("L", (width * 4, height * 4))
    ImageDraw.Draw(mask).ellipse((8, 8, width * 4 - 8, height * 4 - 8), outline=255, width=16)
    mask = mask.resize((width, height), Image.Resampling.BOX)
    at = int(x + (before + here) / 2 - half_w), int(y + (box[1] + box[3]) / 2 - half_h)
    picture.paste((255, 0, 0), (*at, at[0] + width, at[1] + height), mask)
    return picture


def png(picture: Image.Image) -> bytes:
    """PNG with one IDAT, filter 0, zlib-ng level 2."""
    width, height = picture.size
    data = picture.tobytes()
    stride = 3 * width
    lines = b"".join(b"\0" + data[start : start + stride] for start in range(0, len(data), stride))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib_ng.compress(lines, 2)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib_ng.crc32(name + body))
        for name, body in chunks
    )


def photographed(picture: Image.Image) -> bytes:
    """The operations of camera=photo by Pillow's own functions: warp, light, blur, noise, downscale, JPEG."""
    width, height = picture.size
    # Output corners are the page's, pulled in by a few per cent; (a, b, c, d, e, f, g, h) of Image.transform.
    coefficients = (1.06, 0.05, -20.0, -0.03, 1.08, -12.0, 0.00006, 0.00004)
    picture = picture.transform(
        picture.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR, fillcolor=(90, 60, 40)
    )
    light = Image.linear_gradient("L").resize(picture.size).point(lambda level: 190 + level // 4)
    picture = ImageChops.multiply(picture, Image.merge("RGB", (light, light, light)))
    picture = picture.filter(ImageFilter.GaussianBlur(0.8))
    noise = Image.effect_noise(picture.size, 6)
    picture = ImageChops.add(picture, Image.merge("RGB", (noise, noise, noise)), offset=-128)
    small = picture.resize((int(width / 1.3), int(height / 1.3)), Image.Resampling.BILINEAR)
    picture = small.resize((width, height), Image.Resampling.BILINEAR)
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=70)
    return data.getvalue()


def printed_page(width: int = 1240, height: int = 1754) -> Image.Image:
    """A page of text in memory, set once."""
    page = Image.new("RGB", (width, height), "white")
    draw, font = ImageDraw.Draw(page), load_font(22)
    for line, y in enumerate(range(60, height - 60, 34)):
        words = " ".join(WORDS[(line + k) % len(WORDS)] for k in range(11))
        draw.text((80, y), words, fill="black", font=font)
    return page


def inked_page(index: int, side: int, page: Image.Image) -> Image.Image:
    """A square of a page, half faded to white, with a red stroke of 80 points, four times supersampled on its box."""
    left, top = 37 * index % (page.width - side), 61 * index % (page.height - side)
    picture = page.crop((left, top, left + side, top + side))
    picture = Image.blend(picture, Image.new("RGB", picture.size, "white"), 127 / 255)
    width, height = side * 5 // 8, side // 4
    points = [
        ((20 + k / 79 * (width - 40)) * 4, (height / 2 + height / 3 * math.sin(k / 6 + index)) * 4) for k in range(80)
    ]
    mask = Image.new("L", (width * 4, height * 4))
    ImageDraw.Draw(mask).line(points, fill=255, width=16, joint="curve")
    mask = mask.resize((width, height), Image.Resampling.BOX)
    at = (side - width) // 2, (side - height) // 2
    picture.paste((255, 0, 0), (*at, at[0] + width, at[1] + height), mask)
    return picture
