"""The command: a verb, then overrides. Errors that a user can mend are one line; 0 means that the job is done."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from synthink.errors import ConfigError, DrawError, SynthinkError, did_you_mean, unexpected, with_notes
from synthink.version import VERSION

VERBS = {
    "generate": "make a dataset folder, or finish one that was interrupted",
    "list": "generators, where they come from, one line each; also `list fonts`, `list gestures`",
    "preview": "contact sheet and HTML page of a dataset, labels drawn over the pictures",
    "verify": "checksums, rows, schema, labels by an independent oracle, splits, balance, rows made again",
    "train": "fine-tune a model on datasets, or go on with a run that was interrupted",
    "evaluate": "ask a model, or one behind an API, and write a report with a verdict",
    "validate": "generate, train, train a control without the signal, evaluate, report: does the dataset teach?",
    "completion": "print the tab completion of a shell: bash, zsh or fish",
}
USAGE = "usage: synthink VERB [KEY=VALUE ...]"


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status: 0 done, 1 failed, 2 bad input, 130 and 143 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` and a shell's `&` set it
            signal.signal(number, _stopped)
    try:
        status = _run(arguments)
        sys.stdout.flush()
        _finish()
    except KeyboardInterrupt as interrupt:
        _finish()
        _say("interrupted; the same command goes on from here")
        status = 128 + (interrupt.number if isinstance(interrupt, Stop) else signal.SIGINT)
    except DrawError as error:
        _finish()
        _say(with_notes(error), *filter(None, [unexpected(error)]))
        status = 1
    except SynthinkError as error:
        _finish()
        _say(with_notes(error))
        status = 2
    except BrokenPipeError:
        _finish()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of our output has gone
        status = 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # Python's own end takes its handlers away
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0
    verb, *rest = arguments
    if verb == "--version":
        print(f"synthink {VERSION}")
        return 0
    if verb == "_complete":
        from synthink.cli.completion import complete

        return complete(rest)
    if verb not in VERBS:
        raise SynthinkError(f"no verb {verb!r}; {did_you_mean(verb, VERBS)}")
    if any(argument in ("-h", "--help") for argument in rest):
        from synthink.cli.help import verb_help

        print(verb_help(verb, VERBS[verb], rest))
        return 0
    from synthink.cli.verbs import commands

    return int(getattr(commands, f"{verb}_command")(rest))


def _overview() -> str:
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}}  {text}" for verb, text in VERBS.items()]
    example = "synthink generate generator=circled_letters splits.train=10000 seed=0 output=data/circled"
    return "\n".join([USAGE, "", *lines, "", f"  {example}", "", "synthink VERB --help lists a verb's keys."])


class Stop(KeyboardInterrupt):
    """SIGINT or SIGTERM, on its way out through every `finally`."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


QUIET_S = 2.0
_stopped_at = -QUIET_S


def _stopped(number: int, frame: Any) -> None:
    """End by way of every `finally`, which a second Ctrl-C right after the first must not break into."""
    global _stopped_at
    now = time.monotonic()
    if now - _stopped_at >= QUIET_S:
        _stopped_at = now
        raise Stop(number)


def _finish() -> None:
    """From here on nothing is left to stop: a signal that comes now changes neither message nor status."""
    global _stopped_at
    _stopped_at = math.inf


def _say(*lines: str) -> None:
    first, *others = lines
    print(f"synthink: {' '.join(first.split())}", *others, sep="\n", file=sys.stderr)


def key_values(arguments: Sequence[str], known: dict[str, Any]) -> dict[str, Any]:
    """`key=value` arguments of a verb that reads; `known` gives each key's default. `ConfigError` for others."""
    import yaml

    values = dict(known)
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if key not in known:
            raise ConfigError(key, text if equals else None, f"no such key; {did_you_mean(key, known)}")
        if not equals:
            raise ConfigError(key, None, f"write {key}=VALUE")
        try:
            values[key] = text if isinstance(known[key], str) or key in ("dataset", "output") else yaml.safe_load(text)
        except yaml.YAMLError:
            raise ConfigError(key, text, "is not a value") from None
    return values
