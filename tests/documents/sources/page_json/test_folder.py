"""The AMLD workshop's page folders: what is written is read again, and what they may hold is read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from synthink.documents.page.model import DocumentError, Page, make_page
from synthink.documents.page.tiles import Raster
from synthink.documents.sources.page_json.folder import read_page_folder, write_page_json
from tests.page_makers import drawn_page

KEYS = {"id", "class_name", "bbox", "children_ids", "parent_id", "text", "next_id", "prev_id", "color"}


def rgb(page: Page) -> Any:
    pixels = page.raster.pixels()
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., np.newaxis], 3, axis=2)


def box(left: float, top: float, right: float, bottom: float) -> dict[str, float]:
    return {"left": left, "top": top, "right": right, "bottom": bottom}


def folder_of(tmp_path: Path, elements: Any, name: str = "p", **files: Any) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "page.json").write_text(json.dumps({"page_id": name, "elements": elements}), encoding="utf-8")
    Image.new("RGB", (400, 300), "white").save(folder / "my_background_1.png")
    for file, picture in files.items():
        picture.save(folder / f"{file.lstrip('_')}.png")
    return folder


WORDS = [
    {"id": 0, "class_name": "paragraph", "bbox": box(20, 30, 400, 90), "children_ids": [1]},
    {"id": 1, "parent_id": 0, "class_name": "textline", "bbox": box(20, 30, 400, 58), "children_ids": [2, 3]},
    {"id": 2, "parent_id": 1, "class_name": "word", "text": "foo", "bbox": box(20, 30, 70, 58), "next_id": 3},
    {"id": 3, "parent_id": 1, "class_name": "word", "text": "bar", "bbox": box(80, 30, 130, 58), "prev_id": 2},
]


def test_a_page_that_is_written_is_read_again(tmp_path: Path) -> None:
    page = drawn_page("p1", ("One two three four five six seven eight nine ten eleven", "Last"))
    page = replace(page, highlights=("", "select", *[""] * (len(page.words) - 2)))
    write_page_json(page, tmp_path / "p1")
    again = read_page_folder(tmp_path / "p1")
    assert again.name == "p1" and again.words == page.words and again.size_px == page.size_px
    for name in ("word_boxes", "word_lines", "line_boxes", "line_paragraphs", "paragraph_boxes", "image_boxes"):
        np.testing.assert_array_equal(getattr(again, name), getattr(page, name), name)
    assert again.highlights == page.highlights
    np.testing.assert_array_equal(rgb(again), rgb(page))


def test_what_is_written_has_the_keys_and_ids_that_the_workshop_takes(tmp_path: Path) -> None:
    page = drawn_page()
    write_page_json(page, tmp_path / "p1")
    told = json.loads((tmp_path / "p1" / "page.json").read_text(encoding="utf-8"))
    elements = {element["id"]: element for element in told["elements"]}
    assert told["page_id"] == "p1"
    assert list(elements) == list(range(len(elements)))
    for element in elements.values():
        assert element.keys() <= KEYS and set(element["bbox"]) == {"left", "top", "right", "bottom"}
        for child in element["children_ids"]:
            assert elements[child]["parent_id"] == element["id"]
        if "next_id" in element:
            assert elements[element["next_id"]]["prev_id"] == element["id"]
        if element["class_name"] == "word":
            assert element["id"] >= 1 and elements[element["parent_id"]]["class_name"] == "textline"
    chain = [element["text"] for element in elements.values() if element["class_name"] == "word"]
    assert chain == list(page.words)
    assert sum("next_id" in element for element in elements.values()) == len(page.words) - 2  # two paragraphs
    (image,) = (element for element in elements.values() if element["class_name"] == "image")
    cut = np.asarray(Image.open(tmp_path / "p1" / f"{image['id']}.png"))
    np.testing.assert_array_equal(cut, rgb(page)[200:260, 100:220])
    assert {path.name for path in (tmp_path / "p1").iterdir()} == {"page.json", "background.png", f"{image['id']}.png"}


def test_of_a_page_that_was_edited_the_edited_picture_is_written(tmp_path: Path) -> None:
    page = drawn_page()
    down = np.array((0, 100, 0, 100))
    moved = replace(page, word_boxes=page.word_boxes + down, line_boxes=page.line_boxes + down)
    write_page_json(moved, tmp_path / "p1")
    again = read_page_folder(tmp_path / "p1")
    np.testing.assert_array_equal(again.word_boxes, moved.word_boxes)
    left, top, right, bottom = page.word_boxes[0].astype(int)
    assert (rgb(page)[top:bottom, left:right] < 128).any() and (rgb(again)[top:bottom, left:right] > 250).all()
    assert (rgb(again)[top + 100 : bottom + 100, left:right] < 128).any()


def test_a_folder_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "p1").mkdir()
    (tmp_path / "p1" / "note").write_text("mine", encoding="utf-8")
    with pytest.raises(DocumentError, match="cannot be written"):
        write_page_json(drawn_page(), tmp_path / "p1")
    assert [path.name for path in tmp_path.rglob("*")] == ["p1", "note"]
    with pytest.raises(DocumentError, match="background in their path"):
        write_page_json(drawn_page(), tmp_path / "background" / "p1")


def test_images_cut_out_of_the_background_are_put_back(tmp_path: Path) -> None:
    image = {"id": 0, "class_name": "image", "bbox": box(100, 100, 180, 160), "parent_id": None}
    folder = folder_of(tmp_path, [image], _0=Image.new("RGB", (40, 30), "red"))
    page = read_page_folder(folder)
    np.testing.assert_array_equal(page.image_boxes, [(100, 100, 180, 160)])
    assert (page.raster.pixels()[100:160, 100:180] == (255, 0, 0)).all()
    assert (page.raster.pixels()[:100] == 255).all()


def test_an_image_that_the_background_shows_is_left_as_it_is(tmp_path: Path) -> None:
    image = {"id": 0, "class_name": "image", "bbox": box(100, 100, 180, 160)}
    folder = folder_of(tmp_path, [image], _0=Image.new("RGB", (80, 60), "red"))
    pixels = np.full((300, 400, 3), 255, np.uint8)
    pixels[120:140, 120:140] = (0, 0, 255)
    Image.fromarray(pixels).save(folder / "my_background_1.png")
    np.testing.assert_array_equal(rgb(read_page_folder(folder)), pixels)


def test_the_workshops_own_example_is_read(tmp_path: Path) -> None:
    page = read_page_folder(folder_of(tmp_path, WORDS))
    assert page.words == ("foo", "bar") and len(page.line_boxes) == 1


def test_order_is_that_of_the_chain_where_there_is_one(tmp_path: Path) -> None:
    """A paragraph in two columns: the second line of the chain stands higher than the first."""
    elements = [
        {"id": 9, "class_name": "paragraph", "bbox": box(10, 10, 300, 90)},
        {"id": 4, "parent_id": 9, "class_name": "textline", "bbox": box(200, 10, 300, 30)},
        {"id": 5, "parent_id": 9, "class_name": "textline", "bbox": box(10, 60, 110, 80)},
        {"id": 0, "parent_id": 4, "class_name": "word", "text": "third", "bbox": box(200, 10, 240, 30), "prev_id": 2},
        {"id": 2, "parent_id": 5, "class_name": "word", "text": "second", "bbox": box(60, 60, 110, 80), "next_id": 0},
        {"id": 1, "parent_id": 5, "class_name": "word", "text": "first", "bbox": box(10, 60, 50, 80), "next_id": 2},
    ]
    assert read_page_folder(folder_of(tmp_path, elements)).words == ("first", "second", "third")
    for element in elements:
        element.pop("next_id", None)
    assert read_page_folder(folder_of(tmp_path, elements, "q")).words == ("third", "first", "second")


def test_a_chain_that_is_a_ring_ends(tmp_path: Path) -> None:
    elements = json.loads(json.dumps(WORDS))
    elements[3]["next_id"] = 2
    assert read_page_folder(folder_of(tmp_path, elements)).words == ("foo", "bar")


def test_words_without_parents_are_put_in_lines_by_their_boxes(tmp_path: Path) -> None:
    elements = [
        {"id": 0, "class_name": "word", "text": "world", "bbox": box(60, 10, 100, 30)},
        {"id": 1, "class_name": "word", "text": "again", "bbox": box(10, 35, 50, 55), "color": "fuchsia"},
        {"id": 2, "class_name": "word", "text": "hello", "bbox": box(10, 10, 50, 30)},
    ]
    page = read_page_folder(folder_of(tmp_path, elements))
    assert page.words == ("hello", "world", "again") and page.word_lines.tolist() == [0, 0, 1]
    assert page.highlights == ("", "", "select")


def test_words_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    texts = ["fine", "two words", "", None, "שלום", "off"]
    elements = [
        {"id": at, "class_name": "word", "text": text, "bbox": box(10, 40 * at, 60, 40 * at + 20)}
        for at, text in enumerate(texts)
    ]
    elements[-1]["bbox"] = box(500, 10, 520, 30)
    skipped = Counter[str]()
    page = read_page_folder(folder_of(tmp_path, elements), skipped=skipped)
    assert page.words == ("fine",)
    assert sorted(page.unread.tolist()) == [[10, 40 * at, 60, 40 * at + 20] for at in range(1, 5)]
    assert skipped == {
        "words with blanks or control characters": 1,
        "words without text": 2,
        "words written from right to left": 1,
        "words without a box inside the page": 1,
    }


def test_words_of_a_line_that_lie_over_one_another_become_two_lines(tmp_path: Path) -> None:
    elements = json.loads(json.dumps(WORDS))
    elements[3]["bbox"] = box(30, 30, 130, 58)
    page = read_page_folder(folder_of(tmp_path, elements))
    assert page.words == ("foo", "bar") and page.word_lines.tolist() == [0, 1]


Damage = Callable[[list[dict[str, Any]]], Any]
FAULTS: list[tuple[str, Damage]] = [
    (r"elements\[2\]: id is no whole number", lambda e: e[2].update(id="2")),
    (r"elements\[2\]: id is no whole number", lambda e: e[2].update(id=-1)),
    (r"elements\[3\]: id 2 is there twice", lambda e: e[3].update(id=2)),
    (r"elements\[1\]: class_name is 'line'", lambda e: e[1].update(class_name="line")),
    (r"elements\[2\]: has the unknown key 'colour'", lambda e: e[2].update(colour="red")),
    (r"elements\[2\]: text is no text: 7", lambda e: e[2].update(text=7)),
    (r"elements\[2\]: bbox is no object", lambda e: e[2].update(bbox=[1, 2, 3, 4])),
    (r"elements\[2\]: bbox is no object", lambda e: e[2]["bbox"].pop("top")),
    (r"elements\[2\]: bbox.left is no number", lambda e: e[2]["bbox"].update(left="1")),
    (r"elements\[2\]: bbox.left is no number", lambda e: e[2]["bbox"].update(left=1e300)),
    (r"elements\[2\]: bbox.left is no number", lambda e: e[2]["bbox"].update(left=float("nan"))),
    (r"elements\[2\]: bbox.right is no number", lambda e: e[2]["bbox"].update(right=float("inf"))),
    (r"elements\[2\]: id is no whole number", lambda e: e[2].update(id=float("nan"))),
    (r"elements\[2\]: bbox has left beyond right, or top below bottom", lambda e: e[2]["bbox"].update(left=90)),
    (r"elements\[2\]: parent_id is no whole number", lambda e: e[2].update(parent_id=1.5)),
    (r"elements\[1\]: children_ids is no list", lambda e: e[1].update(children_ids=3)),
    (r"elements\[4\]: is no object", lambda e: e.append([])),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("message", "damage"), FAULTS)
def test_a_fault_is_named_or_costs_its_element_alone(tmp_path: Path, message: str, damage: Damage) -> None:
    elements = json.loads(json.dumps(WORDS))
    damage(elements)
    folder = folder_of(tmp_path, elements)
    with pytest.raises(
        DocumentError, match=r"page\.json: " + message + r".*; documents\.strict=false leaves the element"
    ):
        read_page_folder(folder)
    skipped = Counter[str]()
    page = read_page_folder(folder, skipped=skipped, strict=False)
    ((reason, number),) = skipped.items()
    kind = next((kind for kind in ("word", "element", "textline") if reason.startswith(f"{kind}s of page.json")), "")
    assert number == 1 and kind and (("foo" in page.words) is ("bar" in page.words)) is (kind != "word")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"{", "is no JSON"),
        (b"[]", "list `elements`"),
        (b'{"elements": ' + b"[" * 50 + b"]" * 50 + b"}", "nested"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_file_that_is_no_page_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    folder = folder_of(tmp_path, [])
    (folder / "page.json").write_bytes(content)
    with pytest.raises(DocumentError, match=message):
        read_page_folder(folder)


def test_pictures_are_bounded_and_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path, WORDS)
    monkeypatch.setattr("synthink.documents.page.files.MAX_PIXELS", 100_000)
    with pytest.raises(DocumentError, match="400 x 300 px"):
        read_page_folder(folder)
    (folder / "my_background_1.png").write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    with pytest.raises(DocumentError, match=r"background_1\.png"):
        read_page_folder(folder)
    (folder / "my_background_1.png").unlink()
    with pytest.raises(DocumentError, match="has 0 PNG files with background"):
        read_page_folder(folder)


def test_a_page_of_images_alone_can_be_written(tmp_path: Path) -> None:
    pixels = np.zeros((100, 100), np.uint8)
    page = make_page("i", Raster.of(pixels), [], np.zeros((0, 4)), [], [], image_boxes=[(10.5, 10, 60, 60)])
    write_page_json(page, tmp_path / "i")
    np.testing.assert_array_equal(read_page_folder(tmp_path / "i").image_boxes, page.image_boxes)
