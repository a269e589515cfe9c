"""XML that no one here wrote, as a plain tree: size, depth and elements are bounded, and nothing outside is loaded.

A document type may name an outside DTD, which is never loaded, and declare what changes nothing: attribute lists, whose
defaults are ignored, and entities of a few plain characters, as drawing programs abbreviate namespaces. Entities that
are made of entities, stand outside the file, or would unpack to far more than the file are refused by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.parsers import expat

from synthink.errors import quoted
from synthink.files import write_atomically
from synthink.ink.files.base import Reading, read_bytes, unpacked_head
from synthink.ink.files.fates import EVERYTHING, Fates
from synthink.ink.model import Ink, InkError

ELEMENTS = 250_000  # as nodes some 300 bytes and 4 us each
_NONE: list[Any] = []  # never filled
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_TEXT_BUFFER = 1 << 16
_NAMES = (b"<\0", b"\0<", b"\xff\xfe", b"\xfe\xff")
# Atomic, so that hostile prologs cost linear time.
_PROLOG = re.compile(
    r"\ufeff?(?:\s++|(?><\?.*?\?>)|(?><!--.*?-->))*+(?:<!DOCTYPE\s+|<)(?:[\w.-]+:)?([\w.-]+)", re.DOTALL
)
_HEAD = 200  # bytes in which a file names its encoding
_LONGEST_ENTITY = 1000  # characters
_UNPACKED = 1 << 20  # characters that entities may come to beside the length of the file


class XmlNode:
    """An element: its local name, attributes as written, the text directly in it, its children, where it begins."""

    __slots__ = ("attributes", "children", "line", "offset", "tag", "texts")

    def __init__(self, tag: str, attributes: dict[str, str], offset: int, line: int) -> None:
        self.tag, self.attributes, self.offset, self.line = tag, attributes, offset, line
        self.children: list[XmlNode] = _NONE  # most elements have none: lists are made when they are needed
        self.texts: list[str] = _NONE

    @property
    def text(self) -> str:
        """The text directly in the element, as one string."""
        return self.texts[0] if len(self.texts) == 1 else "".join(self.texts)

    @property
    def identifier(self) -> str | None:
        """The identifier of the element: its `xml:id`, or its `id`."""
        return self.attributes.get("xml:id", self.attributes.get("id"))

    @property
    def where(self) -> str:
        """The element for an error message: name, identifier or line."""
        name = self.identifier
        return f"{self.tag} {quoted(name)}" if name is not None else f"{self.tag} on line {self.line}"

    def words(self) -> str:
        """The text as a label: without blanks around it unless `xml:space` says that they count."""
        return self.text if self.attributes.get("xml:space") == "preserve" else self.text.strip()

    def find(self, tag: str) -> Iterator[XmlNode]:
        """The children of that name."""
        return (child for child in self.children if child.tag == tag)

    def walk(self) -> Iterator[XmlNode]:
        """This element and all below it, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


def unknown_in(root: XmlNode, fates: Fates) -> Counter[str]:
    """How often each attribute in a tree occurs that is neither read nor kept, and each element that the fates do not
    name; what lies in those is not looked at."""
    counts: Counter[str] = Counter()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        known = fates.known.get(node.tag)
        if known is None:
            counts[node.tag] += 1
            continue
        if EVERYTHING in known:
            continue
        if not node.attributes.keys() <= known:
            counts.update(fates.unknown((name for name in node.attributes if not name.startswith("xmlns")), node.tag))
        waiting.extend(node.children)
    return counts


def holds(text: str) -> bool:
    """Whether XML can hold the text: it has no way to write most control characters."""
    return _NOT_XML.search(text) is None


def checked(text: str, what: str) -> str:
    """The text, for a writer; `InkError` naming the character that XML cannot hold."""
    match = _NOT_XML.search(text)
    if match:
        raise InkError(f"{quoted(text)} has the character {quoted(match.group())}, which XML cannot hold", "", what)
    return text


def write_lines(path: Path, inks: Sequence[Ink], kind: str, lines: Callable[[Ink], Iterator[str]]) -> None:
    """Write the lines of the only ink into a file, which appears whole or not at all.

    Raises `InkError` that names the file for any other number of inks, and for what `lines` refuses.
    """
    if len(inks) != 1:
        reason = f"{kind} holds one ink a file, not {len(inks)}; write ndjson or npz, or a file for each"
        raise InkError(reason, path.name)
    try:
        content = "\n".join(lines(inks[0])) + "\n"
    except InkError as error:
        raise InkError(error.reason, path.name, error.element) from None
    write_atomically(path, content.encode())


