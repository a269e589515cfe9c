"""Draws the README's pictures: python .github/pictures/make.py"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import synthink

TILE, GAP, CAPTION = 236, 10, 30
ROWS = (
    {"camera": "none"},
    {"camera": "scan", "distractors": ["underline", "strike", "circle"]},
    {"camera": "photo"},
)


def main() -> None:
    across = 5
    sheet = Image.new("RGB", (across * (TILE + GAP) + GAP, len(ROWS) * (TILE + CAPTION + GAP) + GAP), "#dfe3e8")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(15)
    for down, fields in enumerate(ROWS):
        rows = synthink.dataset("circled_letters", size=100, seed=11, split="train", picture_px=448, **fields)
        for number in range(across):
            row = rows[number + 20]
            left, top = GAP + number * (TILE + GAP), GAP + down * (TILE + CAPTION + GAP)
            sheet.paste(row["image"].resize((TILE, TILE), Image.Resampling.LANCZOS), (left, top))
            draw.rectangle((left, top + TILE, left + TILE - 1, top + TILE + CAPTION - 1), fill="white")
            question = "which letter?" if "{" not in row["prefix"] else row["prefix"]
            colour = f"{row['mark_colour']} circle: " if row["distractors"] else f"{question} "
            x, y = left + 8, top + TILE + 6
            draw.text((x, y), colour, fill="#5c6670", font=font)
            draw.text((x + draw.textlength(colour, font), y), row["suffix"], fill="#0b6b43", font=font)
    sheet.save(Path(__file__).with_name("circled_letters.png"), optimize=True)


main()
