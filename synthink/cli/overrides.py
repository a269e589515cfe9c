"""Overrides made ready for Hydra: keys are checked and given their full path, before anything is composed.

`words=nltk` becomes `generator.words.source=nltk`; an unknown key is refused with the nearest known ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from synthink.cli.commas import parted
from synthink.cli.field_places import FieldPlace, NoSuchField, find_field, is_settings
from synthink.cli.groups import GROUPS, OPTIONAL, check_field, check_option, field_hints, group_fields, options
from synthink.cli.verb import Verb, holds_text, is_text, lists_texts, takes_text
from synthink.cli.words import Word, literal, read_words, weighted_folders
from synthink.core.generator import Generator
from synthink.core.own_splits import unknown_split
from synthink.errors import ConfigError, SynthinkError, did_you_mean, shortened
from synthink.settings import field_types

WITH_MANIFEST = ("from", "output", "overwrite", "executor", "sources", "code", "dry_run", "hydra")
"""Keys that may be given together with `from=MANIFEST`."""


LONGEST_HINT = 40
"""The length from which on a value is not repeated in a hint."""
_FOLDERS = str | tuple[str, ...] | None
"""The type of `dataset`, which may be a mapping too, and has its own check."""


def without_empty_groups(words: Sequence[Word]) -> list[Word]:
    """The words but for `experiment=null`: Hydra has no word for a group of which nothing is chosen."""
    return [word for word in words if not (word.key in OPTIONAL and word.changes and word.is_empty)]


def draws_rows(verb: type[Verb], words: Iterable[Word]) -> bool:
    """Whether the verb draws rows, so that the generator's fields are keys of it."""
    if "generator" not in verb.groups:
        return False
    values = [word.value for word in words if word.key == verb.draws_if]
    return not verb.draws_if or values[-1:] in ([True], [1])


def check_words(verb: type[Verb], words: Sequence[Word], folder: str | None = None) -> None:
    """Refuse groups and options that the verb does not have, and keys that `from` leaves no room for.

    folder: one with configs of the user's own. The options of those that `hydra.searchpath` names are not known here.
    """
    has_other_folders = any(word.key == "hydra.searchpath" for word in words)
    manifest = next((word.value for word in words if word.key == "from" and not word.is_empty), None)
    for word in words:
        if manifest is not None and word.group_of_key not in WITH_MANIFEST:
            reason = f"the manifest {manifest} says everything but output, overwrite, sources, code and executor"
            raise ConfigError(word.key, word.value, reason)
        if word.group_of_key in GROUPS and word.group_of_key not in verb.groups:
            raise ConfigError(word.key, word.value, f"is no key of synthink {verb.name}")
        if word.override.is_delete() and word.key in GROUPS and word.key not in OPTIONAL:
            raise ConfigError(f"~{word.key}", None, f"cannot be taken away; known: {', '.join(options(word.key))}")
        if word.key in GROUPS and word.key != "generator" and not has_other_folders and not word.pattern:
            for option in word.texts():
                check_option(word.key, option, folder)


def expanded(verb: type[Verb], word: Word, generators: Sequence[type[Generator]], sweeps: bool = False) -> str:
    """The word with its full path, as Hydra takes it. Raises `ConfigError` for a key that there is not.

    generators: those of which the word may name a field; none where the verb draws no rows. sweeps: commas part the
    values of a sweep, also those of a key that holds text.
    """
    group, _, name = word.key.partition(".")
    of_hydra = group == "hydra" or "/" in word.key or word.override.package is not None
    if of_hydra or word.key in GROUPS:
        _reject_unread(word, sweeps)
        if word.key in GROUPS and word.adds:  # each is in config.yaml's defaults already
            return f"{word.key}={word.value_text}"
        return word.text
    if group in GROUPS and group != "generator":
        if not word.adds:
            _reject_deletion(word)
            check_field(group, name, word.value)
        hints = field_hints(group, name)
        return _with_text(word, hints, sweeps) or word.text
    if group in verb.key_types():
        return _free_name(verb, word, generators, sweeps) or _verb_key(verb, word, sweeps)
    if not generators:
        raise _unknown_key(verb, word)
    return _generator_field(verb, word, generators, sweeps)


