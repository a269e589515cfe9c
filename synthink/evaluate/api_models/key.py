"""A key from the environment, which must never be seen again."""

from __future__ import annotations

import os
from typing import NoReturn
from urllib.parse import quote

from synthink.errors import ModelError
from synthink.evaluate.api_models.settings import ApiSettings

PLACEHOLDER = "<key>"
_SECRET = 8  # characters; what people give to servers that check nothing ("x", "EMPTY") is shorter, and no secret


class Key:
    """Holds a key. Its repr does not show it, and it cannot be pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key, for the request's header alone."""
        return self._value

    def hidden(self, text: str) -> str:
        """The text without the key, be it as it stands or as in an address."""
        for form in {self._value, quote(self._value, safe="")} if self._value else ():
            text = text.replace(form, PLACEHOLDER)
        return text

    def hidden_in_answer(self, text: str) -> str:
        """A model's answer without the key; a short key may be a part of it by chance and stays."""
        return self.hidden(text) if len(self._value) >= _SECRET else text

    def __repr__(self) -> str:
        return "Key(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not stored")


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
