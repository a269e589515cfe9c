"""Draws the picture of the canvas in its README: python .github/pictures/canvas.py"""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from synthink.documents import read_documents

DOCUMENT = 3  # of the synthetic ones
LINE = 6  # which is underlined, from its second word to its fourth
SIZE = {"width": 1180, "height": 760}


def interpreted(page: Page, address: str, strokes: list[list[list[float]]]) -> bytes:
    """The picture of a canvas with strokes on its page, and what is read in them."""
    root, _, token = address.partition("?token=")
    head = {"Authorization": f"Bearer {token}"}
    page.goto(address)
    page.wait_for_selector("#app[data-ready]")
    for _ in range(DOCUMENT - 1):
        page.click("#next")
        page.wait_for_timeout(300)
    while json.load(urlopen(Request(f"{root}api/state", headers=head)))["models"][0]["state"] == "loading":
        page.wait_for_timeout(200)
    page.wait_for_timeout(1000)
    for stroke in strokes:
        scale = page.evaluate(
            "() => document.getElementById('ink').clientWidth / document.getElementById('paper').width"
        )
        box = page.locator("#ink").bounding_box()
        places = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()
    page.click("#interpret")
    page.wait_for_selector("#answers .card")
    page.wait_for_timeout(300)
    return page.screenshot()


def main() -> None:
    document = list(zip(range(DOCUMENT), read_documents("synthetic", count=DOCUMENT + 1), strict=False))[-1][1]
    words = document.word_boxes[document.word_lines == LINE][1:4]
    left, right, bottom = words[0, 0], words[-1, 2], words[:, 3].max()
    x = np.linspace(left, right, 40)
    stroke = np.stack((x, bottom - 1 + 0.8 * np.sin(x / 9)), axis=1).tolist()
    command = [sys.executable, "-m", "synthink", "canvas", "open=false", "port=0", f"documents.count={DOCUMENT + 1}"]
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), chromium_sandbox=False)
        process = subprocess.Popen([*command, f"output={folder}"], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            picture = interpreted(browser.new_page(viewport=SIZE), process.stdout.readline().strip(), [stroke])
        finally:
            browser.close()
            process.kill()
            process.wait()
    Image.open(io.BytesIO(picture)).convert("RGB").save(Path(__file__).with_suffix(".png"), optimize=True)


if __name__ == "__main__":
    main()
