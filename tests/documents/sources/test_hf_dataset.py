"""Hugging Face datasets of pages: columns, units of boxes, lines, and rows that cannot be used."""

from __future__ import annotations

import base64
import io
from collections import Counter
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
from PIL import Image, ImageOps

from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.hf_dataset import _box, read_dataset
from synthink.draw.shown import turned_boxes
from tests.page_makers import drawn_words

TEXTS = ("The pen moves over the paper and leaves a line that nobody drew", "A second paragraph follows")


def png(pixels: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def row(size_px: tuple[int, int] = (420, 300), thousand: bool = False, size: int = 16) -> dict[str, Any]:
    pixels, words, boxes, _, _ = drawn_words(TEXTS, size_px, size=size)
    scale = np.array((*size_px, *size_px)) / 1000 if thousand else np.ones(4)
    return {"image": png(pixels), "words": words, "bboxes": (np.array(boxes) / scale).round(3).tolist()}


def stored(rows: list[dict[str, Any]], folder: Path) -> str:
    columns = {name: [each[name] for each in rows] for name in rows[0]}
    datasets.Dataset.from_dict(columns).cast_column("image", datasets.Image()).save_to_disk(folder)
    return str(folder)


def read(path: str, skipped: Counter[str] | None = None, **options: Any) -> list[Page]:
    given: dict[str, Any] = {"scale": "auto", "most": 100, "budget": 2**26, **options}
    return read_dataset(path, skipped=Counter() if skipped is None else skipped, **given)


def words_and_boxes(page: Page) -> tuple[list[str], Any]:
    return list(page.words), page.word_boxes


def test_a_row_becomes_a_page_with_lines_and_paragraphs(tmp_path: Path) -> None:
    pixels, words, boxes, lines, line_paragraphs = drawn_words(TEXTS)
    (page,) = read(stored([row()], tmp_path / "data"))
    assert page.name == page.document == "data#0"
    assert list(page.words) == words
    np.testing.assert_allclose(page.word_boxes, boxes, atol=0.05)
    assert page.word_lines.tolist() == lines and page.line_paragraphs.tolist() == line_paragraphs
    shown = page.raster.pixels()
    np.testing.assert_array_equal(shown if shown.ndim == 2 else shown[..., 0], pixels[..., 0])


@pytest.mark.parametrize("thousand", [False, True])
@pytest.mark.parametrize("size_px", [(420, 300), (1500, 2000)])
def test_the_unit_of_boxes_is_told_from_values_and_sizes(
    tmp_path: Path, thousand: bool, size_px: tuple[int, int]
) -> None:
    given = row(size_px, thousand, size=90 if size_px[0] > 1000 else 16)
    if size_px[0] > 1000:  # a page that is full
        given["words"].append("end")
        last = np.array((100, 1900, 300, 1980)) / ((np.array((1500, 2000) * 2) / 1000) if thousand else 1)
        given["bboxes"].append(last.tolist())
    else:
        given["bboxes"][0][0] = 0.0
    wanted = read(stored([given], tmp_path / "a"), scale="thousand" if thousand else "pixels")
    (page,) = read(str(tmp_path / "a"))
    np.testing.assert_array_equal(page.word_boxes, wanted[0].word_boxes)


def test_a_parquet_file_a_dict_of_splits_and_other_names_are_read(tmp_path: Path) -> None:
    given = row()
    renamed = {"image": given["image"], "tokens": given["words"], "boxes": given["bboxes"]}
    data = datasets.Dataset.from_dict({name: [value] for name, value in renamed.items()})
    data.to_parquet(tmp_path / "one.parquet")  # a plain column of bytes
    data = data.cast_column("image", datasets.Image())
    datasets.DatasetDict({"train": data, "test": data}).save_to_disk(tmp_path / "two")
    (one,) = read(str(tmp_path / "one.parquet"))
    both = read(str(tmp_path / "two"))
    assert [page.name for page in both] == ["two/test#0", "two/train#0"]
    assert one.words == both[0].words == both[1].words
    assert len(read(str(tmp_path / "two"), most=1)) == 1


def test_words_nested_by_line_keep_their_lines(tmp_path: Path) -> None:
    given = row()
    _, _, _, lines, _ = drawn_words(TEXTS)
    nested: dict[str, Any] = {"image": given["image"], "words": [], "bboxes": []}
    for line in range(max(lines) + 1):
        members = [place for place, own in enumerate(lines) if own == line]
        nested["words"].append([given["words"][place] for place in members])
        nested["bboxes"].append([given["bboxes"][place] for place in members])
    (page,) = read(stored([nested], tmp_path / "data"))
    assert list(page.words) == given["words"] and page.word_lines.tolist() == lines


@pytest.mark.parametrize(
    ("box", "corners"),
    [
        ({"x0": 1, "y0": 2, "x1": 4, "y1": 6}, (1, 2, 4, 6)),
        ({"x_min": 1, "y_min": 2, "x_max": 4, "y_max": 6, "score": 0.5}, (1, 2, 4, 6)),
        ({"X": 1, "Y": 2, "Width": 3, "Height": 4}, (1, 2, 4, 6)),
        ({"left": "1", "top": "2", "width": "3", "height": "4"}, (1, 2, 4, 6)),
        ({"left": 1, "top": 2, "width": None, "height": 4}, None),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, None),
        ([1, 6, 1, 2, 4, 2, 4, 6], (1, 2, 4, 6)),
    ],
)
def test_boxes_are_four_numbers_whatever_names_they_have(box: Any, corners: tuple[float, ...] | None) -> None:
    assert np.array_equal(_box(box), corners or (np.nan,) * 4, equal_nan=True)


