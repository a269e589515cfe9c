"""Draws the README's picture of `ink_strokes`: python .github/pictures/ink.py"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import synthink
from synthink.previews.ink import tile

TILE, GAP, CAPTION = 232, 8, 44
# Task or colours, and the number of a row that shows it well.
ROWS = (
    ("read it", {"recognise": 1}, {"picture_px": 320, "length": (14, 26)}, 3),
    ("several lines", {"transcribe_lines": 1}, {"picture_px": 320, "length": (8, 22)}, 9),
    ("find a word", {"locate": 1}, {"picture_px": 320, "length": (8, 22)}, 4),
    ("name the shape", {"classify": 1}, {"picture_px": 320, "x_height_px": (40, 60)}, 6),
    ("colour is time", {"recognise": 1}, {"picture_px": 320, "ink_mode": "time", "length": (8, 14)}, 5),
)


def main() -> None:
    sheet = Image.new("RGB", (len(ROWS) * (TILE + GAP) + GAP, 2 * TILE + CAPTION + 2 * GAP), "#dfe3e8")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for number, (title, tasks, fields, index) in enumerate(ROWS):
        options = dict(fields)
        if "length" in options:
            options["texts"] = {"length": options.pop("length"), "source": ["sentences", "sentences", "dates"]}
        row = synthink.dataset("ink_strokes", size=50, seed=7, split="train", tasks=tasks, **options)[index]
        picture, left = row["image"].convert("RGB"), GAP + number * (TILE + GAP)
        if row["target_box"]:
            ImageDraw.Draw(picture).rectangle(row["target_box"], outline="#0a7d4f", width=2)
        sheet.paste(picture.resize((TILE, TILE), Image.Resampling.LANCZOS), (left, GAP))
        sheet.paste(tile(row["strokes"], picture.size, TILE), (left, GAP + TILE))
        top = GAP + 2 * TILE
        draw.rectangle((left, top, left + TILE - 1, top + CAPTION - 1), fill="white")
        draw.text((left + 8, top + 5), title, fill="#5c6670", font=font)
        answer = row["target"] or row["suffix"].partition("\n")[0]
        draw.text((left + 8, top + 23), answer, fill="#0b6b43", font=font)
    sheet.save(Path(__file__).with_name("ink_strokes.png"), optimize=True)


main()