def _with_text(word: Word, hints: Sequence[Any], sweeps: bool, key: str | None = None) -> str | None:
    """The word for a key that holds text, with its value as it was typed; None where Hydra's reading of it holds.

    hints: the types that the key may have. A list of texts stays a list, `null` is no text, and a sweep is one where
    the words sweep.
    """
    if not hints or not all(takes_text(hint) for hint in hints) or word.override.value_type is None:
        _reject_unread(word, sweeps)
        return None
    if not any(map(holds_text, hints)):
        _reject_unread(word, sweeps)
    if (sweeps and word.override.is_sweep_override()) or word.value is None:
        return None
    prefix = word.override.get_key_element().removesuffix(word.key)
    if sweeps and word.is_unread and "," in word.typed and word.key != "output" and not word.names_file:
        texts = [_with_text(part, hints, False, key) or part.text for part in _parted(word)]
        return f"{prefix}{key or word.key}={','.join(text.partition('=')[2] for text in texts)}"
    value: Any = word.plain_text
    if isinstance(word.value, list | dict) and not word.names_file and not all(is_text(hint) for hint in hints):
        if isinstance(word.value, dict) or not all(lists_texts(hint) for hint in hints):
            return None
        value = word.listed_texts
    return f"{prefix}{key or word.key}={literal(value)}"


def _parted(word: Word) -> list[Word]:
    """A word for each value between the commas of one that Hydra's grammar does not read; one where all of them stand
    in brackets. `ConfigError` where they cannot be told apart."""
    texts = parted(word.typed)
    if len(texts) == 1:
        return [word]
    words = read_words([f"{word.override.get_key_element()}={text}" for text in texts])
    if not words or any(part.fault for part in words):
        reason = "cannot be parted at its commas for -m; put each value in quotes"
        raise ConfigError(word.key, word.typed, f"""{reason}: {word.key}='one, text',"it's another" """.rstrip())
    return words


def _reject_unread(word: Word, sweeps: bool) -> None:
    """Refuse a value that is none in Hydra's grammar, or several where nothing is swept."""
    if word.fault:
        raise SynthinkError(f"{word.key}={shortened(word.typed)}: cannot be read: {word.fault}")
    if not sweeps and word.override.is_sweep_override():
        reason = "is several values; -m (--multirun) sweeps over them, [brackets] make a list, 'quotes' a text"
        raise ConfigError(word.key, word.typed, reason)


def _reject_deletion(word: Word) -> None:
    if word.override.is_delete():
        raise ConfigError(f"~{word.key}", None, "a key cannot be taken away; give it another value")


def _reject_unknown(hint: Any, value: Any, key: str) -> None:
    """Refuse the first name in a mapping that settings of that type do not have: Hydra would, in its own words."""
    if is_settings(hint) and isinstance(value, Mapping):
        known = field_types(hint)
        for name, item in value.items():
            if hint.free_names is not None and isinstance(item, Mapping):
                continue
            if name not in known:
                raise ConfigError(f"{key}.{name}", item, f"no such key; {did_you_mean(str(name), known)}")
            _reject_unknown(known[name], item, f"{key}.{name}")


