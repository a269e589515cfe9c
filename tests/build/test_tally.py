"""Counts of rows for the card: the same however rows are cut into shards, bounded, and never taken on trust."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import synthink
from synthink.build.card.balance import balance, chance
from synthink.build.card.difficulty import cameras, difficulty
from synthink.build.tally import MOST_VALUES, Tally


class Coins(synthink.Generator):
    """Coins, heads or tails."""

    columns = {"side": str}  # noqa: RUF012
    balance_columns = ("side",)

    def chance(self, sample: synthink.Sample) -> float | None:
        return 0.5 if sample.task == "coins" else None


def row(side: str, answer: str, task: str = "coins") -> dict[str, object]:
    return {"id": "1", "image": b"", "prefix": "?", "task": task, "suffix": answer, "side": side}


ROWS = st.lists(
    st.tuples(st.sampled_from(("heads", "tails")), st.integers(0, 200).map(str), st.sampled_from(("coins", "notes"))),
    max_size=300,
)


@given(ROWS, st.integers(0, 300), st.randoms())
def test_shards_add_up_in_any_order(rows: list[tuple[str, str, str]], cut: int, order: object) -> None:
    generator, whole, parts = Coins(), Tally(), [Tally(), Tally()]
    for number, values in enumerate(rows):
        whole.add(row(*values), generator)
        parts[number < cut].add(row(*values), generator)
    order.shuffle(parts)  # type: ignore[attr-defined]
    merged = Tally()
    for part in parts:
        merged.merge(Tally.read(part.text()))
    assert merged.text() == whole.text()
    assert all(values is None or len(values) <= MOST_VALUES for values in merged.counts.values())


def test_a_card_names_shares_and_the_level_of_chance() -> None:
    tally = Tally()
    for number in range(8):
        tally.add(row("heads" if number % 4 else "tails", "ab"[number % 2]), Coins())
    assert [tuple(line) for line in balance(tally, Coins())] == [
        ("`side`", "heads 75.0 % and tails 25.0 %"),
        ("answers", "a 50.0 % and b 50.0 %"),
    ]
    assert chance(tally).startswith("Without the mark or ink the best guess is right in 50.0 % of the rows, ")
    for number in range(8):
        tally.add(row("heads", f"long {number}", "notes"), Coins())
    assert balance(tally, Coins())[-1] == ("answers to `notes`", "they hardly repeat")
    assert "50.0 % of the rows of `coins`" in chance(tally) and "That of `notes` is not known." in chance(tally)


def test_a_card_shows_the_spread_of_what_makes_rows_hard() -> None:
    class Signs(Coins):
        columns = {"side": str, "sign_boxes": list[synthink.Box], "turn_deg": float}  # noqa: RUF012
        difficulty_columns = ("sign_boxes", "turn_deg")
        camera: synthink.Camera = synthink.Camera()

    tally = Tally()
    for number in range(100):
        boxes = [(0.0, 0.0, 99.0, 99.0), (0.0, 0.0, 50.0, number + 1.0)] if number else []
        author = Signs(camera="photo" if number < 25 else "none")
        tally.add({**row("heads", "ab"), "sign_boxes": boxes, "turn_deg": -number / 10}, author)
    merged = Tally.read(tally.text())
    assert [tuple(line) for line in difficulty(merged, Signs())] == [
        ("`sign_boxes`, shorter side of the smallest, px", "2 | 6 | 50 | 50 | 50"),
        ("`turn_deg`", "0 | 0.4 | 4.9 | 9.4 | 9.9"),
    ]
    assert cameras(merged) == "Pictures that a camera has taken: 25.0 % by `photo`."


@pytest.mark.parametrize(
    "counts", [[], {"task": []}, {"task": {}}, {"task": {"a": "1"}}, {"task": {"a": -1}}, {"task": 1}, 3, "x"]
)
def test_what_are_no_counts_is_refused(counts: object) -> None:
    with pytest.raises(ValueError, match="no counts"):
        Tally.read(json.dumps(counts))


def test_sizes_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="could not convert string to float"):
        Tally.read(json.dumps({"spread of the answer": {"long": 1}}))
