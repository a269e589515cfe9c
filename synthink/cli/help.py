"""What a verb's keys are, for people: read from the config and from the generators' own fields and docstrings."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from itertools import pairwise
from typing import Any

from synthink.cli.overrides import chosen_generators, draws, given_fields, options_of_groups
from synthink.cli.verb_keys import GROUPS, TOP, settings_groups
from synthink.errors import SynthinkError
from synthink.settings import Settings, field_types
from synthink.train.settings import Model

VERB_KEYS = {
    "list": """list                    generators
list fonts [source=packaged|system|FOLDER]
list gestures           classes and variants, with their shares""",
    "preview": """\
dataset=FOLDER          what to show
output=PATH             default: FOLDER-preview (.png and .html)
rows=24                 of each split""",
    "verify": """\
dataset=FOLDER          what to check
rows=N                  rows of each split that the oracle judges; default: all
remake=100              rows drawn again and compared""",
    "completion": 'bash | zsh | fish       eval "$(synthink completion bash)"',
}


OUTPUTS = {
    "train": "output: null                # the run's folder; null: runs/DATASET",
    "evaluate": "output: null                # the report's folder; null: evaluation/DATASET in the checkpoint's",
    "validate": "output: null                # of dataset, runs and report; null: runs/GENERATOR",
}
"""In place of the line in config.yaml, which is about `generate`."""


def verb_help(verb: str, summary: str, arguments: Sequence[str]) -> str:
    """The text of `synthink VERB --help`."""
    head = f"usage: synthink {verb} [KEY=VALUE ...]\n\n{summary}\n"
    if verb not in GROUPS:
        return f"{head}\n{textwrap.indent(VERB_KEYS[verb], '  ')}"
    keys = "\n".join(_top_keys(verb))
    groups = [f"{group}={'|'.join(options_of_groups()[group])}" for group in GROUPS[verb]]
    parts = [head, *(f"  {group}" for group in groups), "", textwrap.indent(keys.strip("\n"), "  "), ""]
    given = [argument for argument in arguments if not argument.startswith("-")]
    for cls in chosen_generators(given) if draws(verb, given) else ():
        parts += [f"fields of {cls.name} (`picture_px=224` or `generator.picture_px=224`):", *field_lines(cls)]
    for group in ("trainer", "model", "predictor"):
        if group in GROUPS[verb]:
            parts += ["", f"fields of {group}:", *_group_lines(group, given)]
    swept = {"generate": "seed=0,1,2 output=data/sweep", "validate": "trainer.learning_rate=1e-3,3e-4"}
    parts += [
        "",
        f"-m sweeps: synthink {verb} -m {swept.get(verb, 'seed=0,1,2')}",
        "hydra/launcher=joblib: side by side",
    ]
    return "\n".join(parts)


def _top_keys(verb: str) -> list[str]:
    """The lines of config.yaml about keys that the verb takes, with those below them."""
    from importlib.resources import files

    config = files("synthink.conf").joinpath("config.yaml").read_text(encoding="utf-8")
    wanted, lines = False, []
    for line in config.partition("\n\n")[2].partition("\n\n")[2].partition("\nhydra:")[0].splitlines():
        if line and not line.startswith((" ", "#")):
            wanted = line.partition(":")[0] in TOP[verb]
        if wanted and line and not line.startswith("#"):
            lines.append(OUTPUTS.get(verb, line) if line.startswith("output:") else line)
    return lines


def _group_lines(group: str, given: Sequence[str]) -> list[str]:
    """The fields of the option that was chosen of a group whose options are settings."""
    if group == "model":
        return field_lines(Model, prefix="model.")
    classes = settings_groups()[group]
    chosen = next((argument.partition("=")[2] for argument in given if argument.startswith(f"{group}=")), "")
    return field_lines(classes.get(chosen) or next(iter(classes.values())), prefix=f"{group}.")


def field_lines(cls: type[Settings], given: Mapping[str, Any] | None = None, prefix: str = "") -> list[str]:
    """`name=default` and the field's docstring for each field, nested settings below their own name."""
    notes = field_docs(cls)
    written = {
        each.name: each.default if each.default_factory is MISSING else each.default_factory()
        for each in fields(cls)  # type: ignore[arg-type]
    }
    lines = []
    for name, hint in field_types(cls).items():
        value = (given or {}).get(name, "..." if written[name] is MISSING else written[name])
        if isinstance(hint, type) and issubclass(hint, Settings):
            lines += [f"  {prefix}{name}: {(hint.__doc__ or '').strip().splitlines()[0]}"]
            lines += field_lines(hint, given_fields(value), f"{prefix}{name}.")
            continue
        lines.append(f"  {prefix}{name}={_written(value)}")
        if name in notes:
            note = notes[name].replace("None: ", "null: ")
            lines += textwrap.wrap(note, 108, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return lines


def field_docs(cls: type[Any]) -> dict[str, str]:
    """Field -> the string literal that stands below it in the source of the class or of a class it inherits from."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        try:
            body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        except (OSError, TypeError, SyntaxError):
            continue
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for before, after in pairwise(statements):
            match before, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = " ".join(text.split())
    return found


def _written(value: Any) -> str:
    """A default as it is typed on the command line."""
    if isinstance(value, tuple):
        return "[" + ",".join(_written(item) for item in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Settings):
        raise SynthinkError(f"settings inside a list: {value!r}")
    return str(value)
