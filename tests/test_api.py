"""The Python API, with the libraries that training pipelines use."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import ConfigError, RowDataset, Shares, dataset
from tests.support import python

FIELDS: dict[str, Any] = {"picture_px": 64, "words": {"source": "random", "length": [3, 6]}}
HEAVY = {
    *("ray", "jax", "torch", "tensorflow", "datasets", "matplotlib", "nltk", "svgpathtools", "scipy", "pyarrow"),
    *("pandas", "hydra", "omegaconf", "PIL.Image", "yaml"),
}


@pytest.fixture(scope="module")
def rows() -> RowDataset:
    return dataset("circled_letters", size=50, seed=4, **FIELDS)


@pytest.fixture(scope="module")
def ids(rows: RowDataset) -> list[str]:
    return [f"circled_letters-train-{index:07d}" for index in range(50)]


# --- access -----------------------------------------------------------------------------------------------------------


def test_a_row_is_a_dict_with_a_picture_in_rgb(rows: RowDataset) -> None:
    row = rows[7]
    assert list(row)[:5] == ["id", "task", "image", "prefix", "suffix"]
    assert (row["image"].mode, row["image"].size) == ("RGB", (64, 64))
    assert rows.generator.score(synthink.Sample.from_row(row), row["suffix"]) == {
        "correct": 1.0,
        "correct_lenient": 1.0,
        "correct_ignoring_case": 1.0,
    }


@pytest.mark.parametrize(
    "index", [3, np.int64(3), np.uint8(3), np.array(3), -47, np.int32(-47)], ids=lambda index: f"{type(index)} {index}"
)
def test_an_index_may_be_any_whole_number(rows: RowDataset, ids: list[str], index: Any) -> None:
    assert rows[index]["id"] == ids[3]
    assert rows.arrays(index)[0].tobytes() == rows[3]["image"].tobytes()
    assert rows.control(index)["id"] == ids[3]


@pytest.mark.parametrize("index", [50, -51, 10**12, np.int64(50)])
def test_an_index_outside_is_an_index_error(rows: RowDataset, index: Any) -> None:
    with pytest.raises(IndexError):
        rows[index]


@pytest.mark.parametrize("index", [1.0, "3", None, {}, b"3", np.array(1.5), [1, "3"]], ids=str)
def test_other_indices_are_refused(rows: RowDataset, index: Any) -> None:
    with pytest.raises(TypeError):
        rows[index]


@pytest.mark.parametrize("indices", [[1, 5, 9], (9, 1), np.array([4, 4]), range(3), []], ids=str)
def test_several_rows_at_once(rows: RowDataset, ids: list[str], indices: Any) -> None:
    assert [row["id"] for row in rows[indices]] == [ids[index] for index in indices]


@pytest.mark.parametrize(
    "cut", [slice(3, 9), slice(None, None, 7), slice(-3, None), slice(9, 3), slice(None, None, -1)], ids=str
)
def test_a_slice_is_a_dataset_of_the_same_rows(rows: RowDataset, ids: list[str], cut: slice) -> None:
    part = rows[cut]
    assert isinstance(part, RowDataset)
    assert len(part) == len(ids[cut])
    assert [row["id"] for row in part[:4]] == ids[cut][:4]
    assert [row["id"] for row in part[1:][:2]] == ids[cut][1:][:2]


@pytest.mark.parametrize("world", [1, 3, 7, 60])
def test_shards_share_out_all_rows(rows: RowDataset, ids: list[str], world: int) -> None:
    parts = [rows.shard(rank, world) for rank in range(world)]
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    numbers = [index for part in parts for index in part.indices]
    assert sorted(numbers) == list(range(50))


@pytest.mark.parametrize(("rank", "world"), [(3, 3), (-1, 3), (0, 0)])
def test_an_impossible_rank_is_refused(rows: RowDataset, rank: int, world: int) -> None:
    with pytest.raises(ConfigError, match="world" if world < 1 else "rank"):
        rows.shard(rank, world)


def test_iteration_ends(rows: RowDataset, ids: list[str]) -> None:
    assert [row["id"] for row in rows[:5]] == ids[:5]
    assert len(rows) == 50
    assert "50 rows" in repr(rows)


def test_arrays_are_pixels_and_texts(rows: RowDataset) -> None:
    image, prefix, suffix = rows.arrays(2)
    row = rows[2]
    assert (image.dtype, image.shape) == (np.uint8, (64, 64, 3))
    assert (image == np.asarray(row["image"])).all()
    assert (prefix, suffix) == (row["prefix"], row["suffix"])


def test_formats_of_images(rows: RowDataset) -> None:
    assert isinstance(rows.with_format("numpy")[1]["image"], np.ndarray)
    assert rows.with_format("numpy")[3:][0]["image"].tobytes() == rows[3]["image"].tobytes()
    assert rows.with_format("pil")[1]["image"].mode == "RGB"
    with pytest.raises(ConfigError, match="format='tensorflow'"):
        rows.with_format("tensorflow")


def test_seeds_change_rows_and_splits_change_words() -> None:
    def words(**options: Any) -> list[str]:
        return [row["word"] for row in dataset("circled_letters", size=12, **{**FIELDS, **options})]

    assert words() == words(seed=0)
    assert not set(words()) & set(words(seed=1))
    assert not set(words()) & set(words(split="test"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"size": -1}, "splits.train=-1"),
        ({"size": 1.5}, "splits.train=1.5"),
        ({"size": True}, "splits.train=True"),
        ({"size": 1, "split": "tests"}, "did you mean test"),
        ({"size": 1, "pictur_px": 3}, "did you mean picture_px"),
        ({"size": 1, "shares": {"tran": 1}}, "did you mean train"),
        ({"size": 1, "words": "nowhere.txt"}, "nowhere.txt"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_when_the_dataset_is_made(options: dict[str, Any], told: str) -> None:
    with pytest.raises(synthink.SynthinkError, match=told):
        dataset("circled_letters", **options)


def test_shares_may_be_a_mapping_or_settings() -> None:
    one = dataset("circled_letters", size=3, shares={"test": 1}, split="test", **FIELDS)
    other = dataset("circled_letters", size=3, shares=Shares(train=0, validation=0, test=2), split="test", **FIELDS)
    assert one[1]["image"].tobytes() == other[1]["image"].tobytes()


# --- datasets ---------------------------------------------------------------------------------------------------------


def test_to_hf_is_a_dataset_of_all_rows(rows: RowDataset, ids: list[str]) -> None:
    import datasets

    made = rows[:9].to_hf()
    assert isinstance(made.features["image"], datasets.Image)
    assert made["id"][:] == ids[:9]
    assert made.split == "train"
    assert made[4]["image"].tobytes() == rows[4]["image"].tobytes()
    assert made[4]["letter_box"] == list(rows[4]["letter_box"])


@pytest.mark.parametrize("num_shards", [1, 4, 9])
def test_to_iterable_gives_all_rows_in_order(rows: RowDataset, ids: list[str], num_shards: int) -> None:
    made = rows[:20].to_iterable(num_shards=num_shards)
    assert made.num_shards == num_shards
    assert [row["id"] for row in made] == ids[:20]
    assert next(iter(made))["image"].tobytes() == rows[0]["image"].tobytes()


@pytest.mark.parametrize("stop", [0, 1, 4, 9, 13])
def test_an_iterable_goes_on_from_its_state(rows: RowDataset, ids: list[str], stop: int) -> None:
    made = rows[:15].to_iterable(num_shards=3)
    seen, states = [], []
    for row in made:
        seen.append(row["id"])
        states.append(made.state_dict())
    resumed = rows[:15].to_iterable(num_shards=3)
    resumed.load_state_dict(states[stop])
    assert [row["id"] for row in resumed] == seen[stop + 1 :] == ids[stop + 1 : 15]


def test_an_iterable_shuffles_and_is_cut_for_nodes(rows: RowDataset, ids: list[str]) -> None:
    from datasets.distributed import split_dataset_by_node

    made = rows[:20].to_iterable(num_shards=4)
    shuffled = [row["id"] for row in made.shuffle(seed=1, buffer_size=8)]
    assert sorted(shuffled) == ids[:20] != shuffled
    parts = [[row["id"] for row in split_dataset_by_node(made, rank, 2)] for rank in range(2)]
    assert sorted(parts[0] + parts[1]) == ids[:20]
    assert len(parts[0]) == len(parts[1]) == 10


# --- torch, grain -----------------------------------------------------------------------------------------------------


def collate(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_torchs_data_loader_with_two_workers(rows: RowDataset, ids: list[str], context: str) -> None:
    torch = pytest.importorskip("torch")
    made = rows[:16].with_format("torch")
    assert made[0]["image"].dtype == torch.uint8
    loader = torch.utils.data.DataLoader(
        made, batch_size=4, num_workers=2, collate_fn=collate, multiprocessing_context=context
    )
    loaded = [row for batch in loader for row in batch]
    assert [row["id"] for row in loaded] == ids[:16]
    for index, row in enumerate(loaded):
        expected = torch.from_numpy(rows.arrays(index)[0].copy()).permute(2, 0, 1)
        assert torch.equal(row["image"], expected)


def test_datasets_iterable_in_torchs_data_loader(rows: RowDataset, ids: list[str]) -> None:
    torch = pytest.importorskip("torch")
    made = rows[:12].to_iterable(num_shards=4)
    loader = torch.utils.data.DataLoader(made, batch_size=3, num_workers=2, collate_fn=collate)
    assert sorted(row["id"] for batch in loader for row in batch) == ids[:12]


def test_grain_reads_it_as_a_random_access_source(rows: RowDataset, ids: list[str]) -> None:
    grain = pytest.importorskip("grain.python")
    pytest.importorskip("absl.flags").FLAGS.mark_as_parsed()  # grain asks for them beside jax
    made = rows[:12]
    assert isinstance(made, grain.RandomAccessDataSource)
    sampler = grain.IndexSampler(12, shard_options=grain.NoSharding(), shuffle=True, num_epochs=1, seed=3)
    loader = grain.DataLoader(data_source=made, sampler=sampler, worker_count=2)
    seen = [row["id"] for row in loader]
    assert sorted(seen) == ids[:12] != seen
    mapped = grain.MapDataset.source(made).map(lambda row: row["suffix"])
    assert list(mapped) == [row["suffix"] for row in made]
    chosen = made.with_format("numpy", columns=["id", "image", "letter_box"])
    loader = grain.DataLoader(data_source=chosen, sampler=sampler, operations=[grain.Batch(4)], worker_count=2)
    batches = list(loader)  # also beside jax, whose trees know only dicts that are told to them
    assert {batch["letter_box"].shape for batch in batches} == {(4, 4), (2, 4)}, "each worker batches its own rows"
    assert sorted(name for batch in batches for name in batch["id"].tolist()) == ids[:12]


# --- a user's own generator -------------------------------------------------------------------------------------------

SCRIPT = '''
import numpy as np
import synthink


class Stripes(synthink.Generator):
    """Count the stripes."""

    columns = {"count": int}
    most: int = 5

    def draw(self, ctx):
        count = ctx.stream("count").integers(1, self.most + 1)
        picture = np.full((32, 32, 3), 255, np.uint8)
        if ctx.signal:
            picture[:, : count * 4 : 4] = 0
        return synthink.Sample(picture, "How many stripes?", str(count), {"count": count})


if __name__ == "__main__":
    import sys

    splits = {"train": 45, "test": 5}
    outcome = synthink.generate(Stripes(most=7), splits=splits, output=sys.argv[1], workers=2, shard_size=10)
    print(outcome.rows, outcome.drawn, len(outcome.shards))
    rows, generator = synthink.load(sys.argv[1])
    print(len(rows["train"]), generator.most, rows["test"][0]["image"].size)
'''


@pytest.mark.heavy
@pytest.mark.whole
def test_a_scripts_own_generator_with_two_workers(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SCRIPT)
    answer = python("mine.py", "out", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["50", "50", "6", "45", "7", "(32,", "32)"]
    assert python("mine.py", "out", cwd=tmp_path).stdout.split()[1] == "0"


class Moody(synthink.Generator):
    """Goes wrong in chosen ways."""

    columns = {"count": int}  # noqa: RUF012
    how: str = "fine"

    def draw(self, ctx: synthink.DrawContext) -> synthink.Sample:
        picture = np.full((8, 8, 3), 255, np.uint8)
        if self.how == "raise" and ctx.index == 3:
            raise ValueError("nothing\ndrawn")
        if self.how == "type":
            return picture  # type: ignore[return-value]
        if self.how == "picture":
            return synthink.Sample(picture[:, :, 0], "?", "!", {"count": 1})
        if self.how == "answer":
            return synthink.Sample(picture, "?", 9, {"count": 9})  # type: ignore[arg-type]
        if self.how == "columns":
            return synthink.Sample(picture, "?", "!", {"cuont": 1})
        return synthink.Sample(picture, "?", "!", {"count": ctx.index})


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("raise", "moody row 3 of split train (seed 9): ValueError: nothing"),
        ("type", "draw returned ndarray, not a Sample"),
        ("picture", "uint8 of shape (H, W, 3)"),
        ("answer", "the suffix 9 is of type int, and must be a string"),
        ("columns", "annotations without columns ['cuont'], columns without ['count']"),
    ],
)
def test_a_generator_that_goes_wrong_is_named_with_its_row(how: str, told: str) -> None:
    made = dataset(Moody(how=how), size=5, seed=9)
    with pytest.raises(synthink.DrawError) as caught:
        made[3]
    assert told in str(caught.value)


def test_a_class_an_instance_and_a_name_make_the_same_rows() -> None:
    made = [dataset(what, size=2) for what in (Moody, Moody(), "moody")]
    assert len({pickle.dumps(rows[1]["count"]) for rows in made}) == 1
    with pytest.raises(ConfigError, match="give fields to the generator itself"):
        dataset(Moody(), size=2, how="fine")


# --- generate and load ------------------------------------------------------------------------------------------------


def test_generate_tells_what_it_made_and_load_gives_it_back(tmp_path: Path) -> None:
    outcome = synthink.generate(
        "circled_letters", output=tmp_path / "d", splits={"train": 6, "test": 2}, seed=3, **FIELDS
    )
    assert (outcome.rows, outcome.drawn, outcome.reused) == (8, 8, 0)
    data, generator = synthink.load(tmp_path / "d")
    assert {split: len(part) for split, part in data.items()} == {"train": 6, "test": 2}
    assert generator.score(synthink.Sample.from_row(data["test"][0]), data["test"][0]["suffix"])["correct"] == 1
    rows = dataset(generator, size=6, seed=3)
    assert [row["image"].tobytes() for row in rows] == [row["image"].tobytes() for row in data["train"]]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"workers": 0}, "workers=0"),
        ({"workers": True}, "workers=True"),
        ({"format": "csv"}, "format='csv'"),
        ({"splits": {}}, "no split has any rows"),
        ({"splits": 100}, "splits=100: says nothing by itself"),
        ({"splits": {"tran": 4}}, "did you mean train"),
        ({"splits": {"train": "4"}}, "splits.train='4'"),
        ({"seed": "x"}, "seed='x'"),
        ({"licence": ""}, "licence"),
        ({"executor": "cloud"}, "executor='cloud'"),
        ({"source": "x"}, "source='x'"),
        ({"picture_px": 1}, "picture_px=1"),
    ],
    ids=str,
)
def test_generate_refuses_before_anything_is_written(tmp_path: Path, options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        synthink.generate("circled_letters", output=tmp_path / "out", **{**FIELDS, "splits": {"train": 4}, **options})
    assert told in str(caught.value)
    assert list(tmp_path.iterdir()) == []


# --- import -----------------------------------------------------------------------------------------------------------


def test_import_is_light() -> None:
    answer = python("-c", "import sys, synthink; print(*sys.modules)")
    assert answer.returncode == 0, answer.stderr
    assert not set(answer.stdout.split()) & HEAVY


@pytest.mark.heavy
def test_import_is_fast() -> None:
    """Under 0.3 s of the processor's time where numpy, a part of it, takes 0.08: on any machine under 3.75 times what
    numpy takes; the best of four."""
    code = (
        "from time import process_time as now; start = now(); import numpy; numpys = now() - start; import synthink;"
        "print((now() - start) / numpys)"
    )
    assert any(float(python("-c", code).stdout) < 3.75 for _ in range(4))


def test_names_of_the_package_are_there() -> None:
    assert all(hasattr(synthink, name) for name in synthink.__all__)
    assert len(set(synthink.__all__)) == len(synthink.__all__)
    parts = ("assets", "camera", "documents", "draw", "generators", "gestures", "ink", "labels", "testing")
    assert dir(synthink) == sorted([*synthink.__all__, *parts, "Canvas"]), "whose package `import *` does not ask for"
