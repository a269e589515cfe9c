"""MathWriting's symbols, cut out of their expressions."""

import json

import pytest

from synthink.ink import InkError, read_ink
from synthink.ink.files.mathwriting import MOST_EXPRESSIONS
from tests.ink.files.samples import EXPRESSION, mathwriting


def lines(path, *symbols):
    path.write_text("".join(json.dumps(symbol) + "\n" for symbol in symbols))
    return path


def test_symbols_are_strokes_of_their_expression(tmp_path):
    first, second = read_ink(mathwriting(tmp_path))
    assert (first.label, second.label) == ("a", "\\leftrightarrow")
    assert first.points[:, :2].tolist() == [[0, 0], [1, 2]]
    assert second.lengths.tolist() == [2, 3]
    assert second.points[:2, :2].tolist() == [[9, 1], [8, 2]]
    assert (second.source, second.metadata["form"]) == ("symbols.jsonl#2", EXPRESSION)


def test_expressions_may_lie_beside_the_list(tmp_path):
    path = mathwriting(tmp_path)
    (tmp_path / "train" / f"{EXPRESSION}.inkml").rename(tmp_path / f"{EXPRESSION}.inkml")
    assert [ink.label for ink in read_ink(path)] == ["a", "\\leftrightarrow"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sourceSampleId": "../../etc/passwd"}, "not 16 digits of 0 to f"),
        ({"sourceSampleId": "f" * 16}, "its expression is not beside the file, as train/ffffffffffffffff.inkml"),
        ({"strokeIndices": [3]}, "its expression has the strokes 0 to 2"),
        ({"strokeIndices": [0, 0]}, "its expression has the strokes 0 to 2"),
        ({"strokeIndices": [True]}, "not a list of numbers"),
        ({"strokeIndices": []}, "not a list of numbers"),
        ({"label": 3}, "label is 3, not text"),
    ],
)
def test_symbols_that_cannot_be_cut_out_cost_themselves(tmp_path, change, reason):
    path = mathwriting(tmp_path)
    good = {"sourceSampleId": EXPRESSION, "strokeIndices": [1], "label": "b"}
    lines(path, good, {**good, **change}, good)
    with pytest.raises(InkError, match=f"symbols.jsonl, line 2, offset [0-9]+: .*{reason}"):
        list(read_ink(path))
    reader = read_ink(path, strict=False)
    assert [ink.label for ink in reader] == ["b", "b"]
    assert reader.skipped.total() == 1


def test_a_damaged_expression_costs_its_symbols(tmp_path):
    path = mathwriting(tmp_path)
    (tmp_path / "train" / f"{EXPRESSION}.inkml").write_text("<ink><trace>1 2,x</trace></ink>")
    with pytest.raises(InkError, match="its expression cannot be read"):
        list(read_ink(path))
    reader = read_ink(path, strict=False)
    assert list(reader) == []
    assert reader.skipped.total() == 2


def test_more_expressions_than_are_kept(tmp_path):
    path = mathwriting(tmp_path)
    names = [f"{number:016x}" for number in range(MOST_EXPRESSIONS + 6)]
    for name in names:
        (tmp_path / "train" / f"{name}.inkml").write_text(f"<ink><trace>{int(name, 16)} 2,3 4</trace></ink>")
    wanted = [*names, *names[:3]]
    lines(path, *({"sourceSampleId": name, "strokeIndices": [0], "label": "x"} for name in wanted))
    assert [int(ink.points[0, 0]) for ink in read_ink(path)] == [int(name, 16) for name in wanted]
