"""Parts of speech of the builtin words, read off their endings and the inflected forms that stand beside them.

No dictionary is needed: a word with a past and a participle is a verb, one with an adverb is an adjective, and endings
such as `tion` and `ity` mark nouns. What this gets wrong, or what reads badly, is listed in `word_classes.txt`.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from synthink.assets.words.sources import builtin_words

_VOWELS = "aeiou"
_PROCESS = ("tion", "sion", "ment")
_PROPERTY = ("ity", "ance", "ence", "ancy", "ency", "acy")
_TRAIT = ("ness", "ship", "hood", "dom", "ism")
_PERSON = ("er", "or", "ist", "ian", "eer", "ess", "man", "ee", "ant", "eur")
_LATINATE = ("ate", "ise", "ize", "ify")


@cache
def word_classes() -> dict[str, tuple[str, ...]]:
    """Class -> its words, sorted, each once.

    `process`, `property` and `trait` are abstract nouns, `object` other nouns that are no persons, each with a class of
    its plurals (`processes`, ...); `treat` verbs that take an object, with `treats`, `treated` and `treating`;
    `quality` adjectives, `manner` adverbs, `any` all builtin words. Verbs and adjectives come in the order of their
    forms, so that equal places in `treat` and `treated` hold forms of one verb.
    """
    words = frozenset(builtin_words())
    unfit = _unfit()
    usable = sorted(words - unfit)
    verbs = {base: forms for base in usable if len(base) > 2 and (forms := _verb_forms(base, words))}
    formal = [base for base in verbs if len(base) > 4 and (base.endswith(_LATINATE) or _has_noun(base, words))]
    qualities = [word for word in usable if len(word) > 3 and _adverb(word) in words and word not in verbs]
    nouns = [word for word in usable if len(word) > 3 and word not in verbs]
    abstract = {name: [noun for noun in nouns if len(noun) > 6 and noun.endswith(ends)] for name, ends in (
        ("process", _PROCESS), ("property", _PROPERTY), ("trait", _TRAIT))}  # fmt: skip
    objects = [noun for noun in nouns if _is_object(noun, words)]
    classes = {
        **abstract,
        "processes": _plurals(abstract["process"], words),
        "properties": _plurals(abstract["property"], words),
        "object": objects,
        "objects": _plurals(objects, words),
        "treat": formal,
        "treats": [third_person(base) for base in formal],
        "treated": [verbs[base][0] for base in formal],
        "treating": [verbs[base][1] for base in formal],
        "quality": qualities,
        "manner": [_adverb(word) for word in qualities],
        "any": usable,
    }
    return {name: tuple(members) for name, members in classes.items()}


def third_person(noun_or_verb: str) -> str:
    """The form in -s: the third person of a verb, the plural of a regular noun."""
    if noun_or_verb.endswith("y") and noun_or_verb[-2:-1] not in _VOWELS:
        return f"{noun_or_verb[:-1]}ies"
    return f"{noun_or_verb}es" if noun_or_verb.endswith(("s", "x", "z", "ch", "sh")) else f"{noun_or_verb}s"


def _unfit() -> frozenset[str]:
    text = resources.files("synthink.assets.texts").joinpath("word_classes.txt").read_text(encoding="ascii")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _plurals(nouns: list[str], words: frozenset[str]) -> list[str]:
    return [plural for noun in nouns if (plural := third_person(noun)) in words]


def _verb_forms(base: str, words: frozenset[str]) -> tuple[str, str] | None:
    """Past and participle of a regular verb, where both are words."""
    stem, doubled = base.removesuffix("e"), base + base[-1]
    pasts = [f"{stem}ed", f"{doubled}ed"]
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        pasts = [f"{base[:-1]}ied"]
    past = next((form for form in pasts if form in words), None)
    participle = next((form for form in (f"{stem}ing", f"{doubled}ing") if form in words), None)
    return (past, participle) if past and participle else None


def _has_noun(verb: str, words: frozenset[str]) -> bool:
    """Whether a noun of Latin form is made from the verb: adoption from adopt."""
    stem = verb.removesuffix("e")
    endings = ("ation", "ion", "ition", "ance", "ence", "al", "ure")
    nouns = [f"{verb}ment", f"{verb[:-1]}ication", *(stem + ending for ending in endings)]
    if verb.endswith(("d", "de")):
        nouns.append(f"{stem.removesuffix('d')}sion")
    return any(noun in words and noun != verb for noun in nouns)


def _adverb(adjective: str) -> str:
    if adjective.endswith("ic"):
        return f"{adjective}ally"
    if adjective.endswith("y"):
        return f"{adjective[:-1]}ily"
    if adjective.endswith(("le", "ll")):
        return f"{adjective[:-1]}y" if adjective.endswith("le") else f"{adjective}y"
    return f"{adjective}ly"


def _is_object(noun: str, words: frozenset[str]) -> bool:
    others = (*_PROCESS, *_PROPERTY, *_TRAIT, *_PERSON, "ing", "ed", "ly", "s")
    compared = {noun + ending for ending in ("er", "est")} & words
    return third_person(noun) in words and not noun.endswith(others) and not compared and _adverb(noun) not in words