def _free_name(verb: type[Verb], word: Word, generators: Sequence[type[Generator]], sweeps: bool) -> str | None:
    """The word for a key below settings that take free names: a split of one's own, or what is drawn in it otherwise.
    None for any other key."""
    group, _, path = word.key.partition(".")
    name, _, field = path.partition(".")
    hint = verb.key_types()[group]
    if not path or not is_settings(hint) or hint.free_names is None:
        return None
    if name in field_types(hint) and name != hint.free_names:
        if not field or is_settings(field_types(hint)[name]):
            return None
        example = f"{group}.{name}={{rows: 100, {field}: {shortened(word.typed, LONGEST_HINT)}}}"
        raise ConfigError(word.key, word.value, f"is said together with the rows, as in '{example}'")
    defines = isinstance(word.value, dict) or (sweeps and all(text.startswith("{") for text in word.texts()))
    if not field and not defines and word.changes:
        _reject_unread(word, sweeps)
        raise ConfigError(word.key, word.value, unknown_split(name, word.value))
    if word.override.is_delete():
        return word.text
    inner: Any = Any
    if field and field not in ("rows", "like") and generators:
        try:
            inner = find_field(field_types(generators[0]), field).type
        except NoSuchField as error:
            raise ConfigError(word.key, word.value, f"no such key; {did_you_mean(error.name, error.known)}") from None
    key = f"++{word.key}"
    text = _with_text(word, [inner], sweeps, word.key)
    return f"++{text.lstrip('+')}" if text is not None else f"{key}={word.value_text}"


def _verb_key(verb: type[Verb], word: Word, sweeps: bool) -> str:
    try:
        place = find_field(verb.key_types(), word.key)
    except NoSuchField as error:
        raise ConfigError(word.key, word.value, f"no such key; {did_you_mean(error.name, error.known)}") from None
    _reject_deletion(word)
    if is_settings(place.type) and not isinstance(word.value, dict):
        _reject_unread(word, sweeps)
        names = ("NAME" if name == place.type.free_names else name for name in field_types(place.type))
        inner = ", ".join(f"{word.key}.{name}=..." for name in names)
        raise ConfigError(word.key, word.value, f"says nothing by itself; write {inner}")
    _reject_unknown(place.type, word.value, word.key)
    if word.key == "dataset" and isinstance(word.value, dict) and not word.names_file:
        return f"{word.override.get_key_element()}={literal(weighted_folders(word.value))}"
    if is_settings(place.type) and place.type.free_names is not None:  # Hydra adds no names without being told so
        return f"++{word.key}={word.value_text}"
    return _with_text(word, [_FOLDERS if word.key == "dataset" else place.type], sweeps) or word.text


def _unknown_key(verb: type[Verb], word: Word) -> ConfigError:
    hint = _inner_keys(verb, word) or did_you_mean(word.group_of_key, [*verb.key_types(), *verb.groups])
    condition = f"; a generator's fields go with {verb.draws_if}=true" if verb.draws_if else ""
    return ConfigError(word.key, word.value, f"no such key; {hint}{condition}")


USUAL_NAMES = {
    "size": "splits.train",
    "rows": "splits.train",
    "num_rows": "splits.train",
    "val": "splits.validation",
    "dev": "splits.validation",
    "num_workers": "executor.workers",
    "license": "licence",
    "out": "output",
    "split_seed": "splits.seed",
    "steps": "trainer.steps",
    "lr": "model.learning_rate",
}
"""Names that other tools and the functions in Python have for keys of the commands."""


def _inner_keys(verb: type[Verb], word: Word, generators: Sequence[type[Generator]] = ()) -> str:
    """`did you mean splits.train=20?` for `train=20`: the keys inside others that are called like an unknown one."""
    tops = {**verb.key_types(), **{name: hint for cls in generators for name, hint in field_types(cls).items()}}
    inner = {name: field_types(hint).get(word.group_of_key) for name, hint in tops.items() if is_settings(hint)}
    keys = [f"{name}.{word.key}" for name, hint in inner.items() if is_settings(hint) or (hint and "." not in word.key)]
    keys += [f"{group}.{word.key}" for group in verb.groups if group != "generator" and word.key in group_fields(group)]
    usual = USUAL_NAMES.get(word.key, "")
    if not keys and usual.partition(".")[0] in (*verb.key_types(), *verb.groups):
        keys = [usual]
    if not keys:
        return ""
    example = f" Write {keys[0]}={word.typed}" if word.typed and len(word.typed) < LONGEST_HINT else ""
    return f"did you mean {' or '.join(keys)}?{example}"


