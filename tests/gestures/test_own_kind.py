"""A class of gestures in one file and with one entry point: rows are drawn, verified and shown with its edit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

MODULE = '''
from dataclasses import replace

import numpy as np

from synthink.documents import Edit, Gesture, Page
from synthink.gestures import Anchor, GestureKind, Mark, StrokeSketcher, Target, variant


def shout(page: Page, gesture: Gesture) -> Page:
    return replace(page, words=tuple(word.upper() for word in page.words))


class Relate(GestureKind):
    """How are these two words related?"""

    target_kind = "pair"
    writes = "question"
    edit = Edit(shout)
    highlight_colour = 10, 20, 30

    @variant(share=1, family="arrow_in_two")
    def arrow(self, target: Target, pen: StrokeSketcher) -> Mark:
        start, tip = (box.centre for box in target.ends)
        one, other = pen.wings(tip, start, 0.4 * target.height)
        return Mark([pen.line(start, tip), np.array((one, tip, other))], Anchor(tip))
'''
SCRIPT = """
import json, sys
import synthink
from synthink.cli.main import main
from synthink.documents.edits.edit import HIGHLIGHT_COLOURS
synthink.generate(
    "gestures", splits={"train": 12}, seed=1, output="data", gestures={"relate": 1}, tasks={"detect_text": 0},
    documents={"count": 24},
)
def verb(*arguments):
    try:
        main(list(arguments))
    except SystemExit as end:
        return end.code

codes = verb("verify", "dataset=data"), verb("preview", "dataset=data", "rows=4")
data, generator = synthink.load("data")
row = data["train"][0]
scores = generator.score(synthink.Sample(None, row["prefix"], row["suffix"], {}, row["task"]), row["suffix"])
print(json.dumps({
    "codes": codes, "gesture": row["gesture"], "ends": len(row["target_ends"]), "note": row["note"],
    "edited": row["page_text_after"] == row["page_text"].upper() != row["page_text"],
    "colour": HIGHLIGHT_COLOURS["relate"], "score": scores["correct"],
}))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """What a fresh process prints in which a package with the class is installed."""
    folder = tmp_path_factory.mktemp("relate")
    about = folder / "relate-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: relate\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[synthink.gestures]\nrelate = relate:Relate\n")
    (folder / "relate.py").write_text(MODULE)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(Path.cwd())))}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, cwd=folder, check=False
    )


@pytest.mark.whole
def test_a_class_in_one_file_is_drawn_verified_and_shown(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 0, run.stderr
    facts = json.loads(run.stdout.splitlines()[-1])
    assert facts["codes"] == [0, 0] and facts["gesture"] == "relate" and facts["ends"] == 2
    assert facts["note"] and facts["edited"] and facts["colour"] == [10, 20, 30] and facts["score"] == 1.0


@pytest.mark.whole
def test_the_oracle_judges_it_by_the_family_that_it_names(run: subprocess.CompletedProcess[str]) -> None:
    assert re.search(r"12 judged from their pixels: 1\d right, 0 wrong", run.stdout), run.stdout
