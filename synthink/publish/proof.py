"""The figures of `verify` come into the card of the dataset that was verified."""

from __future__ import annotations

from pathlib import Path

from synthink.build import card
from synthink.confined import read_inside
from synthink.core.generator import Generator
from synthink.errors import OutputError
from synthink.files import write_inside
from synthink.pages.markdown import Markdown, code_span, listed
from synthink.tables.card import LARGEST_CARD
from synthink.verify.judges import unproved_columns
from synthink.verify.report import Report
from synthink.version import VERSION

README = card.NAMES[0]


def note_proof(folder: Path, report: Report, generator: Generator) -> None:
    """Write the checks of a report into the card of the dataset in `folder`, in place of what it said of proofs before.

    A card without that block, which somebody took out, stays as it is. Raises `OutputError` where the card cannot be
    written.
    """
    checks = [(check.name, check.verdict, check.summary) for check in report.checks]
    details = [f"{check.name}: {reason}" for check in report.checks for reason in check.unproved]
    is_remade = any(check.name == "made again" for check in report.checks)
    if names := unproved_columns(generator):
        columns = listed(map(code_span, names))
        compared = ", which are compared in the rows drawn again" if is_remade else ""
        details.append(Markdown(f"No oracle judges these columns{compared}: {columns}."))
    if not is_remade:
        details.append("No rows were drawn again: shards left the disk as they were made.")
    try:
        text = read_inside(folder, README, LARGEST_CARD, OutputError).decode(errors="surrogateescape")
        renewed = card.renewed(text, card.proof_block(checks, details, VERSION))
        if renewed != text:
            content = renewed.encode(errors="surrogateescape")
            write_inside(folder, README, content, by="README.new.md", error=OutputError)
    except FileNotFoundError:
        return  # whoever sends the folder says so
    except OSError as error:
        reason = f"cannot be written: {error.strerror}; the figures of verify belong there, and verify=skip leaves it"
        raise OutputError(f"{folder / README}: {reason}") from None
