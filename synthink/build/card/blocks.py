"""Blocks of a card that tell of its rows, which are renewed when rows are added or proved, whatever people wrote around
them; and a seal at its end, which tells whether they wrote anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from synthink.pages.markdown import Markdown, render_markdown

TEMPLATES = Path(__file__).with_name("templates")
_BLOCK = re.compile(r"<!-- begin (\w+) -->\n.*?<!-- end \1 -->\n", re.DOTALL)
_SEAL = "<!-- seal "


def sealed(card: str) -> str:
    """The card with its seal."""
    return f"{card}{_SEAL}{_digest(card)} -->\n"


def is_untouched(card: str) -> bool:
    """Whether nobody has changed a card since it was sealed."""
    text, seal, digest = card.rpartition(_SEAL)
    return bool(seal) and digest == f"{_digest(text)} -->\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:16]


def renewed(card: str, blocks: str) -> str:
    """The card with the blocks that `blocks` holds in place of its own of the same names, and a new seal where the old
    one was whole; all else stays."""
    by_name = {match[1]: match[0] for match in _BLOCK.finditer(blocks)}
    text = _BLOCK.sub(lambda match: by_name.get(match[1], match[0]), card)
    return sealed(text.rpartition(_SEAL)[0]) if is_untouched(card) else text


def proof_block(checks: Sequence[tuple[str, str, str]], details: Sequence[str] = (), version: str = "") -> str:
    """The block about how labels were proved.

    checks: name, verdict and summary of each check that `verify` made; none where it has not been made. details: what
    could not be proved. version: of the synthink that checked, digits and dots.
    """
    return render_markdown(TEMPLATES / "proof.md.jinja", checks=checks, details=details, version=Markdown(version))
