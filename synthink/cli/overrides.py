"""Hydra's view of the generators: structured configs made from their fields, and overrides checked before Hydra runs.

There is no second config class: `node` makes one from the generator's annotations whenever the command starts.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, field, fields, make_dataclass
from functools import cache
from typing import Any, Literal

from synthink import plugins
from synthink.cli.verb_keys import ALL_GROUPS, GROUPS, OPTIONAL_GROUPS, TOP, fields_of_group, settings_groups
from synthink.core.generator import Generator
from synthink.core.registry import find_generator, generator_names
from synthink.errors import ConfigError, SynthinkError, did_you_mean
from synthink.settings import Settings, field_types
from synthink.splits import SPLITS

_nodes: dict[type[Settings], type[Any]] = {}
_LEFT = {(group, nothing) for group in OPTIONAL_GROUPS for nothing in ("null", "")}


def node(cls: type[Settings]) -> type[Any]:
    """A dataclass for OmegaConf with the same fields: what it cannot express becomes `Any`, and is checked when the
    generator is made. Not frozen: a frozen node is read-only, and no override could reach it."""
    if cls in _nodes:
        return _nodes[cls]
    name = getattr(cls, "name", "") if "name" not in field_types(cls) else ""
    made: list[Any] = [("name", str, name)] if name else []
    for each in fields(cls):  # type: ignore[arg-type]
        default = each.default if each.default is not MISSING else _made(each.default_factory)
        made.append((each.name, _hydra_type(field_types(cls)[each.name]), _default(default)))
    _nodes[cls] = make_dataclass(f"{cls.__name__}Config", made)
    return _nodes[cls]


def _made(factory: Any) -> Any:
    return "???" if factory is MISSING else factory()


def _default(value: Any) -> Any:
    if isinstance(value, Settings):
        kind, given = node(type(value)), given_fields(value)
        return field(default_factory=lambda: kind(**_listed(given)))
    if isinstance(value, tuple | dict | list):
        return field(default_factory=lambda: _listed(value))
    return value


def given_fields(settings: Settings) -> dict[str, Any]:
    """The fields in which settings differ from their class's defaults: a preset that fills in the others stays open."""
    usual = type(settings)()
    names = field_types(type(settings))
    return {name: getattr(settings, name) for name in names if getattr(settings, name) != getattr(usual, name)}


def _listed(value: Any) -> Any:
    """Containers as OmegaConf takes them."""
    if isinstance(value, Settings):
        return _listed(value.plain())
    if isinstance(value, tuple | list):
        return [_listed(item) for item in value]
    return {key: _listed(item) for key, item in value.items()} if isinstance(value, dict) else value


