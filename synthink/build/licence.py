"""Licences as the command takes them and as the hub shows them: SPDX names, expressions of them, or an address."""

from __future__ import annotations

from typing import Any

from synthink.errors import did_you_mean
from synthink.settings import Condition

COMMON = (
    *("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc0-1.0"),
    *("apache-2.0", "mit", "bsd-3-clause", "odbl-1.0", "odc-by-1.0", "pddl-1.0", "gpl-3.0-only", "ofl-1.1"),
)
"""Licences of datasets that are proposed for one that is not known."""
HUB_WORDS = ("other", "unknown")
"""What the hub takes besides SPDX names."""


class Licence(Condition):
    """Refuses what is neither an SPDX name or expression, nor an address, nor one of the hub's own words."""

    def refuse(self, value: Any) -> str | None:
        if not str(value).strip():
            return "must name a licence, as in cc-by-4.0"
        if is_address(value) or value.lower() in HUB_WORDS or _canonical(value) is not None:
            return None
        hint = did_you_mean(value.lower(), COMMON)
        return f"is no SPDX name (spdx.org/licenses) and no address; {hint}; own terms are `other`, or their address"


def as_recorded(licence: str) -> str:
    """A licence as manifests have it: a name of SPDX in small letters, however it was written."""
    canonical = None if is_address(licence) else _canonical(licence)
    is_name = canonical is not None and " " not in canonical and not canonical.startswith("LicenseRef-")
    return licence.lower() if is_name else licence


def is_address(licence: str) -> bool:
    """Whether a licence is the address of its text."""
    return licence.startswith(("https://", "http://")) and " " not in licence


def card_fields(licence: str) -> dict[str, str]:
    """The keys of a card's front matter for a licence: the hub knows names in small letters, and others by a link or a
    name of their own."""
    if is_address(licence):
        return {"license": "other", "license_link": licence}
    canonical = _canonical(licence)
    if canonical is None:
        return {"license": licence}
    if " " in canonical or canonical.startswith("LicenseRef-"):
        return {"license": "other", "license_name": canonical}
    return {"license": canonical.lower()}


def _canonical(licence: str) -> str | None:
    """An SPDX expression in its own spelling; None for what is none."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(licence))
    except InvalidLicenseExpression:
        return None
