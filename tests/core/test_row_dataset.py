"""Views of rows that are drawn on demand: parts, orders, functions and formats, as `datasets` has them."""

from __future__ import annotations

import pickle
from itertools import islice
from typing import Any

import numpy as np
import pytest

from synthink import ConfigError, RowDataset, dataset
from tests.cases import CASES, NAMES, Case

FIELDS: dict[str, Any] = {"picture_px": 64, "words": {"source": "random", "length": [3, 6]}}


@pytest.fixture(scope="module")
def rows() -> RowDataset:
    return dataset("circled_letters", size=20, seed=4, **FIELDS)


def ids(rows: RowDataset) -> list[str]:
    return [row["id"] for row in rows]


# --- parts and orders -------------------------------------------------------------------------------------------------


def test_a_selection_is_in_the_order_asked_for(rows: RowDataset) -> None:
    all_ids = ids(rows)
    assert ids(rows.select([7, 3, 3, -1])) == [all_ids[7], all_ids[3], all_ids[3], all_ids[19]]
    assert ids(rows[10:].select(range(0, 10, 4))[1:]) == [all_ids[14], all_ids[18]]
    with pytest.raises(IndexError, match="row 20 of <circled_letters split train: 20 rows"):
        rows.select([3, 20])
    with pytest.raises(TypeError, match="asked for by number, not by 'word'"):
        rows["word"]  # type: ignore[call-overload]
    with pytest.raises(ConfigError, match="world=0: must be at least 1"):
        rows.shard(0, 0)


def test_what_was_made_of_rows_is_not_lost_in_silence(rows: RowDataset) -> None:
    for name, changed in (("map", rows.map(dict)), ("with_transform", rows.with_transform(dict))):
        for method in (changed.to_hf, changed.to_iterable):
            with pytest.raises(ConfigError, match=f"gives rows as they are drawn: call {name} on what it returns"):
                method()


def test_a_shuffled_dataset_has_the_same_rows_in_an_order_of_its_seed(rows: RowDataset) -> None:
    all_ids, shuffled = ids(rows), ids(rows.shuffle(seed=1))
    assert sorted(shuffled) == all_ids != shuffled
    assert ids(rows.shuffle(seed=1)) == shuffled != ids(rows.shuffle(seed=2))
    assert ids(rows.shuffle(seed=1).shard(1, 3)) == shuffled[1::3]
    assert [row["id"] for row in rows.shuffle(seed=1).to_iterable(3)] == shuffled
    assert rows.shuffle(seed=1).to_hf()["id"][:] == shuffled


def test_an_order_stays_the_same_between_releases(rows: RowDataset) -> None:
    assert list(rows.shuffle(seed=5).indices)[:6] == ORDER_OF_SEED_5


ORDER_OF_SEED_5 = [0, 9, 3, 2, 11, 13]


def test_a_filter_keeps_the_rows_of_which_the_function_is_true(rows: RowDataset) -> None:
    short = rows.filter(lambda word: len(word) < 5, input_columns="word")
    assert [row["word"] for row in short] == [row["word"] for row in rows if len(row["word"]) < 5]
    assert 0 < len(short) < len(rows)
    assert ids(rows.filter(lambda row: row["id"].endswith("3"))) == [ids(rows)[3], ids(rows)[13]]
    with pytest.raises(ConfigError, match="did you mean word"):
        rows.filter(bool, input_columns=["wrd"])


def test_rows_without_end_need_no_size() -> None:
    endless = dataset("circled_letters", seed=4, **FIELDS)
    assert endless.is_endless and "without end" in repr(endless)
    assert [row["id"][-3:] for row in islice(endless, 2)] == ["000", "001"]
    assert endless[10**9]["id"].endswith("-1000000000")
    assert len(endless[5:25]) == 20
    assert endless.shard(1, 4)[2]["id"].endswith("-0000009")
    assert [row["id"][-2:] for row in islice(endless.to_iterable(num_shards=2), 2)] == ["00", "02"]
    for wrong in (len, RowDataset.shuffle, RowDataset.to_hf):
        with pytest.raises(TypeError, match="has no end: give dataset"):
            wrong(endless)