def _hydra_type(hint: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _hydra_type(arguments[0])
    if origin is Literal:
        return str if all(isinstance(option, str) for option in arguments) else Any
    if origin in (typing.Union, types.UnionType):
        inner = [_hydra_type(option) for option in arguments if option is not type(None)]
        if len(inner) == 1 and type(None) in arguments and inner[0] is not Any:
            return inner[0] | None
        return Any
    if origin is tuple:
        inner = [option for option in arguments if option is not Ellipsis]
        kinds = {_hydra_type(option) for option in inner}
        kind = kinds.pop() if len(kinds) == 1 else Any
        return list[kind] if kind in (str, int, float, bool) else Any  # type: ignore[valid-type]
    if origin is dict:
        return Any
    if isinstance(hint, type) and issubclass(hint, Settings):
        return node(hint)
    return hint if hint in (str, int, float, bool) else Any


def register() -> None:
    """Put every generator into Hydra's config store, in the group `generator`; trainers and predictors likewise, and
    what a model's file may hold."""
    from hydra.core.config_store import ConfigStore

    from synthink.train.settings import Model

    store = ConfigStore.instance()
    store.store(group="model", name="fields", node=node(Model), provider="synthink")
    for group, classes in settings_groups().items():
        for name, cls in classes.items():
            store.store(group=group, name=name, node=node(cls), provider="synthink")
    for name in plugins.names(plugins.FORMATS):
        store.store(group="format", name=name, node={"name": name}, provider="synthink")
    for name in generator_names():
        try:
            store.store(group="generator", name=name, node=node(find_generator(name)), provider="synthink")
        except (SynthinkError, TypeError):
            continue  # `synthink list` shows what is wrong with it; choosing it says so, too


def prepare(overrides: Sequence[str], own_configs: bool = False, verb: str = "generate") -> list[str]:
    """Overrides ready for Hydra: keys are checked, and a generator's fields may stand without `generator.` before.

    own_configs: the user has config folders, whose options are not known here.
    `words=nltk` becomes `generator.words.source=nltk`. `ConfigError` names an unknown key and the nearest known ones.
    """
    # Hydra has no word for leaving a group as it is, which is without any option.
    overrides = [each for each in overrides if _split(each) not in _LEFT]
    _check_from([_split(override) for override in overrides])
    if not own_configs and not any(each.lstrip("+").startswith("hydra.searchpath") for each in overrides):
        _check_groups(overrides)
    classes = chosen_generators(overrides) if draws(verb, overrides) else []
    return [_expanded(override, _split(override)[0], classes, verb) for override in overrides]


def draws(verb: str, overrides: Sequence[str]) -> bool:
    """Whether the verb draws rows, so that a generator's fields are its options; training does when it streams."""
    streams = any(re.fullmatch(r"trainer\.stream\s*=\s*(true|1|yes|on)", each, re.IGNORECASE) for each in overrides)
    return "generator" in GROUPS[verb] and (verb != "train" or streams)


def chosen_generators(overrides: Sequence[str]) -> list[type[Generator]]:
    """The generators that the overrides choose: by name, by a recipe, by default, or several in a sweep."""
    split = [_split(override) for override in overrides]
    chosen = next((value for key, value in reversed(split) if key == "generator" and value), None)
    recipes = [value for key, value in split if key == "experiment" and value not in ("null", None)]
    return _classes(chosen if chosen is not None else _default_generator(recipes))


def _check_groups(overrides: Sequence[str]) -> None:
    """Refuse an option that a config group does not have."""
    known = options_of_groups()
    for key, value in map(_split, overrides):
        for option in (value or "").split(",") if key in ALL_GROUPS[1:] else []:
            if option not in known[key]:
                raise ConfigError(key, option, f"no such {key}; {did_you_mean(option, known[key])}")


@cache
def options_of_groups() -> dict[str, list[str]]:
    """Config group -> its options."""
    from importlib.resources import files

    found = {"generator": generator_names(), "format": plugins.names(plugins.FORMATS)}
    for group in ALL_GROUPS[2:]:
        if group in settings_groups():
            found[group] = sorted(settings_groups()[group])
            continue
        entries = files("synthink.conf").joinpath(group).iterdir()
        found[group] = sorted(entry.name.removesuffix(".yaml") for entry in entries if entry.name.endswith(".yaml"))
    return found


def _check_from(split: Sequence[tuple[str, str | None]]) -> None:
    """A manifest says everything: beside `from` only the place and the manner are left to choose."""
    given = [value for key, value in split if key == "from" and value not in ("null", "", None)]
    for key, value in split:
        if given and key.lstrip("+~").partition(".")[0] not in ("from", "output", "overwrite", "executor", "hydra"):
            reason = f"the manifest {given[-1]} says everything but output, overwrite and executor"
            raise ConfigError(key, value, reason)


def _split(override: str) -> tuple[str, str | None]:
    key, equals, value = override.partition("=")
    return key.strip(), value.strip() if equals else None


def _default_generator(recipes: Sequence[str | None]) -> str:
    """The generator that config.yaml or a recipe chooses."""
    from importlib.resources import files

    texts = [files("synthink.conf").joinpath("config.yaml").read_text(encoding="utf-8")]
    for recipe in recipes:
        path = files("synthink.conf").joinpath(f"experiment/{recipe}.yaml")
        if path.is_file():
            texts.append(path.read_text(encoding="utf-8"))
    found = [re.search(r"^\s*- (?:override /)?generator:\s*(\w+)", text, re.MULTILINE) for text in texts]
    return [match.group(1) for match in found if match][-1]


def _classes(names: str) -> list[type[Generator]]:
    """The generators of `generator=a` or of a sweep `generator=a,b`."""
    return [find_generator(name.strip()) for name in names.split(",")]


def _expanded(override: str, key: str, classes: Sequence[type[Generator]], verb: str) -> str:
    bare = key.lstrip("+~")
    head, _, rest = bare.partition(".")
    if head in ALL_GROUPS and head not in GROUPS[verb]:
        raise ConfigError(bare, _split(override)[1], f"is no key of synthink {verb}")
    if head in ALL_GROUPS[1:] and rest:
        _check_option_key(head, rest, override)
    if head in ("hydra", *ALL_GROUPS[1:]) or bare == "generator" or "@" in bare or "/" in bare:
        return override
    if head in TOP[verb]:
        _check_top(bare, override)
        return _dataset(override) if bare == "dataset" else override
    if not classes:
        inner = [f"{group}.{bare}" for group in GROUPS[verb] if bare in (fields_of_group(group) or ())]
        known = f"did you mean {' or '.join(inner)}?" if inner else did_you_mean(head, [*TOP[verb], *GROUPS[verb]])
        drawn = "; a generator's fields go with trainer.stream=true" if verb == "train" else ""
        raise ConfigError(bare, _split(override)[1], f"no such key; {known}{drawn}")
    path = rest if head == "generator" else bare
    full = _field_path(path, bare, override, classes, verb)
    table = _table(full, classes)
    if table and not key.startswith(("+", "~")):
        return _table_override(table, full, _split(override)[1] or "")
    return override.replace(bare, f"generator.{full}", 1)


def _dataset(override: str) -> str:
    """Folders are keys of a mapping, with slashes and dots: `dataset={data/a: 1, data/b: 2}`."""
    value = _split(override)[1] or ""
    if not value.startswith("{"):
        return override
    pairs = [part.rpartition(":") for part in value.strip("{} ").split(",")]
    return "dataset=[" + ",".join(f"{{path:'{path.strip()}',weight:{weight}}}" for path, _, weight in pairs) + "]"


def _table(path: str, classes: Sequence[type[Generator]]) -> str:
    """The dotted path of the mapping with free keys that a field's path leads to or into; empty for none."""
    for cls in classes:
        kind: Any = cls
        names = path.split(".")
        for place, name in enumerate(names, start=1):
            if not (isinstance(kind, type) and issubclass(kind, Settings)):
                break
            kind = field_types(kind)[name]
            if typing.get_origin(kind) is dict:
                return ".".join(names[:place])
    return ""


def _table_override(table: str, path: str, value: str) -> str:
    """Hydra wants a plus for keys that a mapping lacks; what stands behind the mapping's name is one key, dots and
    all."""
    key = path[len(table) + 1 :]
    if not key:
        return f"++generator.{table}={value}"
    return f"++generator.{table}={','.join(f'{{{key}: {each}}}' for each in value.split(','))}"


def _check_top(key: str, override: str) -> None:
    known = {"splits": (*SPLITS, "seed", "shares"), "splits.shares": SPLITS}
    parent, _, last = key.rpartition(".")
    if parent and last not in known.get(parent, ()):
        raise ConfigError(key, _split(override)[1], f"no such key; {did_you_mean(last, known.get(parent, ()))}")


def _check_option_key(group: str, key: str, override: str) -> None:
    """Refuse `executor.wokers`: a key that no option of the group has."""
    from importlib.resources import files

    import yaml

    known = set(fields_of_group(group) or ())
    folder = files("synthink.conf").joinpath(group)
    for option in options_of_groups()[group] if not known else []:
        known |= set(yaml.safe_load(folder.joinpath(f"{option}.yaml").read_text(encoding="utf-8")) or ())
    if key not in known and not override.startswith("+"):
        raise ConfigError(f"{group}.{key}", _split(override)[1], f"no such key; {did_you_mean(key, known - {'name'})}")


def _field_path(path: str, key: str, override: str, classes: Sequence[type[Generator]], verb: str) -> str:
    """The dotted path of a field below `generator`, a settings' bare value extended by its shorthand."""
    for cls in classes:
        kind: Any = cls
        for name in path.split("."):
            if not (isinstance(kind, type) and issubclass(kind, Settings)):
                break
            known = field_types(kind)
            if name not in known:
                top = [*TOP[verb], *GROUPS[verb]] if kind is cls and not key.startswith("generator.") else []
                raise ConfigError(key, _split(override)[1], f"no such key; {did_you_mean(name, [*known, *top])}")
            kind = known[name]
        if isinstance(kind, type) and issubclass(kind, Settings) and kind.shorthand and not _is_mapping(override):
            return f"{path}.{kind.shorthand}"
    return path


def _is_mapping(override: str) -> bool:
    return (_split(override)[1] or "").startswith("{")


def plain_config(config: Any) -> dict[str, Any]:
    """A composed config as plain values. Interpolations of environment variables are refused: they would leak."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    for resolver in ("oc.env", "oc.decode"):
        OmegaConf.clear_resolver(resolver)
    try:
        missing = OmegaConf.missing_keys(config)
        if missing:
            raise ConfigError(sorted(missing)[0], "???", "must be given")
        content = OmegaConf.to_container(config, resolve=True)
    except OmegaConfBaseException as error:
        raise SynthinkError(f"config: {str(error).splitlines()[0]}") from None
    assert isinstance(content, dict)
    return {str(key): value for key, value in content.items()}


def request(config: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `synthink.api.generate` that a plain config asks for."""
    splits = dict(config["splits"])
    shares, split_seed = splits.pop("shares"), splits.pop("seed")
    options = {
        "output": config["output"],
        "executor": config["executor"],
        "overwrite": config["overwrite"],
    }
    if config["from"] is not None:
        return {**options, "source": config["from"]}
    generator = dict(config["generator"])
    return {
        **options,
        "generator": generator.pop("name"),
        "splits": splits,
        "seed": config["seed"],
        "shares": shares,
        "split_seed": split_seed,
        "format": config["format"]["name"],
        "shard_size": config["shard_size"],
        "licence": config["licence"],
        **generator,
    }
