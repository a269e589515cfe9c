"""Tab completion: the shell asks `synthink _complete WORD ...`, and gets one candidate a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synthink.cli.verb_keys import GROUPS
from synthink.errors import SynthinkError, did_you_mean

_BASH = """\
_synthink() {
    local IFS=$'\\n'
    COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]/}
    COMPREPLY=($(synthink _complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [[ ${COMPREPLY[0]} == *= || ${COMPREPLY[0]} == *. || ${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -F _synthink synthink
"""
_ZSH = "autoload -U +X bashcompinit && bashcompinit\n" + _BASH
_FISH = """\
complete -c synthink -f -a '(synthink _complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script(shell: str) -> str:
    """The text that a shell evaluates: `eval "$(synthink completion bash)"`."""
    if shell not in _SCRIPTS:
        raise SynthinkError(f"no completion for shell {shell!r}; {did_you_mean(shell, _SCRIPTS)}")
    return _SCRIPTS[shell]


def complete(words: Sequence[str]) -> int:
    """Print the candidates for the last of the words that were typed after `synthink`."""
    typed = words[-1] if words else ""
    for candidate in candidates(list(words[:-1]), typed):
        if candidate.startswith(typed):
            print(candidate)
    return 0


def candidates(before: Sequence[str], typed: str) -> Iterator[str]:
    """What may stand in place of `typed`, after the words `before`."""
    from synthink.cli.main import VERBS

    if not before:
        yield from VERBS
    elif before[0] == "completion":
        yield from _SCRIPTS
    elif before[0] in ("preview", "verify"):
        yield from _folders(typed) if typed.startswith("dataset=") else _reading_keys(before[0])
    elif before[0] == "list":
        yield from ("fonts", "generators")
    elif typed.startswith(("dataset=", "checkpoint=", "before=")):
        yield from _folders(typed)
    elif before[0] in GROUPS:
        yield from _hydra_keys(before[0], before[1:], typed)


def _reading_keys(verb: str) -> Sequence[str]:
    return ("dataset=", "output=", "rows=") if verb == "preview" else ("dataset=", "rows=", "remake=")


def _folders(typed: str) -> Iterator[str]:
    """Folders below what was typed after `dataset=`."""
    from pathlib import Path

    key, _, path = typed.partition("=")
    parent = Path(path) if path.endswith("/") else Path(path).parent
    if parent.is_dir():
        for folder in sorted(entry for entry in parent.iterdir() if entry.is_dir() and not entry.name.startswith(".")):
            yield f"{key}={folder}"


def _hydra_keys(verb: str, before: Sequence[str], typed: str) -> Iterator[str]:
    from synthink.cli.overrides import chosen_generators, draws, options_of_groups
    from synthink.cli.verb_keys import TOP, fields_of_group
    from synthink.settings import Settings, field_types

    for group in GROUPS[verb]:
        yield from (f"{group}={option}" for option in options_of_groups()[group])
        if typed.startswith(f"{group}."):
            yield from (f"{group}.{field}=" for field in sorted(fields_of_group(group) or ()))
    yield from (f"{key}=" for key in TOP[verb] if key != "splits")
    if "splits" in TOP[verb]:
        yield from (f"splits.{key}=" for key in ("train", "validation", "test", "seed"))
        yield from (f"splits.shares.{key}=" for key in ("train", "validation", "test"))
    if "executor" in GROUPS[verb]:
        yield "executor.workers="
    for cls in chosen_generators(before) if draws(verb, before) else ():
        for name, hint in field_types(cls).items():
            nested = isinstance(hint, type) and issubclass(hint, Settings)
            for prefix in ("", "generator."):
                yield f"{prefix}{name}="
                if nested and typed.startswith(f"{prefix}{name}."):
                    yield from (f"{prefix}{name}.{inner}=" for inner in field_types(hint))
