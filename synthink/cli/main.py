"""The command: a verb, then overrides. Errors that a user can mend are one line; 0 means that the job is done."""

from __future__ import annotations

import io
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TextIO

import yaml

from synthink.cli.complete import complete
from synthink.cli.compose import call_of
from synthink.cli.groups import GROUPS, option_settings, plain_option
from synthink.cli.help import field_docs, overview, verb_help
from synthink.cli.hydra_internal import is_flag
from synthink.cli.sweep import run_through_hydra, wants_hydra
from synthink.cli.verb import Call, Verb, is_text, shell_word, with_positional
from synthink.cli.verbs import VERBS
from synthink.errors import (
    ConfigError,
    DrawError,
    SynthinkError,
    did_you_mean,
    displayable,
    quoted,
    shortened,
    unexpected,
    with_notes,
)
from synthink.progress import restart_clock
from synthink.settings import field_types
from synthink.version import VERSION


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status: 0 done, 1 failed, 2 bad input, 3 not proved, 130 and 143
    interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` and a shell's `&` set it
            signal.signal(number, _stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name of a file can hold what the terminal has no letter for
            stream.reconfigure(errors="backslashreplace")
    status = 0
    try:
        status = run_command(arguments)
        if sys.stdout is not None:  # it is where the shell has closed it
            sys.stdout.flush()
        _finish()
    except KeyboardInterrupt:
        _finish()
        _print_error("interrupted; the same command goes on from here")
        status = 128 + _stopped_by
    except BrokenPipeError:  # the reader of our output has gone
        _finish()
        _flush_or_drop(sys.stdout)
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes one line here and nowhere else
        _finish()
        status = _report(error)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # Python's own end takes its handlers away
    sys.exit(status)


def run_command(arguments: Sequence[str]) -> int:
    """Do what the arguments ask for, and return the exit status: 0, or 1 and 3 where a check found or could not prove
    something.

    Raises `SynthinkError` for bad input and `DrawError` for a row that failed.
    """
    name, *words = arguments or ["--help"]
    if name in ("-h", "--help", "help"):
        print(overview())
        return 0
    if name == "--version":
        print(f"synthink {VERSION}")
        return 0
    if name == "_complete":
        return complete(words)
    if name not in VERBS:
        raise SynthinkError(f"no verb {quoted(name)}; {did_you_mean(name, VERBS)}")
    verb = VERBS[name]
    restart_clock()
    if "-h" in words or "--help" in words:
        print(verb_help(verb, words))
        return 0
    if not verb.is_composed():
        _reject_hydras_words(verb, words)
    _reject_dashes(verb, words)
    if not verb.is_composed():
        keys, call = _read_plain_words(verb, words)
        return keys.report(call).status
    if wants_hydra(verb, words):
        return run_through_hydra(verb, words)
    keys, call = call_of(verb, with_positional(verb, words))
    return keys.report(call).status


def _reject_dashes(verb: type[Verb], words: Sequence[str]) -> None:
    """Raise `SynthinkError` for `--output x`, saying that it is `output=x`; Hydra's own flags pass."""
    for place, word in enumerate(words):
        if not word.startswith("--") or (verb.is_composed() and is_flag(word)):
            continue
        name, equals, value = word.lstrip("-").replace("-", "_").partition("=")
        value = word.partition("=")[2] if equals else "".join(words[place + 1 : place + 2])
        known = [*verb.key_types(), *verb.groups]
        hint = f"write {shell_word(name, value or 'VALUE')}" if name in known else did_you_mean(name, known)
        raise SynthinkError(f"{shortened(word)}: keys have no dashes and are written KEY=VALUE; {hint}")


def _reject_hydras_words(verb: type[Verb], words: Sequence[str]) -> None:
    """Raise `SynthinkError` for flags and groups of Hydra's with a verb that has none: `preview -m generator=a,b`."""
    sweep_hint = (
        f"; synthink {verb.name} FOLDER takes the folder of a sweep as it is" if "dataset" in verb.key_types() else ""
    )
    for word in words:
        key = word.partition("=")[0]
        if word.startswith("-") and is_flag(word):
            raise SynthinkError(f"{word}: synthink {verb.name} takes no flags of Hydra's{sweep_hint}")
        if key in GROUPS and key not in (*verb.key_types(), *verb.groups):
            purpose = "takes a dataset that synthink generate has made" if sweep_hint else "has no such group"
            raise ConfigError(key, word.partition("=")[2], f"is no key of synthink {verb.name}, which {purpose}")


def _read_plain_words(verb: type[Verb], words: Sequence[str]) -> tuple[Verb, Call]:
    """A verb that Hydra does not compose, with its keys, and its call with the groups that it has.

    Raises `ConfigError` for a key that there is not, or a value that cannot be used.
    """
    chosen = {group: plain_option(group, words) for group in verb.groups}
    known = verb.key_types()
    for group, option in chosen.items():
        settings = option_settings(group, option)
        fields = field_types(settings) if settings is not None else {}
        known |= {group: str, **{f"{group}.{name}": hint for name, hint in fields.items()}}
    values: dict[str, Any] = {}
    for word in with_positional(verb, words):
        key, equals, text = word.partition("=")
        if key in values:
            raise ConfigError(key, text, f"is there twice; the other is {quoted(values[key])}")
        if key not in known:
            raise ConfigError(key, text if equals else None, f"no such key; {did_you_mean(key, known)}")
        if not equals:
            raise ConfigError(key, None, f"write {key}=VALUE")
        values[key] = _plain_value(key, text, known[key])
    missing = [name for name in verb.required() if values.get(name) in (None, "")]
    if missing:
        raise ConfigError(missing[0], None, f"must be given: {field_docs(verb)[missing[0]]}")
    groups = {
        group: {"name": option}
        | {key.removeprefix(f"{group}."): value for key, value in values.items() if key.startswith(f"{group}.")}
        for group, option in chosen.items()
    }
    own = {key: value for key, value in values.items() if key in verb.key_types()}
    return verb.from_values(own), Call(groups, words)


def _plain_value(key: str, text: str, hint: Any) -> Any:
    """Text for a key that holds text, so that no path needs quotes; else what YAML reads."""
    if is_text(hint):
        return text
    try:
        return yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError):
        raise ConfigError(key, text, "cannot be read as a value; put it in quotes") from None


DEBUG_VARIABLE = "SYNTHINK_DEBUG"
"""The environment variable that, set to 1, has tracebacks shown."""
QUIET_S = 2.0
_stopped_at = -QUIET_S
_stopped_by: int = signal.SIGINT
"""The signal that came, which no exception can tell of: Ray raises a KeyboardInterrupt of its own in place of ours."""


def _stop(number: int, frame: Any) -> None:
    """End by way of every `finally`, which a second Ctrl-C right after the first must not break into."""
    global _stopped_at, _stopped_by
    now = time.monotonic()
    if now - _stopped_at >= QUIET_S:
        _stopped_at, _stopped_by = now, number
        raise KeyboardInterrupt


def _finish() -> None:
    """From here on nothing is left to stop: a signal that comes now changes neither message nor status."""
    global _stopped_at
    _stopped_at = math.inf


def _report(error: Exception) -> int:
    """Print an error as one line, in front of it with `SYNTHINK_DEBUG=1` its traceback; returns the exit status."""
    is_fault, status = False, 2
    if isinstance(error, SynthinkError):
        message = with_notes(error)
        if isinstance(error, DrawError):
            is_fault, status = bool(unexpected(error)), 1
    elif isinstance(error, OSError):
        place = error.filename or "standard output, or a file that the system does not name"
        message = f"{shortened(os.fsdecode(place))}: {error.strerror or error}"
        _flush_or_drop(sys.stdout)
    elif isinstance(error, MemoryError):
        message = "out of memory"
    else:
        message, is_fault, status = f"{type(error).__name__}: {with_notes(error) or 'no message'}", True, 1
    if os.environ.get(DEBUG_VARIABLE, "0") not in ("", "0"):
        traceback.print_exception(error)
    elif is_fault:
        whose = "" if isinstance(error, DrawError) else "this is a fault of synthink, please report it; "
        message += f"; {whose}{DEBUG_VARIABLE}=1 shows where it happened"
    _print_error(message)
    return status


def _flush_or_drop(stream: TextIO | None) -> None:
    """Write what is left of an output, to nowhere where that cannot be: Python would complain of it at its end."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _print_error(message: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):
            print(f"synthink: {' '.join(displayable(message).split())}", file=sys.stderr)
        _flush_or_drop(sys.stderr)
