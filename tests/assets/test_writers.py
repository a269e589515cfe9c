"""Writers are the same in every dataset, and each belongs to one split; real ink keeps its writers apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthink import ConfigError, Ink, InkError, write_ink
from synthink.assets.inks import Inks
from synthink.assets.writers import Writers
from synthink.ink.handwriting.letters import repertoire
from synthink.splits import Shares, divide
from synthink.streams import StreamKey

KEY = StreamKey("writers")


def test_writers_are_dealt_to_the_splits_and_stay_who_they_are() -> None:
    opened = Writers(count=100).open()
    dealt = divide(opened.groups(), "writers", Shares(), 0)
    assert sum(map(len, dealt.values())) == 100 and not dealt["train"] & dealt["test"]
    pool = opened.pool(dealt["train"], None)
    drawn = {writer.name: writer for writer in (pool.draw(KEY.stream(i, "a")) for i in range(300))}
    assert drawn.keys() <= dealt["train"] and len(drawn) > 60
    again = {writer.name: writer for writer in (pool.draw(KEY.stream(i, "b")) for i in range(300))}
    assert all(again[name] == writer for name, writer in drawn.items() if name in again)
    assert len({writer.slant_deg for writer in drawn.values()}) == len(drawn)
    assert {writer.hand for writer in drawn.values()} == {"cursive", "quick", "upright"}


def test_hands_can_be_chosen() -> None:
    pool = Writers(count=20, hands=("cursive",)).open().pool(None, None)
    assert {pool.draw(KEY.stream(i, "c")).hand for i in range(40)} == {"cursive"}
    assert Writers(count=20, hands=("cursive",)).open().record() != Writers(count=20).open().record()
    with pytest.raises(ConfigError, match=r"hands\[1\]='cursiv'.*did you mean cursive"):
        Writers(hands=("quick", "cursiv"))


def test_inks_are_counted_and_what_is_damaged_is_named(tmp_path: Path) -> None:
    for number in range(4):
        ink = Ink([[[0, 0], [5, number]]], label="a" if number else None, writer=f"p{number}")
        write_ink(tmp_path / f"{number}.inkml", ink)
    opened = Inks(source=str(tmp_path)).open()
    assert opened.groups() == ["p1", "p2", "p3"] and opened.left_out.counts == {"inks without a label": 1}
    assert opened.pool(frozenset({"p2"}), None).draw(KEY.stream(0, "d")).writer == "p2"
    before = opened.record()["fingerprint"]
    write_ink(tmp_path / "1.inkml", Ink([[[0, 0], [5, 9]]], label="a", writer="p1"))
    assert Inks(source=str(tmp_path)).open().record()["fingerprint"] != before
    (tmp_path / "5.inkml").write_text("<ink><trace>1 2, 3</trace></ink>")
    with pytest.raises(InkError, match=r"5.inkml"):
        Inks(source=str(tmp_path)).open()
    assert Inks(source=str(tmp_path), strict=False).open().left_out.counts.total() >= 2
    damaged = '<ink><annotation type="truth">ab</annotation><trace>1 2,3 4</trace><trace>1 2,3</trace></ink>'
    (tmp_path / "5.inkml").write_text(damaged)
    lenient = Inks(source=str(tmp_path), strict=False).open()
    assert lenient.left_out.counts["inks with strokes that cannot be read"] == 1 and len(lenient.inks) == 3
    assert len(Inks(source=str(tmp_path), strict=False, most=2).open().inks) == 2


def test_no_folder_is_no_asset() -> None:
    assert not Inks().is_used and Inks(source="x").is_used


def test_hands_are_ready_before_processes_are_forked() -> None:
    repertoire.cache_clear()
    Writers(hands=("cursive", "quick")).open().warm_up()
    assert repertoire.cache_info().currsize == 2