def root_name(head: bytes) -> str | None:
    """Local name of the root element from the first bytes of a file, packed or not; None where they show none."""
    head = unpacked_head(head)
    text = head.decode("utf-16" if head[:2] in _NAMES[2:] else "latin-1", "ignore")
    if head[:2] in _NAMES[:2]:
        text = head.decode("utf-16-le" if head[:2] == _NAMES[0] else "utf-16-be", "ignore")
    match = _PROLOG.match(text.removeprefix("\xef\xbb\xbf"))
    return match.group(1) if match else None


def load(path: Path, reading: Reading) -> XmlNode:
    """The root of the file's tree; the file may be gzipped. See `parse`."""
    return parse(read_bytes(path, reading), reading)


def parse(data: bytes, reading: Reading) -> XmlNode:
    """The root of the tree in `data`, in whatever encoding it declares.

    Raises `InkError` with line and byte offset for what is no XML, has entities that are not harmless, or goes beyond
    the limits.
    """
    root, fault = parse_start(data, reading)
    if fault is not None:
        raise fault
    return root


def parse_start(data: bytes, reading: Reading) -> tuple[XmlNode, InkError | None]:
    """The root of the tree in `data` with the elements that are whole, and why it is not all.

    Of a file that is cut off or damaged the elements directly in the root count, up to there. Raises `InkError` as
    `parse` does for data without a root, for entities, and beyond the limits.
    """
    if not data.strip():
        reading.fail("is empty")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = _TEXT_BUFFER
    parser.specified_attributes = True  # not those that an attribute list would add
    roots, open_nodes = _handle(parser, reading, data)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = f"is no XML that can be read: {expat.ErrorString(error.code)}"
        byte = data[parser.ErrorByteIndex : parser.ErrorByteIndex + 1]
        if byte > b"\x7f" and b"encoding" not in data[:_HEAD]:
            reason += f" (0x{byte[0]:02X} is not UTF-8; name the file's encoding in its first line)"
        fault = InkError(reason, reading.file, f"line {error.lineno}", parser.ErrorByteIndex)
    except (LookupError, UnicodeError, ValueError) as error:  # from the codec of a declared encoding
        reason = f"is no XML that can be read: {quoted(str(error))}"
        fault = InkError(reason, reading.file, f"line {parser.CurrentLineNumber}")
    else:
        return roots[0], None
    if not roots:
        raise fault
    if len(open_nodes) > 1:
        roots[0].children.pop()
    return roots[0], fault


def _handle(parser: Any, reading: Reading, data: bytes) -> tuple[list[XmlNode], list[XmlNode]]:  # noqa: C901 - a state in common
    """Let the parser build the tree; the lists will hold its root, and the elements that are open."""
    depth_limit = reading.limits.depth
    roots: list[XmlNode] = []
    open_nodes: list[XmlNode] = []
    count = 0

    def refuse(reason: str) -> None:
        reading.fail(reason, f"line {parser.CurrentLineNumber}", parser.CurrentByteIndex)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > ELEMENTS:
            refuse(f"has more than {ELEMENTS} elements")
        # find gives -1 where there is no prefix
        node = XmlNode(name[name.find(":") + 1 :], attributes, parser.CurrentByteIndex, parser.CurrentLineNumber)
        if open_nodes:
            if len(open_nodes) >= depth_limit:
                refuse(f"has elements nested deeper than {depth_limit}")
            parent = open_nodes[-1]
            if parent.children:
                parent.children.append(node)
            else:
                parent.children = [node]
        else:
            roots.append(node)
        open_nodes.append(node)

    def end(_name: str) -> None:
        open_nodes.pop()

    def text(piece: str) -> None:
        node = open_nodes[-1]
        if node.texts:
            node.texts.append(piece)
        else:
            node.texts = [piece]

    def entity(name: str, is_parameter: int, value: str | None, *_about: Any) -> None:
        entity_name = f"declares the entity {quoted(name, 40)}"
        if is_parameter or value is None:
            refuse(f"{entity_name}, which {'is a parameter' if is_parameter else 'stands outside the file'}: refused")
        elif "&" in value or "<" in value:
            refuse(f"{entity_name}, which is made of others or of elements: refused")
        elif len(value) > _LONGEST_ENTITY or data.count(b"&") * len(value) > len(data) + _UNPACKED:
            refuse(f"{entity_name}, which may unpack to too much: refused")

    def skipped_entity(name: str, *_about: Any) -> None:
        refuse(f"uses the entity {quoted(name, 40)}, which it does not declare")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler, parser.SkippedEntityHandler = entity, skipped_entity
    return roots, open_nodes
