"""Style sheets of SVG: which declarations hold for an element (CSS 2.1, chapters 4 to 6; media queries).

Understood are names, `*`, classes, identifiers, attributes, places among siblings (`:first-child`, `:nth-child(2n+1)`),
`:not`, descendants, children and siblings, lists of them, `!important`, the order of specificity, and blocks for
media, of which those for a screen hold. Rules of other selectors, of media that
depend on a window, and imported sheets do not hold, and are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from synthink.ink.files.base import Reading
from synthink.ink.files.safe_xml import XmlNode
from synthink.ink.files.svg.selectors import Bits, Matcher, Place, Specificity, Step, parse_selector, specificity

MOST_CHECKS = 100_000
"""The most comparisons of elements with steps of selectors, some microseconds each, beside a few for each element."""
_CHECKS = 5  # for each element
MOST_RULES = 20_000
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_TOKEN = re.compile(r""" "(?:\\.|[^"\\])*+"? | '(?:\\.|[^'\\])*+'? | [{};] | [^"'{};]++ """, re.DOTALL | re.VERBOSE)
_QUERY = re.compile(r"\s*(?:(not|only)\s+)?([a-z-]+)?\s*(?:and\s*)?((?:\([^()]*\)\s*(?:and\s*)?)*)\s*", re.IGNORECASE)
_SCREEN = ("all", "screen")
_NESTING = ("media", "supports", "layer")
_INLINE = (1, 0, 0, 0)  # specificity of a style attribute


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector and what it declares: property -> (value, whether it is important)."""

    steps: tuple[Step, ...]
    specificity: Specificity
    declarations: Mapping[str, tuple[str, bool]]


@dataclass(slots=True)
class StyleSheet:
    """The rules of a document in order, and how often what was left out of them occurred."""

    reading: Reading
    rules: list[Rule] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    _prelude: list[str] = field(default_factory=list)
    """The text before a brace: a selector, or what begins with @."""
    _blocks: list[bool] = field(default_factory=list)
    """Whether the rules in each open block of an @ hold."""
    _body: list[str] | None = None
    """The declarations of an open rule."""
    _skipped: int = 0
    """How many braces are open of what is skipped."""

    def read(self, text: str, media: str = "") -> None:
        """Add the rules of the text of a style element, which are for these media."""
        if not self._holds(media):
            return
        self._prelude, self._blocks, self._body, self._skipped = [], [], None, 0
        for match in _TOKEN.finditer(_COMMENT.sub(" ", text)):
            token = match[0]
            if self._skipped:
                self._skipped += (token == "{") - (token == "}")
            elif token == "{":
                self._open()
            elif token == "}":
                self._close()
            elif self._body is not None:
                self._body.append(token)
            elif token == ";":
                self._end_statement()
            else:
                self._prelude.append(token)
        if self._body is not None:  # the end of a sheet closes what is open
            self._close()

    def _open(self) -> None:
        """Go into a rule, or into a block of rules that an @ names."""
        if self._body is not None:
            self.left_out["nested style rules"] += 1
            self._skipped = 1
            return
        selector = "".join(self._prelude).strip()
        if not selector.startswith("@"):
            self._body = []
            return
        name = _word(selector[1:])
        if name in _NESTING:
            condition = selector[1 + len(name) :]
            if name == "supports" and "not" in condition.lower():
                self.left_out["@supports with a not"] += 1
                self._blocks.append(False)
            else:
                self._blocks.append(name != "media" or self._holds(condition))
        else:
            self.left_out[f"@{name}"] += 1
            self._skipped = 1
        self._prelude = []

    def _close(self) -> None:
        if self._body is None:
            self._blocks = self._blocks[:-1]
        elif all(self._blocks):
            self._add("".join(self._prelude), "".join(self._body))
        self._prelude, self._body = [], None

    def _end_statement(self) -> None:
        """Count a statement without a block: another sheet that is imported, a namespace."""
        statement = "".join(self._prelude).strip()
        if statement.startswith("@") and _word(statement[1:]) not in ("charset", "namespace"):
            self.left_out[f"@{_word(statement[1:])}"] += 1
        self._prelude = []

    def _holds(self, media: str) -> bool:
        """Whether rules for these media hold on a screen."""
        answers = [_query(query) for query in media.split(",")]
        if True not in answers and None in answers:
            self.left_out["@media that depends on a window"] += 1
        return True in answers

    def _add(self, selectors: str, body: str) -> None:
        declarations = declared(body)
        for selector in selectors.split(",")[: MOST_RULES + 1]:
            steps = parse_selector(selector.strip())
            if steps is None:
                self.left_out["style rules with selectors that are not read"] += 1
            else:
                self.rules.append(Rule(steps, specificity(steps), declarations))
        if len(self.rules) > MOST_RULES:
            self.reading.fail(f"has more than {MOST_RULES} style rules")

    def styles(self, root: XmlNode) -> dict[XmlNode, dict[str, str]]:
        """Element -> the values that rules and its `style` attribute declare, of elements that have any.

        Raises `InkError` for more elements and selectors than can be compared in a moment.
        """
        matcher = Matcher([rule.steps for rule in self.rules])
        styles: dict[XmlNode, dict[str, str]] = {}
        waiting: list[tuple[Sequence[XmlNode], Bits, Bits]] = [((root,), {}, {})]
        while waiting:
            children, above, parent = waiting.pop()
            before: Bits = {}
            earlier: Bits = {}
            for node, place in zip(children, _places(children, root), strict=True):
                matcher.checks -= _CHECKS
                around = {" ": above, ">": parent, "+": before, "~": earlier}
                matched, here = matcher.matches(node, around, place)
                matcher.checks += sum(len(self.rules[rule].declarations) for rule in matched)
                if matcher.checks > MOST_CHECKS:
                    self.reading.fail("has too many elements and style rules to compare")
                if matched or "style" in node.attributes:
                    styles[node] = self._cascaded(node, matched)
                if node.children:
                    matcher.checks += len(above) // 20 if here else 0
                    waiting.append((node.children, _joined(above, here) if here else above, here))
                before = here
                for rule, bits in here.items():
                    earlier[rule] = earlier.get(rule, 0) | bits
        return styles

    def _cascaded(self, node: XmlNode, places: Sequence[int]) -> dict[str, str]:
        """The values of the rules in these places and of the element's own attribute, each by the highest that says
        one: important before specific before late."""
        matched = [(self.rules[place].specificity, place, self.rules[place].declarations) for place in places]
        if "style" in node.attributes:
            matched.append((_INLINE, len(self.rules), declared(node.attributes["style"])))
        best: dict[str, tuple[tuple[bool, Specificity, int], str]] = {}
        for weight, place, declarations in matched:
            for name, (value, important) in declarations.items():
                rank = (important, weight, place)
                if name not in best or best[name][0] < rank:
                    best[name] = rank, value
        return {name: value for name, (_, value) in best.items()}


def _joined(above: Bits, here: Bits) -> Bits:
    return {**above, **{rule: above.get(rule, 0) | bits for rule, bits in here.items()}}


def _places(children: Sequence[XmlNode], root: XmlNode) -> Iterator[Place]:
    """The place of each of the children of one element."""
    counts = Counter(node.tag for node in children)
    numbers = Counter[str]()
    for number, node in enumerate(children, start=1):
        numbers[node.tag] += 1
        yield Place(number, len(children), numbers[node.tag], counts[node.tag], node is root)


def declared(text: str) -> dict[str, tuple[str, bool]]:
    """Property -> value and whether it is important, of declarations between semicolons; the last one counts, unless
    an earlier one is important and it is not."""
    declarations: dict[str, tuple[str, bool]] = {}
    for declaration in _COMMENT.sub(" ", text).split(";"):
        name, _, value = declaration.partition(":")
        value, mark, _ = value.partition("!")
        important = bool(mark)
        name = name.strip().lower()
        if name and value.strip() and (important or not declarations.get(name, ("", False))[1]):
            declarations[name] = value.strip(), important
    return declarations


def _word(text: str) -> str:
    """The name of what begins with an @."""
    return re.split(r"[(\s]", text, maxsplit=1)[0].lower()[:20]


def _query(query: str) -> bool | None:
    """Whether a media query holds on a screen, None where that depends on its size or the like."""
    match = _QUERY.fullmatch(query)
    if match is None:
        return None
    fits: bool | None = (match[2] or "all").lower() in _SCREEN
    if match[3] and fits:
        fits = None
    return None if fits is None else fits != ((match[1] or "").lower() == "not")
