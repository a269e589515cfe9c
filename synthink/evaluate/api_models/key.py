"""A key from the environment, which must never be seen again."""

from __future__ import annotations

import base64
import html
import json
import os
import re
from collections.abc import Iterator
from typing import NoReturn
from urllib.parse import quote, unquote

from synthink.errors import ModelError
from synthink.evaluate.api_models.settings import ApiSettings

PLACEHOLDER = "<key>"
_RUN = 8
"""So many characters of a key in a row are hidden. What people give to servers that check nothing ("x", "EMPTY") is
shorter, and no secret."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


class Key:
    """Holds a key. Its repr does not show it, and it cannot be pickled."""

    __slots__ = ("_runs", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        self._runs = {
            form[start : start + _RUN]
            for form in (_forms(value) if len(value) >= _RUN else ())
            for start in range(len(form) - _RUN + 1)
        }

    def reveal(self) -> str:
        """The key, for the request's header alone."""
        return self._value

    def hidden(self, text: str) -> str:
        """A server's text without the key and without any part of it that could tell something."""
        if not self._runs:
            return text.replace(self._value, PLACEHOLDER) if self._value else text
        return self.hidden_in_answer(text)

    def hidden_in_answer(self, text: str) -> str:
        """A model's answer without any eight characters of the key in a row, be they as they stand, in base64, in
        hexadecimal digits or as in an address; nothing of a text that holds them in yet another way. A short key may
        be a part of an answer by chance and stays."""
        if not self._runs:
            return text
        pieces: list[str] = []
        end = 0
        for start in self._run_starts(text):
            if start > end or not pieces:
                pieces += [text[end:start], PLACEHOLDER]
            end = start + _RUN
        pieces.append(text[end:])
        text = "".join(pieces)
        for plain in (unquote(text), html.unescape(text), _ESCAPE.sub(_character, text), "".join(text.split())):
            if next(self._run_starts(plain), None) is not None:
                return PLACEHOLDER
        return text

    def _run_starts(self, text: str) -> Iterator[int]:
        """Where runs of the key start, which may overlap; their case does not matter."""
        text = _lower(text)
        return (start for start in range(len(text) - _RUN + 1) if text[start : start + _RUN] in self._runs)

    def __repr__(self) -> str:
        return "Key(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not stored")


def _forms(value: str) -> list[str]:
    """The ways in which a key may be written, in small letters: as it stands, in addresses, in JSON, in hexadecimal
    digits, and in base64 from any place in a longer text (its characters at the two ends depend on what is there)."""
    data = value.encode()
    forms = [value, quote(value, safe=""), json.dumps(value)[1:-1], data.hex()]
    for before in range(3):
        code = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        code = code[(before * 8 + 5) // 6 : -1]
        forms += [code, code.translate({ord("+"): "-", ord("/"): "_"})]
    return [_lower(form) for form in forms]


def _lower(text: str) -> str:
    """The text with ASCII's capitals as small letters, each in its place."""
    return text.translate(_SMALL)


_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1] or escape[2], 16))


def read_key(settings: ApiSettings) -> Key:
    """The key in the settings' variable, empty where none is needed. Raises `ModelError`, which names the variable."""
    variable = settings.key_variable
    value = os.environ.get(variable, "").strip() if variable is not None else ""
    if not value and variable is not None and not settings.is_local:
        raise ModelError(
            f"{settings.base_url}: needs a key: put it into the environment variable {variable}, "
            "or say key_variable=null where the endpoint asks for none"
        )
    if not all("!" <= character <= "~" for character in value):
        raise ModelError(f"the environment variable {variable} holds characters that no key has")
    return Key(value)
