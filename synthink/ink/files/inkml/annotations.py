"""What an InkML file says about its ink: annotations of one text, and those of foreign XML (InkML 1.0, section 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from synthink.ink.files.safe_xml import XmlNode

LABELS = ("normalizedLabel", "truth", "textField", "label")
"""Types of the annotation that is the label of a file; MathWriting has both the first and the last."""
OWN = "synthink"
"""Type of the annotation in which our writer keeps, as JSON, what InkML has no place for."""
_FOREIGN_LABELS = ("label", "truth", "transcription")
_TRUTH = "truth"  # in the type of the foreign XML that is to be believed before others


def unwrapped(truth: str) -> str:
    """A LaTeX truth without the dollars around it, which half of the CROHME files have."""
    inner = truth.strip("$").strip()
    return inner if len(truth) > 1 and truth[0] == truth[-1] == "$" and inner else truth


def annotation_texts(node: XmlNode) -> dict[str, list[str]]:
    """Type -> texts of the annotations directly in an element."""
    texts: dict[str, list[str]] = {}
    for child in node.find("annotation"):
        texts.setdefault(child.attributes.get("type", ""), []).append(child.words())
    return texts


def first_annotation(annotations: Mapping[str, Sequence[str]], order: Sequence[str]) -> tuple[str, str] | None:
    """(type, text) of the first annotation in that order, one that is not empty if there is any."""
    pairs = [(name, text) for name in order for text in annotations.get(name, ())]
    chosen = next((pair for pair in pairs if pair[1]), pairs[0] if pairs else None)
    return (chosen[0], unwrapped(chosen[1])) if chosen and chosen[0] == "truth" else chosen


def xml_label(node: XmlNode) -> tuple[str | None, list[str]]:
    """The label that the foreign XML directly in an element holds, None where it holds none, and its texts named
    `type`: of the first with a label, one called a truth before others."""
    for child in sorted(node.find("annotationXML"), key=lambda child: _TRUTH not in _type(child).lower()):
        inside = list(child.walk())
        labels = [inner.words() for inner in inside if inner.tag in _FOREIGN_LABELS]
        if len(inside) == 1 and _TRUTH in _type(child).lower() and child.words():
            labels = [child.words()]
        if labels:
            types = [inner.words() for inner in inside if inner.tag == "type"]
            return unwrapped(next(filter(None, labels), "")), types
    return None, []


def xml_writer(node: XmlNode) -> str | None:
    """The name in foreign XML about the writer."""
    about = [child for child in node.find("annotationXML") if "writer" in _type(child).lower()]
    names = (name.words() for child in about for name in child.find("name"))
    return next(filter(None, names), None)


def xml_metadata(root: XmlNode) -> dict[str, dict[str, str]]:
    """Type -> what the foreign XML of that type in the root says, of lists of named texts; an attribute of one is named
    with a blank: `captureTime year`."""
    metadata: dict[str, dict[str, str]] = {}
    for child in root.find("annotationXML"):
        if child.children and _is_list(child):
            texts = metadata.setdefault(_type(child) or "annotationXML", {})
            for leaf in child.children:
                texts[leaf.tag] = leaf.words()
                texts |= {f"{leaf.tag} {name}": text for name, text in leaf.attributes.items()}
    return metadata


def unread(root: XmlNode, group_types: Sequence[str]) -> Counter[str]:
    """Counts of annotations that are neither label nor metadata: those in other elements than the root, but for the
    types that groups are read for, and foreign XML that is no list of texts."""
    counts: Counter[str] = Counter()
    for parent, child in _annotations(root):
        kind = _type(child)
        if child.tag == "annotation":
            known = parent is root or (parent.tag in ("traceGroup", "traceView") and kind in group_types)
            counts[f"annotation {kind}"] += not known
            continue
        counts.update(f"annotationXML {name}" for name in child.attributes if name != "type")
        is_metadata = parent is root and _is_list(child)
        names = (leaf.tag for leaf in child.children if not is_metadata and leaf.tag not in (*_FOREIGN_LABELS, "type"))
        counts.update(f"annotationXML {name}" for name in names)
    return counts


def _annotations(root: XmlNode) -> Iterator[tuple[XmlNode, XmlNode]]:
    """(parent, annotation) of all annotations but those inside of others."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for child in node.children:
            if child.tag in ("annotation", "annotationXML"):
                yield node, child
            elif child.children:
                waiting.append(child)


def _type(node: XmlNode) -> str:
    return node.attributes.get("type", "")


def _is_list(node: XmlNode) -> bool:
    """Whether an element holds texts of different names and nothing else."""
    names = [child.tag for child in node.children]
    return len(set(names)) == len(names) and not any(child.children for child in node.children)
