"""No part of a key that tells anything is left over in a text, however a server writes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from synthink.evaluate.api_models.key import PLACEHOLDER, Key

SECRET = "sk-Vq7+Zt/19=QmLw03xYpRk8sHd"
WRITTEN: dict[str, Callable[[str], str]] = {
    "as it stands": lambda text: text,
    "in capitals": str.upper,
    "in an address": lambda text: quote(text, safe=""),
    "in an address, in small letters": lambda text: quote(text, safe="").lower(),
    "in an address, every character": lambda text: "".join(f"%{ord(character):02X}" for character in text),
    "in JSON": lambda text: json.dumps(text),
    "in JSON, every character": lambda text: "".join(f"\\u{ord(character):04X}" for character in text),
    "in HTML, every character": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "in hexadecimal digits": lambda text: text.encode().hex(),
    "with gaps": " ".join,
    "in lines": lambda text: "\n".join(text[start : start + 5] for start in range(0, len(text), 5)),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    **{
        f"in base64 behind {before!r}": lambda text, before=before: base64.b64encode((before + text).encode()).decode()
        for before in ("user:", "to: ", "u", "xy:", ":")
    },
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize(
    "part", [SECRET, SECRET[:16], SECRET[-16:], SECRET[5:21]], ids=["all", "head", "tail", "middle"]
)
def test_the_key_is_hidden(way: str, part: str) -> None:
    write = WRITTEN[way]
    for before, after in (("", ""), ("the key ", " is wrong"), ("a", "Z9")):
        text = before + write(part) + after
        hidden = Key(SECRET).hidden_in_answer(text)
        assert PLACEHOLDER in hidden
        kept = hidden.replace(PLACEHOLDER, " ").split()
        assert max((len(word) for word in kept if word.lower() in write(part).lower()), default=0) < 9, hidden


def test_eight_characters_in_a_row_are_hidden_and_seven_are_not() -> None:
    key = Key(SECRET)
    for start in range(len(SECRET) - 8):
        assert key.hidden(f"<{SECRET[start : start + 8]}>") == f"<{PLACEHOLDER}>"
        assert key.hidden(f"<{SECRET[start : start + 7]}>") == f"<{SECRET[start : start + 7]}>"
    assert key.hidden(f"{SECRET} and {SECRET}{SECRET}, no") == f"{PLACEHOLDER} and {PLACEHOLDER}, no"


def test_texts_without_the_key_stay_as_they_are() -> None:
    for text in ("", "red", "100 % \\u00e4 &amp; %41%42", "a" * 5000, "ſK-vq7", "<loc0001><loc0002>"):
        assert Key(SECRET).hidden(text) == text
        assert Key("").hidden(text) == text


def test_a_short_key_is_hidden_in_errors_and_stays_in_answers() -> None:
    assert Key("EMPTY").hidden("key EMPTY is wrong") == f"key {PLACEHOLDER} is wrong"
    assert Key("EMPTY").hidden_in_answer("EMPTY") == "EMPTY"