def _generator_field(verb: type[Verb], word: Word, generators: Sequence[type[Generator]], sweeps: bool) -> str:
    path = word.key.removeprefix("generator.")
    places = []
    try:
        for cls in generators:
            places.append(find_field(field_types(cls), path))
    except NoSuchField as error:
        whose = f" of {cls.name}, over which the sweep goes, too" if len(generators) > 1 else ""
        is_top = path == word.key and error.is_top
        hint = _inner_keys(verb, word, generators) if is_top else ""
        others = [*verb.key_types(), *verb.groups] if is_top else []
        hint = hint or did_you_mean(error.name, [*error.known, *others])
        raise ConfigError(word.key, word.value, f"no such key{whose}; {hint}") from None
    place = places[0]
    if place.in_list:
        return _key_in_list(word, place, sweeps)
    if place.mapping and word.changes:
        _reject_unread(word, sweeps)
        _reject_unknown(place.type, word.value, path)
        return _mapping_key(place, path.removeprefix(place.mapping).removeprefix("."), word)
    _reject_deletion(word)
    hint = place.type
    is_mapping = isinstance(word.value, dict) and not word.names_file
    shorthand = getattr(hint, "shorthand", None) if is_settings(hint) else None
    if is_mapping:
        _reject_unknown(hint, word.value, path)
    elif shorthand is not None:
        path, hint = f"{path}.{shorthand}", field_types(hint)[shorthand]
    key = f"generator.{path}"
    return _with_text(word, [hint], sweeps, key) or word.with_key(key)


def _key_in_list(word: Word, place: FieldPlace, sweeps: bool) -> str:
    """A key inside an item of a list, such as a field of a mixture's part, which the config need not have yet."""
    _reject_deletion(word)
    key = f"generator.{place.path}"
    text = _with_text(word, [place.type], sweeps, key) or word.with_key(key)
    return f"++{text.lstrip('+')}"


def _mapping_key(place: FieldPlace, key: str, word: Word) -> str:
    """Hydra wants a plus for keys that a mapping lacks; what stands behind the mapping's name is one key, dots and
    all: `gestures.delete.strike=0` is `++generator.gestures={delete.strike: 0}`."""
    if key and "." not in key:
        return f"++generator.{place.mapping}.{key}={word.value_text}"
    if key and word.override.is_interval_sweep():
        reason = "has a dot in its name, for which a sweep takes single values and no interval"
        raise ConfigError(word.key, word.value_text, reason)
    values = [f"{{{key}: {text}}}" if key else _mapping_text(place.type, text) for text in word.texts()]
    return f"++generator.{place.mapping}={','.join(values)}"


def _mapping_text(hint: Any, text: str) -> str:
    """A mapping as it is typed, also where names stand for it: of weights `[drum, lcd]` are `{drum: 1, lcd: 1}`."""
    weights = hint.standing_for(read_words([f"weights={text}"])[0].value) if is_settings(hint) else None
    return text if weights is None else literal(dict(weights))


def joined(overrides: Sequence[str]) -> list[str]:
    """The overrides, with one for all names in a mapping: of several with the same key a sweep would take the last.

    `++gestures={a.b: 1},{a.b: 2}` and `++gestures={c.d: 3}` are `++gestures={a.b: 1, c.d: 3},{a.b: 2, c.d: 3}`.
    """
    by_key: dict[str, list[str]] = {}
    for override in overrides:
        by_key.setdefault(override.partition("=")[0], []).append(override)
    return [override for key, same in by_key.items() for override in _as_one(key, same)]


def _as_one(key: str, overrides: Sequence[str]) -> list[str]:
    if len(overrides) == 1 or not all("={" in override for override in overrides):
        return list(overrides)
    choices = [word.texts() for word in read_words(overrides)]
    mappings = ("{" + ", ".join(text.strip()[1:-1] for text in texts) + "}" for texts in itertools.product(*choices))
    return [f"{key}={','.join(mappings)}"]


def known_options(word: Word) -> list[str]:
    """The options of its group that a word chooses, several in a sweep."""
    if word.pattern:
        return word.pattern.filter(options(word.key))
    if not word.override.is_sweep_override():
        return [word.plain_text]
    return [text.strip().replace("\\:", ":") for text in word.texts()]
