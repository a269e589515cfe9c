"""Short definitions of builtin words that are made from others: `boldness`, the state of being bold."""

from __future__ import annotations

from functools import cache

from synthink.assets.texts.word_classes import word_classes

_ENDINGS = {
    "lessness": "the state of being {}less",
    "fulness": "the state of being {}ful",
    "ness": "the state of being {}",
    "less": "without {}",
    "est": "superlative of {}",
}


@cache
def definitions() -> dict[str, str]:
    """Word -> what it means, by its form alone; sorted by word. No definition ends with a full stop."""
    classes = word_classes()
    usable, qualities = frozenset(classes["any"]), frozenset(classes["quality"])
    meanings = {word: meaning for word in classes["any"] if (meaning := _by_ending(word, usable))}
    for adverb, adjective in zip(classes["manner"], classes["quality"], strict=True):
        meanings[adverb] = f"in a manner that is {adjective}"
        if adjective.startswith("un") and adjective[2:] in qualities:
            meanings[adjective] = f"not {adjective[2:]}; the opposite of {adjective[2:]}"
    verbs = (classes[form] for form in ("treat", "treated", "treating"))
    for base, past, participle in zip(*verbs, strict=True):
        meanings[past] = f"past tense and participle of {base}"
        meanings[participle] = f"present participle of {base}"
    for singular, plural in zip(classes["object"], classes["objects"], strict=True):
        meanings[plural] = f"plural of {singular}"
    return dict(sorted(meanings.items()))


def _by_ending(word: str, usable: frozenset[str]) -> str:
    """The definition of a word that is made from another by an ending; empty where there is none."""
    for ending, meaning in _ENDINGS.items():
        stem = word.removesuffix(ending)
        if stem == word or (ending == "est" and f"{stem}er" not in usable):
            continue
        bases = [f"{stem[:-1]}y"] if stem.endswith("i") else [f"{stem}e"] if ending == "est" else []
        bases += [stem, stem[:-1]] if stem[-1:] == stem[-2:-1] else [stem]
        return next((meaning.format(base) for base in bases if len(base) > 2 and base in usable), "")
    return ""
