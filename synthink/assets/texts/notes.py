"""Handwritten notes: what people write beside their marks."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from synthink.assets.texts.note_phrases import image_instructions, questions, text_instructions
from synthink.assets.texts.sentences import CLASSES, vocabulary, with_article
from synthink.assets.texts.sources import listed_texts
from synthink.assets.words.letter_case import group_of, upper
from synthink.assets.words.pool import WordPool, named_characters
from synthink.assets.words.words import Words, WordSet
from synthink.core.assets import AssetSet, AssetSpec
from synthink.core.left_out import LEAVES_OUT, LeftOut
from synthink.errors import ConfigError, quoted
from synthink.streams import Stream

MARK = "?"
MOST_LETTERS = 28  # of a note, unless asked for otherwise
MOST_TRIES = 200
CAPITAL = 0.35  # share of the built-in questions and instructions that start with a capital; of inserts fewer do
FIELDS = {
    "insert": "inserts",
    "question": "questions",
    "instruct_text": "instructions_text",
    "instruct_image": "instructions_image",
}
"""Kind of note -> the field with a user's own."""
_PHRASES = {"question": questions, "instruct_text": text_instructions, "instruct_image": image_instructions}

# Forms of inserts; a class of words in braces. Every form has one, and the words around it are in no class: so a text
# can only come from the split that owns its words.
_FORMS = (
    *("{words}", "{words}", "{words}", "{adjectives}", "{adverbs}", "{names}", "{adjectives} {nouns}", "the {nouns}"),
    *("{adverbs} {adjectives}", "very {adjectives}", "not {adjectives}", "more {adjectives}", "and {adverbs}"),
    *("and {names}", "{names} and {names}", "{names}'s {nouns}", "a {nouns}", "with the {nouns}", "near the {nouns}"),
    *("or the {nouns}", "for {names}", "of the {nouns}", "in the {adjectives} {nouns}", "a {adjectives} {nouns}"),
    *("but {adverbs}", "who {moved}", "and {acted} it", "{nouns} and {nouns}", "rather {adjectives}", "{figures}"),
)


class Notes(AssetSpec["NotePool"]):
    """The notes that are written by hand beside marks. Where a list is empty, synthink's own notes are drawn."""

    inserts: tuple[str, ...] = ()
    """The texts to insert. synthink's own are one to four words, or figures."""
    questions: tuple[str, ...] = ()
    """The questions that are asked about a place."""
    instructions_text: tuple[str, ...] = ()
    """The instructions that say what to do with words."""
    instructions_image: tuple[str, ...] = ()
    """The instructions that say what to do with a picture."""
    words: Words = Words(length=(3, 12))
    """The words from which synthink's own inserts of one word are drawn, besides common words in short phrases."""
    strict: bool = False
    """Whether a note that cannot be written is an error; otherwise it is left out and counted."""

    def outside(self) -> list[str]:
        return [] if self.inserts else self.words.outside()

    def open(self) -> NoteSet:
        """Check all texts. Raises `ConfigError` naming a text that can't be written, `AssetError` for a file."""
        left_out = LeftOut()
        texts = {kind: self._listed(field, left_out) for kind, field in FIELDS.items()}
        return NoteSet(self, texts, left_out, None if texts["insert"] else self.words.open())

    def _listed(self, field: str, left_out: LeftOut) -> tuple[str, ...]:
        """A user's texts, sorted, each once. Raises `ConfigError` where one can't be written and the notes are strict,
        or none can."""
        texts: tuple[str, ...] = getattr(self, field)
        listed = listed_texts(texts, field, None if self.strict else left_out)
        if texts and not listed:
            raise ConfigError(field, texts, f"no text is left: {left_out}")
        return tuple(sorted(listed))


class NoteSet(AssetSet["NotePool"]):
    """The notes of all splits together."""

    kind: ClassVar[str] = "notes"

    def __init__(
        self, spec: Notes, texts: Mapping[str, tuple[str, ...]], left_out: LeftOut, words: WordSet | None
    ) -> None:
        """texts: a user's own by kind."""
        self.spec, self.words, self._left_out, self._texts = spec, words, left_out, texts
        self.own = frozenset(kind for kind, listed in texts.items() if not listed)
        """The kinds that are synthink's."""
        self.listed = {kind: texts[kind] or _PHRASES[kind]() for kind in FIELDS if texts[kind] or kind in _PHRASES}

    @property
    def left_out(self) -> LeftOut:
        return self._left_out + self.words.left_out if self.words else self._left_out

    @property
    def languages(self) -> frozenset[str] | None:
        words = self.words.languages if self.words else frozenset[str]()
        return frozenset({"en"}) | words if self.own == set(FIELDS) and words is not None else None

    def drawable(self, characters: frozenset[str], why: str = "no hand writes") -> NoteSet:
        """why: what is said of the characters that are missing."""
        left_out, texts = self._left_out + LeftOut(), dict[str, tuple[str, ...]]()
        for kind, listed in self._texts.items():
            texts[kind] = tuple(text for text in listed if characters.issuperset(text))
            for text in listed if len(texts[kind]) < len(listed) else ():
                others = frozenset(text) - characters
                if others and (self.spec.strict or not texts[kind]):
                    remedy = LEAVES_OUT if texts[kind] else "; leave it out, and name others"
                    reason = f"{why} {named_characters(others)}{remedy}"
                    raise ConfigError(FIELDS[kind], text, reason)
                if others:
                    left_out.note(f"notes with characters that {why}", quoted(text, 40))
        return NoteSet(self.spec, texts, left_out, self.words.drawable(characters, why) if self.words else None)

    def groups(self) -> list[str] | None:
        """None: inserts have no end. A text of a list, or a word of the vocabulary, belongs to one split."""
        return None

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> NotePool:
        """The notes that one split draws from."""
        return NotePool(self, belongs)

    def record(self) -> dict[str, Any]:
        words = self.words.record() if self.words else {}
        parts = [self.listed, sorted(self.own), words.get("fingerprint"), vocabulary() if words else None, _FORMS]
        licences = {"CC0-1.0" if kind in self.own else "unknown" for kind in FIELDS}
        return {
            "fingerprint": hashlib.sha256(json.dumps(parts, sort_keys=True).encode("ascii")).hexdigest(),
            "source": {field: "builtin" if kind in self.own else "list" for kind, field in FIELDS.items()},
            "count": {FIELDS[kind]: len(texts) for kind, texts in self.listed.items()},
            "licences": sorted(licences | set(words.get("licences", ()))),
        }


