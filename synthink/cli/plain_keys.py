"""The words of a verb without config groups: `KEY=VALUE`, and one value that may stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from synthink.cli.help import field_docs
from synthink.cli.verb import Verb, is_text
from synthink.errors import ConfigError, did_you_mean


def read_plain_keys(verb: type[Verb], words: Sequence[str]) -> Verb:
    """The verb with its keys. Raises `ConfigError` for a key that there is not, or a value that cannot be used."""
    known = verb.key_types()
    values: dict[str, Any] = {}
    for place, word in enumerate(words):
        key, equals, text = word.partition("=")
        if place == 0 and not equals and verb.positional is not None:
            key, equals, text = verb.positional, "=", word
        if key not in known:
            raise ConfigError(key, text if equals else None, f"no such key; {did_you_mean(key, known)}")
        if not equals:
            raise ConfigError(key, None, f"write {key}=VALUE")
        values[key] = _value(key, text, known[key])
    missing = [name for name in verb.required() if values.get(name) in (None, "")]
    if missing:
        raise ConfigError(missing[0], None, f"must be given: {field_docs(verb)[missing[0]]}")
    return verb.from_values(values)


def _value(key: str, text: str, hint: Any) -> Any:
    """Text for a key that holds text, so that no path needs quotes; else what YAML reads."""
    if is_text(hint):
        return text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError(key, text, "is not a value") from None
