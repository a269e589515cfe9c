"""Blocks of a card that tell of its rows: they are renewed when rows are added or proved, whatever people wrote around
them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from synthink.pages.markdown import render_markdown

TEMPLATES = Path(__file__).with_name("templates")
_BLOCK = re.compile(r"<!-- begin (\w+) -->\n.*?<!-- end \1 -->\n", re.DOTALL)


def renewed(card: str, blocks: str) -> str:
    """The card with the blocks that `blocks` holds in place of its own of the same names; others stay."""
    by_name = {match[1]: match[0] for match in _BLOCK.finditer(blocks)}
    return _BLOCK.sub(lambda match: by_name.get(match[1], match[0]), card)


def proof_block(checks: Sequence[tuple[str, str, str]], details: Sequence[str] = (), version: str = "") -> str:
    """The block about how labels were proved.

    checks: name, verdict and summary of each check that `verify` made; none where it has not been made. details: what
    could not be proved. version: of the synthink that checked.
    """
    return render_markdown(TEMPLATES / "proof.md.jinja", checks=checks, details=details, version=version)
