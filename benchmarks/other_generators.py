"""Synthetic pictures of words by others' programs, beside synthink: rows a second, and what each row carries.

    python -m benchmarks.other_generators 200 trdg=A/bin/python doctr=B/bin/python synthtiger=C/bin/python:CHECKOUT

Each of them runs in an environment of its own, whose Python is given (`pip install trdg 'pillow<10'`; `python-doctr`;
`synthtiger 'pillow<10'`, whose CHECKOUT has its `examples/` and `resources/`). All draw words 64 px high with their own
default settings and keep PNG files in memory: others the floor's ten words, with Pillow's PNG at level 1; synthink
words of its own list, with its own encoder. Times are those of the processor, in one process.
"""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.floor import WORDS

SIDES = (256, 64)
"""Width and height of synthink's pictures in pixels; others fit the width to the word."""
TRDG = """
from trdg.generators import GeneratorFromStrings
pictures = (picture for picture, _ in GeneratorFromStrings(words, count=count, size=64))
"""
DOCTR = """
from doctr.datasets.generator.base import synthesize_text_img
pictures = (synthesize_text_img(words[i % len(words)], font_size=46) for i in range(count))
"""
SYNTHTIGER = """
import os, yaml
sys.path.insert(0, "examples/synthtiger")
from template import SynthTiger
from PIL import Image
with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as corpus:
    corpus.write("\\n".join(words))
with open("examples/synthtiger/config_horizontal.yaml") as file:
    config = yaml.safe_load(file)
config["corpus"]["args"][0].update(paths=[corpus.name], weights=[1])
template = SynthTiger(config)
def word():
    while True:
        try:
            picture = Image.fromarray(template.generate()["image"][..., :3].astype("uint8"))
            return picture.resize((max(1, round(picture.width * 64 / picture.height)), 64))
        except RuntimeError:  # its text is not visible: its own command tries again, too
            pass
pictures = (word() for _ in range(count))
"""
FRAME = """
import io, sys, tempfile, time
count, words = int(sys.argv[1]), sys.argv[2:]
{program}
next(pictures).save(io.BytesIO(), "PNG")
count, start = 0, time.process_time()
for picture in pictures:
    picture.save(io.BytesIO(), "PNG", compress_level=1)
    count += 1
print(count / (time.process_time() - start))
"""
PROGRAMS = {
    "trdg": (TRDG, "the word"),
    "doctr": (DOCTR, "the word; white on black, one face"),
    "synthtiger": (SYNTHTIGER, "the word, boxes and masks of the word and its glyphs"),
}
"""Name -> the program that gives `pictures`, and what a row carries."""
OURS = (
    "picture, question, answer, boxes of letter, word and mark, font, colours, sizes; made again by its number, judged"
)


def synthink_rate(count: int) -> float:
    """Rows a second of circled words of that height, drawn and encoded."""
    import synthink

    data = synthink.dataset("circled_letters", size=count + 100, picture_px=SIDES)
    for index in range(100):
        data.source.row("train", index)["image"].encode()
    start = time.process_time()
    for index in range(100, count + 100):
        data.source.row("train", index)["image"].encode()
    return count / (time.process_time() - start)


def rate(program: str, place: str, count: int) -> float:
    """Rows a second of a program of others. place: its Python, and after a colon the folder in which it runs. Raises
    `CalledProcessError`."""
    python, _, folder = place.partition(":")
    code = FRAME.format(program=program)
    result = subprocess.run(
        [python, "-c", code, str(count), *WORDS], cwd=folder or None, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(result.stdout.split()[-1])


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    places = dict(word.split("=", 1) for word in sys.argv[2:])
    print("| program | rows a second, one core | a row carries |\n|---|---|---|")
    print(f"| synthink, circled_letters | {synthink_rate(5 * count):,.0f} | {OURS} |", flush=True)
    for name, (program, carries) in PROGRAMS.items():
        if name in places:
            print(f"| {name} | {rate(program, places[name], count):,.1f} | {carries} |", flush=True)


if __name__ == "__main__":
    main()
