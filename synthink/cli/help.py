"""The text of `--help`, read from the fields of verbs, generators and groups, and from their docstrings."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin

from synthink.cli.allowed import allowed
from synthink.cli.compose import chosen_generators, chosen_options, compose, with_generator_names
from synthink.cli.groups import option_settings, options, plain_option
from synthink.cli.hydra_internal import parse_flags
from synthink.cli.structured import changed_fields
from synthink.cli.verb import Verb, with_positional
from synthink.cli.verbs import VERBS
from synthink.cli.words import read_words
from synthink.core.weights import Weights
from synthink.errors import SynthinkError, quoted
from synthink.settings import Settings, field_types

WIDTH = 108
USAGE = "usage: synthink VERB [KEY=VALUE ...]"
WEIGHTS_NOTE = " What you write is all there is, the others are 0; where you write only zeros, the others stay."
EXAMPLE = "synthink generate generator=circled_letters splits.train=10000 seed=0 output=data/circled"


def overview() -> str:
    """The text of `synthink --help`."""
    width = max(map(len, VERBS))
    lines = [f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS.values()]
    return "\n".join([USAGE, "", *lines, "", f"  {EXAMPLE}", "", "synthink VERB --help lists a verb's keys."])


def verb_help(verb: type[Verb], arguments: Sequence[str]) -> str:
    """The text of `synthink VERB --help`. arguments: what else was typed, which may choose a generator or a trainer."""
    lines = [f"usage: synthink {verb.name}{_positional(verb)} [KEY=VALUE ...]", "", verb.summary, ""]
    if not verb.is_composed():
        chosen = {group: plain_option(group, arguments) for group in verb.groups}
        lines += [*_group_names(verb), ""] if chosen else []
        return "\n".join([*lines, *field_lines(verb), *_group_lines(verb, chosen, {})])
    flags = parse_flags(arguments)
    folder = flags.config_dir
    typed = with_positional(verb, flags.overrides)
    config = {} if flags.multirun else compose(verb, typed, folder)
    words = with_generator_names(read_words(typed))
    lines += [*_group_names(verb, folder), "", *field_lines(verb, config)]
    for cls in chosen_generators(verb, words, folder):
        lines += ["", f"fields of {cls.name} (`picture_px=224` or `generator.picture_px=224`):"]
        lines += field_lines(cls, config.get("generator"))
    lines += _group_lines(verb, chosen_options(verb, words, folder=folder), config)
    lines += ["", f"-m sweeps: synthink {verb.name} -m {verb.sweep_example}", "hydra/launcher=joblib: side by side"]
    lines += [
        "--config-dir FOLDER: recipes and presets of your own, as FOLDER/experiment/mine.yaml, FOLDER/model/mine.yaml"
    ]
    return "\n".join(lines)


def _positional(verb: type[Verb]) -> str:
    """What may stand alone, as in `synthink completion [bash|zsh|fish]` or `synthink verify [DATASET]`."""
    if verb.positional is None:
        return ""
    hint = verb.key_types()[verb.positional]
    return f" [{'|'.join(get_args(hint)) if get_origin(hint) is Literal else verb.positional.upper()}]"


def _group_names(verb: type[Verb], folder: str | None = None) -> list[str]:
    """The options of each group. folder: one with the user's own configs."""
    return [f"  {group}={'|'.join(options(group, folder))}" for group in verb.groups]


def _group_lines(verb: type[Verb], chosen: Mapping[str, str | None], config: Mapping[str, Any]) -> list[str]:
    """The fields of the option that is chosen of each group; of the first one where nothing need be chosen."""
    lines = []
    for group in verb.groups:
        if group in ("generator", "experiment"):
            continue
        settings = option_settings(group, chosen.get(group) or options(group)[0])
        if settings is not None:
            lines += ["", f"fields of {group}:", *field_lines(settings, config.get(group), f"{group}.")]
    return lines


def field_lines(cls: type[Settings], changed: Mapping[str, Any] | None = None, prefix: str = "") -> list[str]:
    """`name=default` and the field's docstring for each field, nested settings below their own name and docstring.

    changed: values that stand in place of the defaults, such as those of a recipe.
    """
    notes = field_docs(cls)
    defaults = {
        member.name: member.default if member.default_factory is MISSING else member.default_factory()
        for member in fields(cls)  # type: ignore[arg-type]
    }
    lines = []
    for name, hint in field_types(cls).items():
        key = f"{prefix}{name.removesuffix('_')}"
        if name == cls.free_names:
            lines += _free_lines(prefix, known=set(defaults), changed=changed or {}, note=notes.get(name, ""))
            continue
        value = (changed or {}).get(name.removesuffix("_"), defaults[name])
        if isinstance(hint, type) and issubclass(hint, Settings):
            heading = f"{key}: {notes.get(name) or _first_line(hint.__doc__)}"
            if issubclass(hint, Weights):
                heading += WEIGHTS_NOTE
                value = hint.build(value) if isinstance(value, Mapping) and value else defaults[name]
            lines += textwrap.wrap(heading, WIDTH, initial_indent="  ", subsequent_indent=" " * 8)
            lines += field_lines(hint, changed_fields(value) if isinstance(value, Settings) else value, f"{key}.")
            continue
        values = allowed(hint)
        line = f"  {key}={'...' if value is MISSING else _typed(value)}"
        lines.append(f"{line}  ({values})" if values and len(line) + len(values) < WIDTH else line)
        note = notes.get(name, "").replace("None: ", "null: ")
        lines += textwrap.wrap(note, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return lines


def _free_lines(prefix: str, known: set[str], changed: Mapping[str, Any], note: str) -> list[str]:
    """The lines for names that are no fields: those that have a value, and what such a name is for."""
    own = [f"  {prefix}{name}={_typed(value)}" for name, value in changed.items() if name not in known]
    return [
        *own,
        f"  {prefix}NAME={{...}}",
        *textwrap.wrap(note, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8),
    ]


def field_docs(cls: type[Any]) -> dict[str, str]:
    """Field -> the string literal that stands below it in the source of the class or of a class it inherits from."""
    notes: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        try:
            body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        except (OSError, TypeError, SyntaxError):
            continue
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for statement, following in pairwise(statements):
            match statement, following:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    notes[name] = " ".join(text.split())
    return notes


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _typed(value: Any) -> str:
    """A default as it is typed on the command line."""
    if isinstance(value, tuple | list):
        return "[" + ",".join(_typed(item) for item in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_typed(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Settings):
        raise SynthinkError(f"settings inside a list: {quoted(value)}")
    return str(value)
