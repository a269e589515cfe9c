"""The elements of a workshop page's `page.json`: parsed within bounds, and their words in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from synthink.documents.page.files import file_bytes
from synthink.documents.page.model import DocumentError
from synthink.documents.reading_order.arrange import arrange
from synthink.documents.reading_order.lines import rows_of_line
from synthink.errors import quoted
from synthink.ink.files.base import Limits, Reading, parse_json
from synthink.ink.model import InkError

KINDS = ("paragraph", "textline", "word", "image")
KEYS = {"id", "class_name", "bbox", "children_ids", "parent_id", "text", "next_id", "prev_id", "color"}
SIDES = ("left", "top", "right", "bottom")
MOST_ELEMENTS = 100_000
_JSON = Limits(bytes=64 * 2**20, depth=8)


@dataclass(frozen=True, slots=True)
class JsonNode:
    """An element of a page as its JSON describes it."""

    id: int
    kind: str
    box: tuple[float, ...]
    text: str
    parent: int | None
    children: tuple[int, ...]
    next: int | None
    colour: str


class ElementError(DocumentError):
    """An element of a page.json that is not as it must be. key: of the value that is wrong, or what is wrong."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


def read_elements(file: Path, skipped: Counter[str] | None = None) -> dict[int, JsonNode]:
    """Id -> element, by rising id.

    skipped: counts elements that are wrong, by their kind and the key of what is wrong; without it they are an error.
    """
    try:
        # A box of NaN, as Python writes it, costs its element and no other one.
        content = parse_json(file_bytes(file, _JSON.bytes), Reading(str(file), limits=_JSON), constant=float)
    except InkError as error:
        raise DocumentError(str(error)) from None
    if not isinstance(content, dict) or not isinstance(content.get("elements"), list):
        raise DocumentError(f"{file}: is no object with a list `elements`")
    if len(content["elements"]) > MOST_ELEMENTS:
        raise DocumentError(f"{file}: has {len(content['elements']):,} elements; at most {MOST_ELEMENTS:,} are read")
    nodes: dict[int, JsonNode] = {}
    for place, element in enumerate(content["elements"]):
        where = f"{file}: elements[{place}]"
        try:
            node = _element(element, where)
            if node.id in nodes:
                raise ElementError(f"{where}: id {node.id} is there twice", "id")
        except ElementError as error:
            if skipped is None:
                raise DocumentError(f"{error}; documents.strict=false leaves the element out and counts it") from None
            kind = element.get("class_name") if isinstance(element, dict) else None
            skipped[f"{kind if kind in KINDS else 'element'}s of page.json with a wrong {error.key}"] += 1
        else:
            nodes[node.id] = node
    return {number: nodes[number] for number in sorted(nodes)}


def _element(element: Any, where: str) -> JsonNode:
    if not isinstance(element, dict):
        raise ElementError(f"{where}: is no object: {quoted(element)}", "type")
    unknown = sorted(element.keys() - KEYS)
    if unknown:
        raise ElementError(f"{where}: has the unknown key {quoted(unknown[0])}", "key")
    number = _whole_number(element.get("id"), where, "id")
    kind = element.get("class_name")
    if kind not in KINDS:
        raise ElementError(f"{where}: class_name is {quoted(kind)}, not one of {', '.join(KINDS)}", "class_name")
    for key in ("text", "color"):
        if not isinstance(element.get(key, ""), str | None):
            raise ElementError(f"{where}: {key} is no text: {quoted(element[key])}", key)
    children = element.get("children_ids") or []
    if not isinstance(children, list):
        raise ElementError(f"{where}: children_ids is no list: {quoted(children)}", "children_ids")
    return JsonNode(
        number,
        kind,
        _box(element.get("bbox"), where),
        element.get("text") or "",
        _link(element, "parent_id", where),
        tuple(_whole_number(child, where, "children_ids") for child in children),
        _link(element, "next_id", where),
        element.get("color") or "",
    )


def _link(element: Mapping[str, Any], key: str, where: str) -> int | None:
    return None if element.get(key) is None else _whole_number(element[key], where, key)