def test_rows_that_cannot_be_used_are_counted_by_reason(tmp_path: Path) -> None:
    good = row()
    bad = [
        {**good, "words": good["words"][1:]},
        {**good, "words": [], "bboxes": []},
        {**good, "words": ["out"], "bboxes": [[10, 10, 20, 400]]},
        {**good, "words": ["short"], "bboxes": [[10, 10, 20]]},
        {**good, "words": ["blank word"], "bboxes": [[10, 10, 60, 30]]},
        {**good, "image": b"no picture"},
    ]
    skipped = Counter[str]()
    rows = [good, *bad]
    columns = {name: [each[name] for each in rows] for name in good}
    datasets.Dataset.from_dict(columns).to_parquet(tmp_path / "d.parquet")
    assert len(read(str(tmp_path / "d.parquet"), skipped, scale="pixels")) == 1
    formats = "PNG, JPEG, TIFF, WEBP, BMP, GIF"
    assert skipped == {
        "rows: as many boxes as words are needed": 1,
        "rows: no words": 2,
        "rows: boxes outside the picture": 1,
        "rows: boxes are not four numbers each": 1,
        "words with blanks or control characters": 1,
        "words with a box outside the picture": 1,
        f"rows: is in no format that is read ({formats})": 1,
    }


NUMBERS = {
    "xyxy": lambda left, top, right, bottom: (left, top, right, bottom),
    "xywh": lambda left, top, right, bottom: (left, top, right - left, bottom - top),
    "cxcywh": lambda left, top, right, bottom: ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top),
    "yxyx": lambda left, top, right, bottom: (top, left, bottom, right),
    "yxhw": lambda left, top, right, bottom: (top, left, bottom - top, right - left),
    "xxyy": lambda left, top, right, bottom: (left, right, top, bottom),
    "xyxy_up": lambda left, top, right, bottom: (left, -bottom, right, -top),
    "xywh_up": lambda left, top, right, bottom: (left, -bottom, right - left, bottom - top),
}
SIDES = {"pixels": (420, 300), "thousand": (1000, 1000), "hundred": (100, 100), "one": (1, 1)}


