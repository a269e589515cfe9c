"""The words of a command line, read by Hydra's own grammar of overrides."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, QuotedString
from hydra.core.override_parser.types import Quote as QuoteMark
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig
from omegaconf.errors import ConfigIndexError, ConfigKeyError, OmegaConfBaseException, ValidationError
from omegaconf.grammar_parser import parse as parse_reference

from synthink.errors import ConfigError, SynthinkError, did_you_mean, quoted, shortened
from synthink.settings import Settings

_KEY = re.compile(r"[+~]*[\w.$/@:-]+", re.ASCII)
"""How Hydra's keys look: a dotted path, or a group with its package."""
LARGEST_WHOLE = 1e15
"""From here on a number with an exponent is not taken for a whole one."""
UNREADABLE = "close what you open; texts with , : [ ] { } or quotes in them are put in quotes"
"""Why a value that begins as a list or a mapping is none."""


@dataclass(frozen=True)
class Word:
    """One override, such as `seed=1` or `+experiment=blindtest`."""

    override: Override
    typed: str = ""
    """The value as it was typed, which Hydra's grammar may read as something else, or not at all."""
    fault: str = ""
    """Why the value cannot be read as the list or mapping as which it begins; as text it is what was typed."""
    is_unread: bool = False
    """Whether Hydra's grammar does not read the value, and it stands for the text that was typed."""

    @property
    def key(self) -> str:
        """The dotted path or the group, without the `+` or `~` before it."""
        return self.override.key_or_group

    @property
    def group_of_key(self) -> str:
        """The first name of the dotted path."""
        return self.key.partition(".")[0]

    @property
    def is_of_hydra(self) -> bool:
        """Whether it is Hydra's own: `hydra.sweep.dir`, `hydra/launcher`."""
        return self.key.startswith(("hydra.", "hydra/"))

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
        """The value as text: what stands in quotes where all of it does, else as it was typed, as it is where a file or
        folder is called so."""
        if self.names_file:
            return self.typed
        quote = self.typed[:1]
        is_quoted = quote in ("'", '"') and self.typed.endswith(quote) and not self.override.is_sweep_override()
        return self.value if is_quoted and isinstance(self.value, str) else self.typed

    @property
    def listed_texts(self) -> list[Any]:
        """The items of a list; those that the grammar reads as numbers, `true` or `null` as they were typed."""
        try:
            typed = yaml.load(self.typed, yaml.BaseLoader)
        except (ValueError, yaml.YAMLError, RecursionError):
            typed = None
        items = self.value
        if not isinstance(typed, list) or len(typed) != len(items):
            typed = [literal(item) for item in items]
        pairs = zip(items, typed, strict=True)
        return [item if isinstance(item, str | list | dict) else text for item, text in pairs]

    @property
    def names_file(self) -> bool:
        """Whether there is a file or folder of just that name: `[a]` is one then, and no list."""
        return bool(self.typed) and os.path.lexists(self.typed)  # Path's own raises on odd names

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
    if not text.strip() or text.lstrip("+~").startswith("="):
        raise SynthinkError(f"{shortened(text) or 'an empty word'}: write KEY=VALUE")
    key, equals, typed = text.partition("=")
    if key != key.strip():  # `seed = 1`, as Hydra allows it
        key, typed = key.strip(), typed.strip()
    try:
        return Word(parser.parse_override(key + equals + _with_whole_numbers(typed)), typed)
    except HydraException as error:
        if not equals and key:
            raise ConfigError(key, None, f"write {shortened(key)}=VALUE") from None
        reason = " ".join(str(error).split())
    if not _KEY.fullmatch(key):
        raise SynthinkError(f"{shortened(text)}: cannot be read: a key has letters from A to Z, digits, _ and dots")
    content, is_broken = _yaml_value(typed)
    fault = UNREADABLE if is_broken else ""
    if key == "dataset" and isinstance(content, dict):
        content = weighted_folders(content)
    for value, cause in ((content, fault), (typed, UNREADABLE)):  # Hydra has not all mappings of YAML's
        with suppress(HydraException):
            return Word(parser.parse_override(f"{key}={literal(value)}"), typed, cause, value == typed)
    raise SynthinkError(f"{shortened(text)}: cannot be read: {shortened(reason)}")