# --- what rows are made of --------------------------------------------------------------------------------------------


def test_controls_are_a_dataset(rows: RowDataset) -> None:
    control = rows.control()
    assert ids(control) == ids(rows)
    assert control[3]["image"].tobytes() == rows.control(3)["image"].tobytes() != rows[3]["image"].tobytes()
    assert control[2:][1]["suffix"] == rows[3]["suffix"]
    assert control.to_hf()[3]["image"].tobytes() == control[3]["image"].tobytes()


def test_columns_and_features(rows: RowDataset) -> None:
    assert rows.column_names == list(rows[0]) == list(rows.features)
    assert rows.features["letter_box"].length == 4


def test_map_adds_and_replaces_columns_when_a_row_is_asked_for(rows: RowDataset) -> None:
    calls = []

    def upper(row: Any) -> dict[str, Any]:
        calls.append(row["id"])
        return {"suffix": row["suffix"].upper(), "sides": row["image"].size}

    mapped = rows.map(upper).map(lambda row: {"both": row["suffix"] + row["word"]})
    assert not calls
    row = mapped[3]
    assert calls == [rows[3]["id"]]
    assert (row["suffix"], row["sides"]) == (rows[3]["suffix"].upper(), (64, 64))
    assert row["both"] == row["suffix"] + rows[3]["word"]