@pytest.mark.parametrize("scale", SIDES)
@pytest.mark.parametrize("form", NUMBERS)
def test_boxes_of_every_convention_are_read_or_named(tmp_path: Path, form: str, scale: str) -> None:
    wanted, given = row(), row()
    share = np.array(SIDES[scale] * 2) / (420, 300, 420, 300)
    given["bboxes"] = [list(NUMBERS[form](*(np.array(box) * share).tolist())) for box in wanted["bboxes"]]
    for box in given["bboxes"] if form.endswith("_up") else ():
        for at in (1, 3) if form == "xyxy_up" else (1,):
            box[at] += SIDES[scale][1]
    path = stored([given], tmp_path / "data")
    (page,) = read(path, form=form, scale=scale)
    assert list(page.words) == wanted["words"]
    np.testing.assert_allclose(page.word_boxes, wanted["bboxes"], atol=0.05)
    if form == "xyxy" and scale != "hundred":
        (page,) = read(path)
        np.testing.assert_allclose(page.word_boxes, wanted["bboxes"], atol=0.05)
        return
    with pytest.raises(DocumentError, match="of the first 17 boxes end before they begin, leave") as caught:
        read(path)
    assert f"documents.box_format={form}" in str(caught.value) or form == "xyxy"
    assert f"documents.box_scale={scale}" in str(caught.value) or scale != "hundred"


def test_four_points_are_the_box_around_them(tmp_path: Path) -> None:
    wanted, given = row(), row()
    given["bboxes"] = [
        [left, top, right, top, right, bottom, left, bottom] for left, top, right, bottom in wanted["bboxes"]
    ]
    (page,) = read(stored([given], tmp_path / "data"))
    np.testing.assert_allclose(page.word_boxes, wanted["bboxes"], atol=0.05)


@pytest.mark.parametrize(
    ("key", "fault", "reason"),
    [
        ("words", None, "words without text"),
        ("words", "\u200b", "words without text"),
        ("words", "two words", "words with blanks or control characters"),
        ("bboxes", None, "words without a box of four numbers"),
        ("bboxes", [1.0, 2.0], "words without a box of four numbers"),
        ("bboxes", [1.0, None, 3.0, 4.0], "words without a box of four numbers"),
        ("bboxes", [1.0, float("nan"), 3.0, 4.0], "words without a box of four numbers"),
        ("bboxes", [1.0, 2.0, float("inf"), 4.0], "words without a box of four numbers"),
        ("bboxes", [10.0, 10.0, 9.0, 20.0], "words with an empty box"),
        ("bboxes", [10.0, 10.0, 900.0, 20.0], "words with a box outside the picture"),
    ],
    ids=repr,
)
def test_one_bad_word_costs_itself_alone(tmp_path: Path, key: str, fault: Any, reason: str) -> None:
    given, wanted, skipped = row(), row()["words"], Counter[str]()
    given[key][3] = fault
    (page,) = read(stored([given, row()], tmp_path / "data"), skipped, scale="pixels")[:1]
    assert sorted(page.words) == sorted(wanted[:3] + wanted[4:])
    assert skipped == {reason: 1}


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("boxes_of", ["what is shown", "what is stored"])
def test_boxes_go_with_the_turn_of_a_picture(tmp_path: Path, turn: int, boxes_of: str) -> None:
    """Boxes are those of the picture that `datasets` shows; where they fit it before its turn alone, they turn, too."""
    wanted = row()
    shown = Image.open(io.BytesIO(wanted["image"])).convert("RGB")
    back = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
    tagged = shown.copy()
    tagged.getexif()[0x0112] = back.get(turn, 1)
    before = ImageOps.exif_transpose(tagged)
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = turn
    before.save(file, "PNG", exif=exif)
    given = {**row(), "image": file.getvalue()}
    if boxes_of == "what is stored":
        given["bboxes"] = turned_boxes(np.array(wanted["bboxes"]), back.get(turn, 1), shown.size).tolist()
    (page,) = read(stored([given], tmp_path / "data"), scale="pixels")
    assert page.size_px == shown.size
    assert list(page.words) == wanted["words"]
    np.testing.assert_allclose(page.word_boxes, wanted["bboxes"], atol=0.05)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_a_picture_that_moves_the_first_frame_is_read_and_that_is_counted(tmp_path: Path, form: str) -> None:
    first, file, skipped = Image.open(io.BytesIO(row()["image"])).convert("RGB"), io.BytesIO(), Counter[str]()
    options = {"lossless": True} if form == "WEBP" else {}
    first.save(file, form, save_all=True, append_images=[Image.new("RGB", first.size, "red")], **options)
    (page,) = read(stored([{**row(), "image": file.getvalue()}], tmp_path / "data"), skipped, scale="pixels")
    shown = page.raster.pixels()
    assert shown.min() < 100 and (shown if shown.ndim == 2 else shown[..., 1])[0, 0] == 255
    assert skipped == {"pictures of several frames, of which the first is read": 1}


