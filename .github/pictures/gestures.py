"""Draws the README's picture of `gestures`: python .github/pictures/gestures.py"""

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

import synthink
import synthink.gestures

TILE, GAP, CAPTION, ACROSS = 232, 8, 44, 6
# Class, variant, and which of its rows shows it well.
ROWS = (
    ("insert", "caret", 3),
    ("select", "loop", 2),
    ("question", "ring_mark", 5),
    ("delete", "scratch", 7),
    ("crop", "four_corners", 14),
    ("underline", "wavy", 4),
    ("instruct_text", "brackets_arrow", 10),
    ("instruct_image", "ring", 1),
    ("point", "shaft_then_heads", 12),
    ("insert", "caret_with_lead", 13),
    ("delete", "pigtail", 0),
    ("select", "lasso", 16),
)


def row_of(kind: str, variant: str, number: int) -> dict[str, Any]:
    weights = {kind: 1.0, **{f"{kind}.{name}": 0.0 for name in synthink.gestures.kind_named(kind).variants}}
    fields = {"gestures": {**weights, f"{kind}.{variant}": 1.0}, "tasks": {"detect_text": 0}}
    return synthink.dataset("gestures", size=50, seed=11, split="train", **fields)[number]


def main() -> None:
    down = -(-len(ROWS) // ACROSS)
    size = ACROSS * (TILE + GAP) + GAP, down * (TILE + CAPTION + GAP) + GAP
    sheet = Image.new("RGB", size, "#dfe3e8")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for place, wanted in enumerate(ROWS):
        row = row_of(*wanted)
        left, top = GAP + place % ACROSS * (TILE + GAP), GAP + place // ACROSS * (TILE + CAPTION + GAP)
        picture = row["image"].convert("RGB")
        for box in row["target_ends"] or [row["target_box"]]:
            ImageDraw.Draw(picture).rectangle(box, outline="#0a7d4f", width=2)
        sheet.paste(picture.resize((TILE, TILE), Image.Resampling.LANCZOS), (left, top))
        draw.rectangle((left, top + TILE, left + TILE - 1, top + TILE + CAPTION - 1), fill="white")
        draw.text((left + 8, top + TILE + 5), row["gesture"], fill="#5c6670", font=font)
        told = row["text"] or " ".join(row["target_words"])
        draw.text((left + 8, top + TILE + 23), told[:32], fill="#0b6b43", font=font)
    sheet.save(Path(__file__).with_name("gestures.png"), optimize=True)


main()