class NotePool:
    """The notes of one split; the question mark alone belongs to all."""

    def __init__(self, notes: NoteSet, belongs: Callable[[str], bool]) -> None:
        self._own, self._spec = notes.own, notes.spec
        self._listed = {kind: _Owned(texts, belongs) for kind, texts in notes.listed.items()}
        self._inserts: _Inserts | None = None
        if notes.words is not None:
            elsewhere = frozenset(group_of(text) for texts in notes.listed.values() for text in texts)
            self._inserts = _Inserts(notes.words.pool(None, belongs), belongs, elsewhere)

    @cached_property
    def characters(self) -> frozenset[str]:
        """Every character that a note can hold."""
        characters = {MARK}.union(*(text for owned in self._listed.values() for text in owned.texts))
        for kind in self._own & self._listed.keys():
            characters.update(upper(text[0]) for text in self._listed[kind].texts)
        return frozenset(characters) | (self._inserts.characters if self._inserts else frozenset())

    def draw(self, kind: str, stream: Stream, most: int = MOST_LETTERS) -> str:
        """A note of at most `most` characters. kind: `insert`, `question`, `mark`, `instruct_text`, `instruct_image`.

        Raises `ConfigError` where the split owns nothing so short.
        """
        if kind == "mark":
            return MARK
        if kind == "insert" and self._inserts is not None:
            text = self._inserts.draw(stream, most)
        else:
            text = self._listed[kind].draw(stream, most)
        if not text:
            reason = f"this split has no text of at most {most} characters; give more, or set share_across_splits"
            value = "builtin" if kind in self._own else getattr(self._spec, FIELDS[kind])
            raise ConfigError(FIELDS[kind], value, reason)
        if kind in self._own and stream.chance(CAPITAL / 3 if kind == "insert" else CAPITAL):
            return upper(text[0]) + text[1:]
        return text


class _Owned:
    """The texts of a list that belong to one split, the shortest first."""

    def __init__(self, texts: Sequence[str], belongs: Callable[[str], bool]) -> None:
        self.texts = sorted((text for text in texts if belongs(group_of(text))), key=lambda text: (len(text), text))
        self._lengths = [len(text) for text in self.texts]

    def draw(self, stream: Stream, most: int) -> str:
        """One of those that are short enough; empty where none is."""
        fitting = bisect_right(self._lengths, most)
        return self.texts[stream.integers(0, fitting)] if fitting else ""


class _Inserts:
    """synthink's own inserts, of one split's words."""

    def __init__(self, words: WordPool, belongs: Callable[[str], bool], elsewhere: frozenset[str]) -> None:
        """elsewhere: texts, without regard to case, that belong to a split by themselves."""
        self._words, self._elsewhere = words, elsewhere
        classes = {**{name: vocabulary()[name] for name in CLASSES}, "figures": _figures()}
        self._classes = {
            name: tuple(text for text in texts if belongs(group_of(text))) for name, texts in classes.items()
        }
        forms = [_parsed(form) for form in _FORMS]
        self._forms = [form for form in forms if all(self._classes.get(name, True) for _, name, _ in form)]

    @property
    def characters(self) -> frozenset[str]:
        """Every character that an insert can hold."""
        words = "".join("".join(members) for members in self._classes.values())
        characters = (frozenset("".join(_FORMS) + words) - {*"{}"}) | self._words.letters
        return characters | frozenset(map(upper, characters))

    def draw(self, stream: Stream, most: int) -> str:
        """A few words; empty where nearly none are short enough."""
        for _ in range(MOST_TRIES):
            text = ""
            for before, name, after in stream.choice(self._forms):
                word = self._words.draw(stream) if name == "words" else stream.choice(self._classes[name])
                text += (with_article(word) if before == "a " else before + word) + after
            if len(text) <= most and group_of(text) not in self._elsewhere:
                return text
        return ""


def _parsed(form: str) -> tuple[tuple[str, str, str], ...]:
    """What stands before each class, the class, and what stands after it."""
    parts = form.replace("}", "{").split("{")
    ends = ["" for _ in parts[2::2]]
    ends[-1] = parts[-1]
    return tuple(zip(parts[0::2], parts[1::2], ends, strict=False))


def _figures() -> tuple[str, ...]:
    """Years, counts, shares, numbers of pages and figures."""
    return (
        *(form.format(year) for year in range(1900, 2031) for form in ("{}", "in {}", "since {}", "({})", "until {}")),
        *(form.format(n) for n in range(2, 100) for form in ("{}", "about {}", "{}%", "[{}]", "p. {}", "fig. {}")),
        *(f"{n} {unit}" for n in range(2, 60) for unit in ("km", "kg", "cm", "years", "days", "times")),
    )
