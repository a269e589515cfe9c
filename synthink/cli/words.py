"""The words of a command line, read by Hydra's own grammar of overrides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, QuotedString
from hydra.core.override_parser.types import Quote as QuoteMark
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException
from omegaconf.grammar_parser import parse as parse_reference

from synthink.errors import ConfigError, SynthinkError


@dataclass(frozen=True)
class Word:
    """One override, such as `seed=1` or `+experiment=blindtest`."""

    override: Override
    typed: str = ""
    """The value as it was typed, which Hydra's grammar may read as something else, or not at all."""
    fault: str = ""
    """Why the value cannot be read as the list or mapping as which it begins; as text it is what was typed."""

    @property
    def key(self) -> str:
        """The dotted path or the group, without the `+` or `~` before it."""
        return self.override.key_or_group

    @property
    def group_of_key(self) -> str:
        """The first name of the dotted path."""
        return self.key.partition(".")[0]

    @property
    def adds(self) -> bool:
        """Whether the key begins with `+` or `++`."""
        return self.override.is_add() or self.override.is_force_add()

    @property
    def changes(self) -> bool:
        """Whether the key stands as it is, without `+` or `~`."""
        return not self.adds and not self.override.is_delete()

    @property
    def text(self) -> str:
        """The word as Hydra reads it."""
        return str(self.override.input_line)

    @property
    def value_text(self) -> str:
        """The text behind the equals sign, as Hydra reads it; empty for `~key`."""
        return self.override.get_value_string() if self.override.value_type is not None else ""

    @property
    def value(self) -> Any:
        """The value in Python's types; the text where the word sweeps over several."""
        return self.value_text if self.override.is_sweep_override() else self.override.value()

    @property
    def is_empty(self) -> bool:
        """Whether the value is `null` or nothing at all."""
        return self.value in (None, "")

    @property
    def plain_text(self) -> str:
        """The value as text: what stands in quotes where all of it does, else as it was typed."""
        quote = self.typed[:1]
        is_quoted = quote in ("'", '"') and self.typed.endswith(quote) and not self.override.is_sweep_override()
        return self.value if is_quoted and isinstance(self.value, str) else self.typed

    def texts(self) -> list[str]:
        """The values that the word sweeps over, as they would be typed; one where it does not sweep."""
        if self.override.is_discrete_sweep() and not self.pattern:
            return list(self.override.sweep_string_iterator())
        return [self.value_text]

    @property
    def pattern(self) -> Glob | None:
        """The pattern by which the word picks options: `generator=glob(circled*)`."""
        value: Any = self.override.value()
        return value if isinstance(value, Glob) else None

    def with_value(self, value_text: str) -> str:
        """The override with one of the values that it sweeps over."""
        key = self.override.get_key_element()
        return key if self.override.value_type is None else f"{key}={value_text}"

    def with_key(self, key: str) -> str:
        """The override with its key replaced."""
        prefix = self.override.get_key_element().removesuffix(self.key)
        return f"{prefix}{key}" if self.override.value_type is None else f"{prefix}{key}={self.value_text}"


def read_words(texts: Sequence[str]) -> list[Word]:
    """The words of a command line. Raises `SynthinkError` naming the first that cannot be read."""
    parser = OverridesParser.create()
    return [_read_word(parser, text) for text in texts]


def _read_word(parser: OverridesParser, text: str) -> Word:
    """A word; a value that is none in Hydra's grammar is text, or a list or mapping as YAML reads it.

    So `output=Ünï (2)` and `from=sweep/000-seed=1` need no quotes inside those of the shell.
    """
    if text.lstrip("+~").startswith("="):
        raise SynthinkError(f"{text}: write KEY=VALUE")
    key, equals, typed = text.partition("=")
    if key != key.strip():  # `seed = 1`, as Hydra allows it
        key, typed = key.strip(), typed.strip()
    try:
        return Word(parser.parse_override(text), typed)
    except HydraException as error:
        if not equals and key:
            raise ConfigError(key, None, f"write {key}=VALUE") from None
        reason = " ".join(str(error).split())
    content, fault = _yaml_value(typed)
    if key == "dataset" and isinstance(content, dict):
        content = weighted_folders(content)
    for value, cause in ((content, fault and reason), (typed, reason)):  # Hydra has not all mappings of YAML's
        with suppress(HydraException):
            return Word(parser.parse_override(f"{key}={literal(value)}"), typed, cause)
    raise SynthinkError(f"{text}: cannot be read: {reason}")


def _yaml_value(text: str) -> tuple[Any, str]:
    """The text itself, or what it says when it begins like a list, a mapping or a quotation; why it says nothing."""
    if text.strip().startswith(("[", "{", "'", '"')):
        try:
            return yaml.safe_load(text), ""
        except (ValueError, yaml.YAMLError, RecursionError) as error:
            return text, str(error)
    return text, ""


def weighted_folders(weights: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`dataset={data/a: 1, data/b: 2}` as a list: not every folder's name can be a key in Hydra's grammar."""
    return [{"path": str(path), "weight": weight} for path, weight in weights.items()]


def literal(value: Any) -> str:
    """A value as it is typed in Hydra's grammar, texts in quotes. In a text `${seed}` is the value of `seed`."""
    if isinstance(value, str):
        return QuotedString(_without_broken_references(value), QuoteMark.single).with_quotes()
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(literal, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{literal(item)}" for key, item in value.items()) + "}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _without_broken_references(text: str) -> str:
    """The text with `${` escaped where what follows refers to nothing: it is a part of a name, then."""
    if "${" in text:
        try:
            parse_reference(text)
        except OmegaConfBaseException:
            return text.replace("${", "\\${")
    return text


def one_line(error: Exception) -> str:
    """The message of an error of Hydra's or OmegaConf's, in one line, with the override that it is about."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    cause = str(error.__cause__).splitlines()[0] if error.__cause__ and str(error.__cause__) else ""
    override = getattr(error, "override", None)
    if override:
        lines = [f"{override}: {lines[0]}" if lines else override]
    return " ".join([*lines[:4], *([cause] if cause and cause not in lines else [])])