def _whole_number(value: Any, where: str, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise ElementError(f"{where}: {key} is no whole number of 0 or more: {quoted(value)}", key)
    return value


def _box(box: Any, where: str) -> tuple[float, ...]:
    if not isinstance(box, dict) or box.keys() != set(SIDES):
        raise ElementError(f"{where}: bbox is no object of left, top, right and bottom: {quoted(box)}", "bbox")
    for side in SIDES:
        value = box[side]
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
            raise ElementError(f"{where}: bbox.{side} is no number of pixels: {quoted(value)}", "bbox")
    if box["left"] > box["right"] or box["top"] > box["bottom"]:
        raise ElementError(f"{where}: bbox has left beyond right, or top below bottom: {quoted(box)}", "bbox")
    return tuple(float(box[side]) for side in SIDES)


def reading_order(
    nodes: Mapping[int, JsonNode], words: Sequence[int]
) -> tuple[list[int], Sequence[int], Sequence[int]]:
    """Ids of the words in reading order, the line of each, the paragraph of each line.

    The file's lines and paragraphs count where it has a line for every word; else boxes alone decide.
    """
    parents = {child: node.id for node in nodes.values() for child in node.children}
    parents |= {node.id: node.parent for node in nodes.values() if node.parent is not None}
    lines: dict[int, list[int]] = {}
    for word in words:
        line = parents.get(word, -1)
        if line not in nodes or nodes[line].kind != "textline":
            return _order_by_boxes([nodes[number] for number in words])
        lines.setdefault(line, []).append(word)
    paragraphs: dict[int, list[list[int]]] = {}
    for line, members in lines.items():
        paragraph = parents.get(line, -1)
        # A line without a paragraph is one by itself.
        paragraphs.setdefault(paragraph if paragraph in nodes else line, []).extend(_rows(nodes, members))
    next_words = {node.id: node.next for node in nodes.values() if node.kind == "word"}
    order: list[int] = []
    word_lines: list[int] = []
    line_paragraphs: list[int] = []
    for number, key in enumerate(_paragraph_order(paragraphs, next_words)):
        for row in _row_order(paragraphs[key], nodes, next_words):
            word_lines += [len(line_paragraphs)] * len(row)
            line_paragraphs.append(number)
            order += row
    return order, word_lines, line_paragraphs


def _order_by_boxes(words: Sequence[JsonNode]) -> tuple[list[int], Sequence[int], Sequence[int]]:
    order, word_lines, line_paragraphs = arrange([word.box for word in words], [word.text for word in words])
    return [words[place].id for place in order.tolist()], word_lines.tolist(), line_paragraphs.tolist()


def _paragraph_order(paragraphs: Mapping[int, list[list[int]]], next_words: Mapping[int, int | None]) -> list[int]:
    """Paragraphs by their ids, but for those whose words are followed by words of another one: it comes next."""
    owner = {word: number for number, rows in paragraphs.items() for row in rows for word in row}
    follows: dict[int, int | None] = {}
    for word, other in next_words.items():
        if word in owner and other in owner and owner[other] != owner[word]:
            follows[owner[word]] = owner[other]
    return _chained(sorted(paragraphs), follows)


def _row_order(
    rows: list[list[int]], nodes: Mapping[int, JsonNode], next_words: Mapping[int, int | None]
) -> list[list[int]]:
    """A paragraph's rows in the order that the words' links give, or from top to bottom where a row has no links."""
    linked = {word for word, other in next_words.items() if other is not None} | set(next_words.values())
    if all(linked.intersection(row) for row in rows):
        place = {word: number for number, word in enumerate(_chained(list(next_words), next_words))}
        return sorted(rows, key=lambda row: min(place[word] for word in row))
    return sorted(rows, key=lambda row: (min(nodes[word].box[1] for word in row), row))


def _rows(nodes: Mapping[int, JsonNode], members: Sequence[int]) -> list[list[int]]:
    boxes = np.array([nodes[word].box for word in members])
    return [[members[place] for place in row] for row in rows_of_line(boxes, range(len(members)))]


def _chained(ids: Sequence[int], after: Mapping[int, int | None]) -> list[int]:
    """All ids: chains of which each names the next one, in the order of their first; rings last, from their first."""
    known = set(ids)
    joined = {other for number, other in after.items() if other in known and other != number}
    chain: dict[int, None] = {}
    for start in [*(number for number in ids if number not in joined), *ids]:
        at: int | None = start
        while at in known and at not in chain:
            assert at is not None
            chain[at] = None
            at = after.get(at)
    return list(chain)
