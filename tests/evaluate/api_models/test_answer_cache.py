"""The journal of answers is a file of its folder and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthink.errors import OutputError
from synthink.evaluate.api_models.answer_cache import AnswerCache, AnswerKey, Reply

QUESTION, REPLY = AnswerKey("model", 0, "row-1", "0" * 64), Reply("yes", "stop", 3, 1, "model-1")


def test_an_answer_is_found_again(tmp_path: Path) -> None:
    AnswerCache(tmp_path / "new" / "answers.jsonl").add(QUESTION, REPLY)
    file = tmp_path / "new" / "answers.jsonl"
    file.write_bytes(file.read_bytes().removesuffix(b"\n") + b'\n{"torn": ')
    cache = AnswerCache(file)
    assert cache.find(QUESTION) == REPLY
    cache.add(QUESTION._replace(id="row-2"), REPLY)
    assert AnswerCache(file).find(QUESTION._replace(id="row-2")) == REPLY


@pytest.mark.parametrize("kind", ["link", "link to nowhere", "pipe", "second name"])
def test_a_journal_that_leads_elsewhere_is_neither_read_nor_written(tmp_path: Path, kind: str) -> None:
    theirs, file = tmp_path / "theirs", tmp_path / "out" / "answers.jsonl"
    file.parent.mkdir()
    theirs.write_text("years of work")
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "second name":
        file.hardlink_to(theirs)
    else:
        file.symlink_to(theirs if kind == "link" else tmp_path / "nothing")
    with pytest.raises(OutputError, match=r"answers\.jsonl: (is a|has a second name)"):
        AnswerCache(file).add(QUESTION, REPLY)
    assert theirs.read_text() == "years of work" and not (tmp_path / "nothing").exists()
