"""Draws the README's first picture: `python .github/pictures/hero.py`. A row of tiles for each of three generators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

import synthink

TILE, GAP, CAPTION, ACROSS = 236, 10, 46, 5
WORD: dict[str, Any] = {"prompts": ["Which letter is circled in {colour}?"]}
MARKS = {**WORD, "distractors": ["underline", "strike", "circle"], "camera": "scan"}
# Generator, its fields, and the number of the row that is shown.
TILES: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("circled_letters", WORD, 21),
    ("circled_letters", MARKS, 20),
    ("circled_letters", MARKS, 22),
    ("circled_letters", {**WORD, "camera": "photo"}, 21),
    ("circled_letters", {**WORD, "camera": "photo"}, 24),
    ("ink_strokes", {"papers": ["ruled"], "texts": "sentences"}, 3),
    ("ink_strokes", {"papers": ["squared"], "tasks": {"locate": 1}, "texts": "sentences"}, 4),
    ("ink_strokes", {"tasks": {"transcribe_lines": 1}, "ink_mode": "time", "texts": "sentences"}, 0),
    ("ink_strokes", {"tasks": {"classify": 1}}, 1),
    ("ink_strokes", {"camera": "photo", "papers": ["ruled"], "tasks": {"transcribe_lines": 1}}, 2),
    ("gestures", {"gestures": {"insert": 1}, "tasks": {"detect_text": 0}}, 3),
    ("gestures", {"gestures": {"instruct_text": 1}, "tasks": {"detect_text": 0}}, 10),
    ("gestures", {"gestures": {"delete": 1}, "tasks": {"detect_text": 0}}, 7),
    ("gestures", {"gestures": {"point": 1}, "tasks": {"detect_text": 0}}, 12),
    ("gestures", {"gestures": {"instruct_image": 1}, "tasks": {"detect_text": 0}}, 1),
)


def main() -> None:
    down = -(-len(TILES) // ACROSS)
    size = ACROSS * (TILE + GAP) + GAP, down * (TILE + CAPTION + GAP) + GAP
    sheet = Image.new("RGB", size, "#dfe3e8")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for place, (name, fields, number) in enumerate(TILES):
        row = synthink.dataset(name, size=50, seed=11, split="train", **fields)[number]
        left, top = GAP + place % ACROSS * (TILE + GAP), GAP + place // ACROSS * (TILE + CAPTION + GAP)
        picture = row["image"].convert("RGB")
        for box in boxes(row):
            ImageDraw.Draw(picture).rectangle(box, outline="#0a7d4f", width=2)
        sheet.paste(picture.resize((TILE, TILE), Image.Resampling.LANCZOS), (left, top))
        draw.rectangle((left, top + TILE, left + TILE - 1, top + TILE + CAPTION - 1), fill="white")
        for line, (text, colour) in enumerate(((row["prefix"], "#5c6670"), (row["suffix"], "#0b6b43"))):
            draw.text((left + 8, top + TILE + 5 + 19 * line), fitted(text, font), fill=colour, font=font)
    sheet.save(Path(__file__).with_name("hero.png"), optimize=True)


def boxes(row: dict[str, Any]) -> list[Any]:
    """The boxes that a row's answer names."""
    if "<loc" not in row["suffix"]:
        return []
    return [box for box in row.get("target_ends") or [row["target_box"]] if box]


def fitted(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The start of a text that fits under a tile, on one line."""
    text = " ".join(text.split())
    while font.getlength(text) > TILE - 16:
        text = text.removesuffix("…")[:-1] + "…"
    return text


main()