def test_a_picture_in_base64_is_told(tmp_path: Path) -> None:
    skipped = Counter[str]()
    given = {**row(), "image": base64.b64encode(row()["image"]).decode()}
    datasets.Dataset.from_list([row()]).to_parquet(tmp_path / "a.parquet")
    datasets.Dataset.from_list([given]).to_parquet(tmp_path / "b.parquet")
    assert read(str(tmp_path / "b.parquet"), skipped) == []
    ((reason, count),) = skipped.items()
    assert reason.startswith("rows: its picture is a picture's file in base64") and count == 1 and len(reason) < 200


def test_words_that_lie_over_one_another_are_read(tmp_path: Path) -> None:
    given = {**row(), "words": ["one", "two"], "bboxes": [[10, 10, 60, 30], [20, 12, 70, 30]]}
    (page,) = read(stored([given], tmp_path / "data"))
    assert sorted(page.words) == ["one", "two"] and len(page.line_boxes) == 2


def test_pictures_come_from_the_datasets_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "private.png").write_bytes(row()["image"])
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "own.png").write_bytes(row()["image"])
    for name, count in (("own.png", 1), ("../private.png", 0), (str(tmp_path / "private.png"), 0), ("/dev/zero", 0)):
        given = [{**row(), "image": {"bytes": None, "path": name}}]
        columns = {key: [each[key] for each in given] for key in given[0]}
        datasets.Dataset.from_dict(columns).to_parquet(tmp_path / "data" / "train.parquet")
        skipped = Counter[str]()
        assert len(read(str(tmp_path / "data"), skipped)) == count, name
        assert list(skipped) == ["rows: its picture's file is not in the dataset's folder"] * (1 - count)


def test_a_folder_that_takes_too_much_is_refused(tmp_path: Path) -> None:
    path = stored([row()], tmp_path / "data")
    (tmp_path / "data" / "more.arrow").symlink_to("/dev/zero")
    with pytest.raises(DocumentError, match=r"more\.arrow: is a link"):
        read(path)


def test_pictures_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stored([row()], tmp_path / "data")
    with pytest.raises(DocumentError, match="more memory"):
        read(path, budget=100)
    monkeypatch.setattr("synthink.documents.page.files.MAX_PIXELS", 1000)
    skipped = Counter[str]()
    assert read(path, skipped) == []
    assert list(skipped) == ["rows: is 420 x 300 px; at most 1,000 pixels are decoded"]


def test_what_is_no_such_dataset_is_named(tmp_path: Path) -> None:
    datasets.Dataset.from_dict({"image": [b""], "label": [1]}).to_parquet(tmp_path / "d.parquet")
    with pytest.raises(DocumentError, match=r"d\.parquet: has no column words or tokens; it has image, label"):
        read(str(tmp_path / "d.parquet"))
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(DocumentError, match=r"broken\.parquet: no Parquet file, or cut short"):
        read(str(tmp_path / "broken.parquet"))
    with pytest.raises(DocumentError, match="nobody/nothing: cannot be read as a dataset"):
        read("nobody/nothing")
    datasets.Dataset.from_dict({"image": [], "words": [], "boxes": []}).save_to_disk(tmp_path / "empty")
    with pytest.raises(DocumentError, match=r"empty: (has no rows|`datasets` cannot read it: has it any rows)"):
        read(str(tmp_path / "empty"))


def test_words_that_are_left_out_are_print_that_was_not_read(tmp_path: Path) -> None:
    mixed = row()
    mixed["words"][2] = "שלום"
    (page,) = read(stored([mixed], tmp_path / "mixed"))
    assert len(page.words) == len(mixed["words"]) - 1
    np.testing.assert_allclose(page.unread, [mixed["bboxes"][2]], atol=0.05)
