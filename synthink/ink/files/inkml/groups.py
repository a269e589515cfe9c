"""Spans of an InkML file: its trace groups and views, and what their annotations say (InkML 1.0, section 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.files.inkml.annotations import annotation_texts, first_annotation, xml_label
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.model import Span, SpanKind

Part = tuple[int, int, int]
LABELS = ("truth", "transcription", "textField", "label")
"""Types of the annotation that is the label of a group."""
TYPES = ("type", "kind")
"""Types of the annotation that says what a group is."""
_KINDS: dict[str, SpanKind] = {
    "character": "character",
    "char": "character",
    "letter": "character",
    "word": "word",
    "line": "line",
    "textline": "line",
    "sentence": "line",
    "symbol": "symbol",
}
_LAYOUT = ("document", "textblock", "paragraph", "drawing", "diagram", "table", "list", "garbage", "structure")
_STEPS = 300_000  # views of views may multiply; a page has some thousand


@dataclass(slots=True)
class Groups:
    """Resolves the groups and views of one file. parts: trace -> where its points are, None for one without points;
    damaged: the traces that were left out, whose groups would say more than they hold. lost: how many such groups."""

    root: XmlNode
    traces: Mapping[str, XmlNode]
    parts: Mapping[XmlNode, Part | None]
    damaged: Set[XmlNode]
    reading: Reading
    lost: int = 0
    steps: int = 0
    _is_damaged: bool = False

    def spans(self) -> list[Span]:
        """The spans in document order: of each group with a label and traces or views of its own."""
        groups = [node for node in self.root.walk() if node.tag in ("traceGroup", "traceView")]
        named = {node.identifier: node for node in groups}
        spans = []
        for group in groups:
            reference = group.attributes.get("traceDataRef", "")
            if reference and _name(reference) not in self.traces and _name(reference) not in named:
                self.reading.skip(f"refers to {quoted(reference)}, which is not in the file", group.where, group.offset)
            about = self._about(group)
            self._is_damaged = False
            parts = tuple(dict.fromkeys(_parts(self._tree(group, named, ())))) if about else ()
            self.lost += self._is_damaged
            if about and parts and not self._is_damaged:
                spans.append(Span(*about, parts))
        return spans

    def _about(self, group: XmlNode) -> tuple[str, SpanKind] | None:
        """Label and kind of a group, None for one that only holds others."""
        texts = annotation_texts(group)
        foreign, foreign_types = xml_label(group)
        types = [text for name in TYPES for text in texts.get(name, ())] + foreign_types
        kind = next((_KINDS[text.lower()] for text in types if text.lower() in _KINDS), None)
        label = first_annotation(texts, LABELS)
        if label is None and foreign is not None:
            label = ("", foreign)
        if label is not None and (kind is not None or self._holds(group)):
            return label[1], kind or "symbol"
        # A mark without words, such as Marking_Underline, says what it is by its type.
        if label is None and kind is None and types and types[0].lower() not in _LAYOUT and self._holds(group):
            return types[0], "symbol"
        return None

    def _holds(self, group: XmlNode) -> bool:
        """Whether the group has traces or plain views of its own."""
        return "traceDataRef" in group.attributes or any(
            child.tag == "trace" or (child.tag == "traceView" and "traceDataRef" in child.attributes)
            for child in group.children
        )

    def _tree(self, node: XmlNode, named: Mapping[str | None, XmlNode], above: tuple[XmlNode, ...]) -> _Tree:
        """The traces under a group or view: parts, in lists nested like the groups."""
        self.steps += 1
        if self.steps > _STEPS or node in above or len(above) > 2 * self.reading.limits.depth:
            self.reading.fail("refers to itself, or to too many others", node.where, node.offset)
        if node.tag == "trace":
            self._is_damaged |= node in self.damaged
            return self.parts.get(node)
        reference = node.attributes.get("traceDataRef")
        if reference is None:
            inside = [child for child in node.children if child.tag in ("trace", "traceGroup", "traceView")]
            return [self._tree(child, named, (*above, node)) for child in inside]
        target = self.traces.get(_name(reference)) or named.get(_name(reference))
        if target is None:
            return None  # said in spans
        tree = self._tree(target, named, (*above, node))
        try:
            return _cut(tree, _indices(node, "from"), _indices(node, "to"))
        except ValueError as error:
            self.reading.skip(str(error), node.where, node.offset)
            return None


_Tree = Part | list["_Tree"] | None


def _name(reference: str) -> str:
    return reference.rpartition("#")[2]  # CROHME writes the bare name


def _parts(tree: _Tree) -> Iterator[Part]:
    if isinstance(tree, list):
        for branch in tree:
            yield from _parts(branch)
    elif tree is not None:
        yield tree


def _indices(node: XmlNode, name: str) -> list[int]:
    """`from` or `to`: the number of the child, of its child, .., of the point, from 1, between colons."""
    words = node.attributes.get(name, "").split(":") if node.attributes.get(name) else []
    if not all(word.isascii() and word.strip().isdecimal() and len(word) < 18 and int(word) > 0 for word in words):
        raise ValueError(f"{name}={quoted(node.attributes[name])} is no number from 1")
    return [int(word) for word in words]


def _cut(tree: _Tree, first: list[int], last: list[int]) -> _Tree:
    """The part of a tree from one place to another, both included."""
    if tree is None or not (first or last):
        return tree
    many = len(tree) if isinstance(tree, list) else tree[2] - tree[1]
    start, stop = (first or [1])[0], (last or [many])[0]
    if not start <= stop <= many:
        raise ValueError(f"takes {start} to {stop} of {many}")
    if isinstance(tree, tuple):
        return tree[0], tree[1] + start - 1, tree[1] + stop
    chosen = range(start, stop + 1)
    return [_cut(tree[i - 1], first[1:] * (i == start), last[1:] * (i == stop)) for i in chosen]
