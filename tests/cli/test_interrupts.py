"""Ctrl-C while the command's modules load: status 130, no traceback; a program that imports synthink has Python's."""

from __future__ import annotations

import pytest

from synthink.cli.interrupts import is_command
from tests.support import python

COMMANDS = [
    (["python", "-m", "synthink", "generate"], True),
    (["python", "-X", "dev", "-m", "synthink"], False),
    (["python", "-u", "-m", "synthink"], True),
    (["/usr/bin/python3", "/opt/bin/synthink", "verify"], True),
    (["python", "train.py", "synthink"], False),
    (["python", "-c", "import synthink"], False),
    (["python", "-m", "pytest", "synthink"], False),
    (["python"], False),
    ([], False),
]


@pytest.mark.parametrize(("words", "told"), COMMANDS, ids=str)
def test_the_command_is_known_by_its_words(words: list[str], told: bool) -> None:
    assert is_command(words) == told


@pytest.mark.heavy
@pytest.mark.parametrize("command", [True, False])
def test_an_interrupt_while_modules_load(command: bool) -> None:
    words = ["python", "-m", "synthink"] if command else ["python", "program.py"]
    code = (
        f"import sys; sys.orig_argv[:] = {words}\n"
        "import importlib.abc, os, signal\n"
        "class Interrupt(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'synthink.camera': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "import synthink"
    )
    done = python("-c", code)
    assert (done.returncode == 130 and done.stderr == "") == command, done
    assert ("KeyboardInterrupt" in done.stderr) != command
