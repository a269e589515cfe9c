"""Words whose letters come from several alphabets and look alike: no picture says which letter it shows."""

from __future__ import annotations

import re

_LATIN, _GREEK, _CYRILLIC = "A-Za-z\u00c0-\u024f", "\u0370-\u03ff\u1f00-\u1fff", "\u0400-\u052f"
_WIDE = re.compile("[A-Za-z][\uff21-\uff3a\uff41-\uff5a]|[\uff21-\uff3a\uff41-\uff5a][A-Za-z]")
"""Letters of Latin beside those of a set as wide as Chinese characters."""
_RUN = re.compile(f"[{_LATIN}{_GREEK}{_CYRILLIC}]+")
_LIKE_LATIN = re.compile("[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϳ]")
"""Greek letters that look like Latin ones; signs of physics, as in kΩ and Δt, do not."""


def mixes_alphabets(word: str) -> bool:
    """Whether letters in a row are Latin and Cyrillic, Greek and Cyrillic, Latin and Greek that looks Latin, or Latin
    of two widths."""
    if word.isascii():
        return False
    if _WIDE.search(word):
        return True
    for run in _RUN.findall(word):
        latin, greek, cyrillic = (re.findall(f"[{letters}]", run) for letters in (_LATIN, _GREEK, _CYRILLIC))
        if (cyrillic and (latin or greek)) or (latin and (len(greek) > 2 or _LIKE_LATIN.search(run))):
            return True
    return False
