"""The commas at which a text is several values of a sweep, where Hydra's own grammar does not read it."""

from __future__ import annotations

CLOSING = {"(": ")", "[": "]", "{": "}"}
QUOTES = ("'", '"')


def parted(text: str) -> list[str]:
    """The values between the commas of a text; those in brackets and quotes part nothing. None at all where a bracket
    or a quote is not closed, or nothing stands between two commas.

    A quote opens at the beginning of a value alone, and closes at its end: the one in `What's it?` is none.
    """
    values: list[str] = []
    awaited: list[str] = []
    start = 0
    for place, letter in enumerate(text):
        if awaited and awaited[-1] in QUOTES:
            if letter == awaited[-1] and text[place + 1 :].lstrip()[:1] in ("", ",", *CLOSING.values()):
                awaited.pop()
        elif letter in CLOSING:
            awaited.append(CLOSING[letter])
        elif letter in QUOTES and not text[start:place].strip():
            awaited.append(letter)
        elif awaited and letter == awaited[-1]:
            awaited.pop()
        elif letter == "," and not awaited:
            values.append(text[start:place].strip())
            start = place + 1
    values.append(text[start:].strip())
    return [] if awaited or "" in values else values
