"""Draws the README's specimen sheets of the pen fonts: python .github/pictures/hands.py"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from synthink.ink.drawing.draw import draw_ink
from synthink.ink.handwriting.pen_font import pen_font, pen_font_names
from synthink.ink.handwriting.write import handwriting
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.streams import StreamKey

X_HEIGHT, FINE = 17, 2  # px; drawn larger and scaled down
ACROSS, CELL = 26, (42, 70)
LINES = (
    "Sphinx of black quartz, judge my vow!",
    "The five boxing wizards jump quickly, 1234567890",
    "jo.lee@mail.org & co.",
)
CHARACTERS = sorted(map(chr, range(33, 127)), key=lambda char: (not char.isalnum(), char.lower(), char))
INK = (22, 38, 92)


def main() -> None:
    for name in pen_font_names():
        glyphs = [glyph for char in CHARACTERS for glyph in pen_font(name).glyphs[char]]
        down = -(-len(glyphs) // ACROSS)
        width, height = ACROSS * CELL[0] + 40, down * CELL[1] + len(LINES) * 64 + 60
        pixels = np.full((height * FINE, width * FINE, 3), 255, dtype=np.uint8)
        for number, glyph in enumerate(glyphs):
            x, y = 20 + number % ACROSS * CELL[0] + 10, 24 + number // ACROSS * CELL[1] + 34
            skeleton = Ink([stroke * X_HEIGHT for stroke in glyph.strokes])
            draw_ink(pixels, skeleton, width_px=1.9 * FINE, colour=INK, at=(x * FINE, y * FINE), scale=FINE)
        for number, text in enumerate(LINES):
            stream = StreamKey("specimen", name, number).stream(0, "writer")
            written = handwriting(text, Writer.draw(f"{name} {number}", stream, (name,)), stream)
            place = (30 * FINE, (down * CELL[1] + 70 + 62 * number) * FINE)
            ink = written.with_points(written.points * (X_HEIGHT * 1.15, X_HEIGHT * 1.15, 1, 1))
            draw_ink(pixels, ink, width_px=1.9 * FINE, colour=INK, at=place, scale=FINE)
        sheet = Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX)
        ImageDraw.Draw(sheet).text((20, 6), name, fill="#8a929b", font=ImageFont.load_default(15))
        sheet.quantize(64).save(Path(__file__).with_name(f"hand_{name}.png"), optimize=True)


main()
