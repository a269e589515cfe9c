"""`synthink list`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.support import assert_refused
from tests.support import Result


@pytest.mark.parametrize(
    ("arguments", "text"),
    [((), "circled_letters"), (("fonts",), "DejaVu Sans"), (("gestures",), "delete: "), (("generators",), "mixture")],
    ids=str,
)
def test_what_is_installed(command: Callable[..., Result], arguments: tuple[str, ...], text: str) -> None:
    result = command("list", *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    assert text in result.stdout


def test_a_source_is_that_of_fonts(command: Callable[..., Result]) -> None:
    assert_refused(command("list", "gestures", "source=system"), "source='system': goes with `synthink list fonts`")