def _with_whole_numbers(typed: str) -> str:
    """Numbers, and lists and sweeps of them, with `1e3` as the whole number that it is."""
    if not re.fullmatch(r"[-+.,\d\seE\[\]]+", typed):
        return typed
    return re.sub(r"[-+]?\d+(\.\d*)?[eE]\+?\d{1,2}", _whole_number, typed)


def _whole_number(match: re.Match[str]) -> str:
    number = float(match[0])
    return str(int(number)) if number.is_integer() and abs(number) < LARGEST_WHOLE else match[0]


def _yaml_value(text: str) -> tuple[Any, bool]:
    """The text itself, or what it says where it begins like a list, a mapping or a quotation; whether it is broken."""
    if text.strip().startswith(("[", "{", "'", '"')):
        try:
            return yaml.load(text, _Loader), False
        except (ValueError, yaml.YAMLError, RecursionError):
            return text, True
    return text, False


class _Loader(yaml.SafeLoader):
    """YAML, but for words that Hydra's grammar takes for texts: `yes`, `~`, `12:30`, `2024-01-01`."""


_Loader.yaml_implicit_resolvers = {}

for _tag, _form, _first in (
    ("bool", r"true|false|True|False|TRUE|FALSE", "tfTF"),
    ("null", r"null|Null|NULL|", ("n", "N", "")),
    ("int", r"[-+]?(?:0|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(?:(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_form})$"), list(_first))


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
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        group, _, option = error.missing_cfg_file.rpartition("/")
        return f"{group}={quoted(option)}: no such option; {did_you_mean(option, error.options or ())}"
    if isinstance(error, OmegaConfBaseException):
        return _of_omegaconf(error)
    if isinstance(error.__cause__, ConfigIndexError):
        merged = str(error).removeprefix("Error merging override ").lstrip("+")
        return f"{merged}: the list has no item of that number; they are counted from 0"
    if isinstance(error.__context__, OmegaConfBaseException) and (file := re.match(r"In '([^']*)'", str(error))):
        return f"{file[1]}.yaml: {_of_omegaconf(error.__context__)}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    cause = str(error.__cause__).splitlines()[0] if error.__cause__ and str(error.__cause__) else ""
    override = getattr(error, "override", None)
    if override:
        lines = [f"{override}: {lines[0]}" if lines else override]
    return " ".join([*lines[:4], *([cause] if cause and cause not in lines else [])])


def _as_mapping(name: str, text: str) -> str:
    """How to write the value that stands for settings on the command line in a file: `camera: {preset: scan}`."""
    waiting = [Settings]
    while waiting:
        cls = waiting.pop()
        if cls.__name__ == name and cls.shorthand is not None:
            return f"; write {{{cls.shorthand}: {shortened(text)}}}"
        waiting += cls.__subclasses__()
    return ""


def _of_omegaconf(error: OmegaConfBaseException) -> str:
    """An error about a reference such as `${seed}`, or whatever else OmegaConf finds in a value."""
    message = str(error).splitlines()[0] if str(error) else type(error).__name__
    place = f"{error.full_key}: " if error.full_key else "config: "
    if isinstance(error, ConfigKeyError):
        known = list(map(str, error.parent_node)) if isinstance(error.parent_node, Mapping | DictConfig) else []
        return f"{place}no such key; {did_you_mean(str(error.key), known)}"
    if isinstance(error, ValidationError) and (wanted := re.search(r"subclass of (\w+)Config", message)):
        value = re.search(r"value: (.*)", str(error))
        text = value[1] if value else "..."
        return f"{place}{quoted(text)} stands where the fields of {wanted[1]} are wanted{_as_mapping(wanted[1], text)}"
    if missing := re.match(r"Interpolation key '(.*)' not found", message):
        return f"{place}there is no key {quoted(missing[1])} for ${{{missing[1]}}}; in a name ${{ is written \\${{"
    if kind := re.match(r"Unsupported interpolation type (\S+)", message):
        return f"{place}${{{kind[1]}:...}} is not filled in; it could tell what nobody should know"
    return place + message
