"""Answers in sentences: an answer put into a template, and found again in what a model wrote.

A strict reading wants one of the templates, to the letter. A lenient one takes an answer out of whatever sentence it
stands in, and takes none where the sentence denies something or names several.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

ANSWER = "{answer}"
"""The place of the answer in a template."""
PLAIN = (ANSWER,)
"""The templates of answers that stand alone."""

LONGEST = 2000  # characters of a sentence in which an answer is looked for
LONGEST_LABEL = 100_000  # characters of labels, such as the tokens of strokes
_QUOTES = "\"'`*“”‘’«»"
_AROUND = f" .,;:!?{_QUOTES}"
"""What may stand around an answer and is no part of it."""
_DENIED = re.compile(r"\b(?:not|no|never|neither|nor|none|cannot|except|unlike|without|rather|instead)\b|n['’]t\b")
_NOTHING = re.compile(r"\b(?:none|nothing|no (?:circled |marked )?(?:letters?|characters?|rings?|circles?|one))\b")
_QUOTED = re.compile(rf"(?<!\w)[{_QUOTES}]+([^{_QUOTES}\n]+?)[.,]?[{_QUOTES}]+(?!\w)")
_LABELS = (re.compile(r"<loc\d{4}>(?:[ ;\n]*<loc\d{4}>)*"), re.compile(r"\{[^{}]*\}"))
"""Labels that stand in a sentence: location tokens, one after the other, and a JSON object."""
_LED = re.compile(
    r"(?:sure[,.!]? |certainly[,.!]? )?(?:i (?:think|believe) (?:that )?)?(?:here is |here's )?"
    r"(?:it|this|(?:the|this|my) (?:[\w-]+ )?(?:answer|text|words?|writing|handwriting|note|line|shape|drawing|box))"
    r"(?: [\w-]+){0,5}?(?: is| are| says| reads| shows|:|'s) ?:? ?(?:an? )?",
    re.IGNORECASE,
)
_LETTER = re.compile(r"(?<![\w'’])[^\W_](?!\w)")
_AFTER = ("is", "was", "are", "were", "and", "or", "has")
"""Words before which a single I, A or a is a letter; before other words it is a word itself."""
_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    "twelve",
)
_ORDINALS = ("", *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"))


def fill_answer(template: str, answer: str) -> str:
    """The template with the answer in its place."""
    return template.replace(ANSWER, answer)


def read_answer(text: str, templates: Iterable[str]) -> str | None:
    """The answer in a text that is one of the templates filled, by the template that says the most; None where the text
    is none of them. Blanks around the text do not count."""
    stripped = text.strip()
    for template in sorted(templates, key=len, reverse=True):
        before, _, after = template.strip().partition(ANSWER)
        long_enough = len(stripped) >= len(before) + len(after)
        if long_enough and stripped.startswith(before) and stripped.endswith(after):
            answer = stripped[len(before) : len(stripped) - len(after)]
            if answer.strip() == answer:
                return answer
    return None


def readings(text: str, templates: Iterable[str] = PLAIN) -> list[str]:
    """The answers that a text may stand for, without regard to case and to punctuation around it: the text itself, what
    stands in one of the templates, in the only quotes, or after words like "The text reads", and the only label."""
    text = text.strip()[:LONGEST_LABEL]
    texts = [text]
    for template in templates:
        before, _, after = (_plain(part) for part in template.partition(ANSWER))
        plain = _plain(text)
        if plain.startswith(before) and plain.endswith(after):
            texts.append(plain[len(before) : len(plain) - len(after)])
    fenced = re.fullmatch(r"```\w*\n?(.*?)\n?```", text, re.DOTALL)
    texts += [fenced[1]] if fenced else []
    quoted = _QUOTED.findall(text) if len(text) <= LONGEST else []
    if len(quoted) == 1 and not denies(_QUOTED.sub(" ", text)):
        texts += quoted
    led = _LED.match(text)
    if led and not denies(led[0]):
        texts.append(text[led.end() :])
    for pattern in _LABELS:
        labels = pattern.findall(text)
        if len(labels) == 1 and not denies(pattern.sub(" ", text)):
            texts += labels
    texts += [reading.strip(marks) for reading in texts for marks in (" \n.", f"\n{_AROUND}")]
    return list(dict.fromkeys(filter(None, (reading.strip() for reading in texts))))


def alike(one: str, other: str) -> bool:
    """Whether two texts are the same but for case, blanks, and punctuation at their ends."""
    return _plain(one) == _plain(other) != ""


def denies(text: str) -> bool:
    """Whether a sentence holds a word that may turn what it says into its opposite: not, no, except, rather."""
    return _DENIED.search(text[:LONGEST].casefold()) is not None


def says_nothing_there(text: str) -> bool:
    """Whether a sentence says that there is none: "none", "No letter is circled."."""
    return _NOTHING.search(text[:LONGEST].casefold()) is not None


def named_letters(text: str) -> list[str]:
    """The single letters that a sentence names, in its order and case, those in quotes alone where there are any; none
    where the sentence denies something."""
    text = text[:LONGEST]
    if denies(text):
        return []
    quoted = [part for part in _QUOTED.findall(text) if len(part) == 1 and part.isalnum()]
    if quoted:
        return quoted
    letters = []
    for match in _LETTER.finditer(text):
        rest = text[match.end() :]
        is_word = match[0] in "aAI" and re.match(r" [\w]|['’]", rest) and rest.split()[0].strip(",.") not in _AFTER
        if not is_word:
            letters.append(match[0])
    return letters


def named_numbers(text: str) -> list[int]:
    """The numbers up to 9999 that a sentence names in digits (3, 3rd) or words (three, third), in its order; none where
    the sentence denies something."""
    if denies(text):
        return []
    numbers = []
    for word in re.findall(r"\w+", text[:LONGEST].casefold()):
        digits = re.fullmatch(r"([0-9]{1,4})(?:st|nd|rd|th)?", word)
        if digits:
            numbers.append(int(digits[1]))
        elif word in _NUMBERS:
            numbers.append(_NUMBERS.index(word))
        elif word in _ORDINALS:
            numbers.append(_ORDINALS.index(word))
    return numbers


def named_words(text: str, words: Collection[str]) -> set[str]:
    """Those of some words that a sentence names, in either case; none where the sentence denies something."""
    plain = text[:LONGEST].casefold()
    if denies(text):
        return set()
    named = {word for word in words if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", plain)}
    return {word for word in named if not any(word != other and word in other for other in named)}


def joined(parts: Sequence[str]) -> str:
    """Several answers as one: `A, C`."""
    return ", ".join(parts)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_AROUND)