def test_a_transform_sees_batches_of_lists(rows: RowDataset) -> None:
    sizes = []

    def shrink(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        sizes.append(len(batch["image"]))
        return {"pixels": [np.asarray(image.resize((8, 8))) for image in batch["image"]], "text": batch["suffix"]}

    small = rows.with_transform(shrink)
    assert small[3]["pixels"].shape == (8, 8, 3) and small[3]["text"] == rows[3]["suffix"]
    assert [row["text"] for row in small[[1, 4]]] == [rows[1]["suffix"], rows[4]["suffix"]]
    assert sizes == [1, 1, 2]
    assert set(rows.with_transform(lambda batch: batch, columns=["word"])[0]) == {"word"}


def test_views_survive_a_pickle(rows: RowDataset) -> None:
    view = rows.shuffle(seed=1).control().with_format("numpy", columns=["id", "image"])[2:5]
    again = pickle.loads(pickle.dumps(view))
    assert ids(again) == ids(view)
    assert (again[1]["image"] == view[1]["image"]).all()


# --- formats ----------------------------------------------------------------------------------------------------------


def test_numbers_and_boxes_become_arrays(rows: RowDataset) -> None:
    row = rows.with_format("numpy")[3]
    assert row["image"].dtype == np.uint8 and row["image"].shape == (64, 64, 3)
    assert row["letter_box"].dtype == np.float32 and row["letter_box"].tolist() == list(rows[3]["letter_box"])
    assert row["letter_index"] == rows[3]["letter_index"] and row["letter_index"].dtype == np.int64
    assert row["word"] == rows[3]["word"]
    assert list(rows.with_format("numpy", columns=["suffix", "image"])[3]) == ["suffix", "image"]
    assert rows.with_format("numpy").with_format()[3]["image"].mode == "RGB"
    with pytest.raises(ConfigError, match="did you mean suffix"):
        rows.with_format("numpy", columns=["sufix"])


def test_arrays_are_yours_to_write_to(rows: RowDataset) -> None:
    for view in (rows, rows.with_format("numpy")):
        image = view.arrays(3)[0]
        image[:] = 7
        assert not (view.arrays(3)[0] == 7).all()
    *_, annotations = rows.arrays(3, columns=["letter_box", "word"])
    assert annotations["word"] == rows[3]["word"]
    assert annotations["letter_box"].tolist() == list(rows[3]["letter_box"])
    row = rows.with_format("numpy")[3]
    row["image"][:] = 0


def test_jax_arrays(rows: RowDataset) -> None:
    jax = pytest.importorskip("jax")
    row = rows.with_format("jax", columns=["image", "letter_box", "suffix"])[3]
    assert isinstance(row["image"], jax.Array) and row["image"].shape == (64, 64, 3)
    assert isinstance(row["letter_box"], jax.Array)


def test_jax_takes_rows_for_trees(rows: RowDataset) -> None:
    tree = pytest.importorskip("jax.tree_util")
    row = rows.with_format("numpy", columns=["image", "letter_box"])[0]
    assert [leaf.shape for leaf in tree.tree_leaves(row)] == [row["image"].shape, (4,)]
    doubled = tree.tree_map(lambda leaf: leaf * 2, pickle.loads(pickle.dumps(row)))
    assert type(doubled) is type(row) and (doubled["letter_box"] == row["letter_box"] * 2).all()


# --- torch ------------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
@pytest.mark.parametrize("case", [next(case for case in CASES if case.generator == name) for name in NAMES], ids=str)
def test_default_rows_of_every_generator_are_batched_by_default(case: Case) -> None:
    torch = pytest.importorskip("torch")
    made = case.rows(size=12, seed=3)
    for view in (made, made.with_format("torch")):
        (batch,) = torch.utils.data.DataLoader(view, batch_size=12)
        assert list(batch) == made.column_names
        one_size = len({row["image"].size for row in made}) == 1
        assert isinstance(batch["image"], torch.Tensor) == one_size and batch["image"][0].dtype == torch.uint8
        assert torch.equal(batch["image"][5], torch.from_numpy(made.arrays(5)[0]).permute(2, 0, 1))
        assert batch["suffix"] == [row["suffix"] for row in made]
        for column, values in batch.items():
            assert len(values) == 12
            expected = [row[column] for row in made]
            if column != "image" and isinstance(values, list):
                assert [getattr(value, "tolist", lambda value=value: value)() for value in values] == expected


def test_numbers_are_tensors_and_lists_stay_lists_in_every_batch(rows: RowDataset) -> None:
    torch = pytest.importorskip("torch")
    first, last = torch.utils.data.DataLoader(rows, batch_size=10)
    for batch in (first, last):
        assert batch["letter_box"].shape == (10, 4) and batch["letter_index"].dtype == torch.int64
    four = dataset("circled_letters", size=4, **{**FIELDS, "words": {"source": "random", "length": [4, 4]}})
    (batch,) = torch.utils.data.DataLoader(four, batch_size=4)
    for column, values in batch.items():
        assert isinstance(values, torch.Tensor) == isinstance(first[column], torch.Tensor), column


def test_collation_happens_in_workers_too(rows: RowDataset) -> None:
    torch = pytest.importorskip("torch")
    loader = torch.utils.data.DataLoader(rows.shuffle(seed=2), batch_size=5, num_workers=2)
    assert [name for batch in loader for name in batch["id"]] == ids(rows.shuffle(seed=2))


def test_columns_that_map_adds_can_be_named() -> None:
    rows = dataset("circled_letters", size=4, picture_px=64, words="random")
    longer = rows.map(lambda row: {"letters": len(row["word"])})
    assert list(longer.with_format("numpy", ["letters", "suffix"])[2]) == ["letters", "suffix"]
    few = longer.filter(lambda letters: letters > 7, ["letters"])
    assert [row["id"] for row in few] == [row["id"] for row in rows if len(row["word"]) > 7]
    for call in (lambda: longer.with_format(None, ["leters"])[0], lambda: longer.filter(bool, ["leters"])):
        with pytest.raises(ConfigError, match=r"^columns='leters': is no column; did you mean letters"):
            call()
