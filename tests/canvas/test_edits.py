"""Edits are there again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthink.canvas.desk import Desk
from synthink.canvas.edits import NAME, Edits
from synthink.documents import Gesture, apply
from synthink.errors import OutputError
from tests.canvas.support import drawn_pages


def desk(folder: Path) -> tuple[Desk, Edits]:
    edits = Edits(folder)
    return Desk(iter(drawn_pages()), edits), edits


def strike(table: Desk, word: int) -> None:
    gesture = Gesture("delete", tuple(table.page.word_boxes[word]))  # type: ignore[arg-type]
    table.edit(apply(table.page, gesture), gesture)


def test_a_desk_is_found_as_it_was_left(tmp_path: Path) -> None:
    first, edits = desk(tmp_path)
    strike(first, 1)
    strike(first, 1)
    first.walk(-1)
    first.turn(1)
    strike(first, 0)
    words = first.page.words
    edits.close()
    second, edits = desk(tmp_path)
    original = drawn_pages()[0].words
    assert second.page.words == (original[0], *original[2:])
    assert second.about()["edits"] == ["delete"] and second.about()["undone"] == 1
    second.walk(1)
    assert second.page.words == (original[0], *original[3:])
    second.walk(-9)
    strike(second, 0)  # what was taken back is gone
    second.turn(1)
    assert second.page.words == words == drawn_pages()[1].words[1:]
    edits.close()
    third, _ = desk(tmp_path)
    assert third.page.words == original[1:] and third.about()["undone"] == 0


def test_nothing_is_written_before_the_first_edit(tmp_path: Path) -> None:
    table, _ = desk(tmp_path / "out")
    table.turn(1)
    table.walk(-1)
    assert not (tmp_path / "out").exists()


def test_another_canvas_keeps_its_own_edits(tmp_path: Path) -> None:
    first, _ = desk(tmp_path)
    second, edits = desk(tmp_path)
    strike(first, 1)
    strike(second, 2)
    assert not edits.is_kept and second.page.words != first.page.words
    assert not Edits(tmp_path).is_kept
    assert len((tmp_path / NAME).read_text().splitlines()) == 1


BOX = '{"page": "a", "gesture": {"kind": "delete", "box": %s, "text": "", "ends": null}}'


@pytest.mark.parametrize("line", ["x", "{}", '{"page": "a", "now": "b"}', BOX % "[1, 2]", BOX % "[1e99, 2, 3, 4]"])
def test_a_damaged_journal_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / NAME).write_text(f"{line}\n")
    with pytest.raises(OutputError, match=r"\.edits\.jsonl, line 1: is no line of such a journal"):
        Edits(tmp_path)
