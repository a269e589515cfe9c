"""The filter that keeps slurs and strong obscenities out of datasets.

`slurs.txt` holds hashes, so the words themselves do not stand in the repository; every regular inflection has its
own line, so whole words are looked up and no rule guesses at stems (a rule takes `titter` or `spices` for what they
are not). Words that are slurs in one of their senses are in it too: a word that is missing does no harm.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

DIGEST_BYTES = 8  # of SHA-256: among a million words a false match is expected once in 10^10 lists


def is_slur(word: str) -> bool:
    """Whether the word, given case-folded and in NFC, is on the list."""
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES] in _digests()


@cache
def slur_list_digest() -> str:
    """SHA-256 of the list, for fingerprints of sources that cannot be enumerated."""
    return hashlib.sha256(b"".join(sorted(_digests()))).hexdigest()


@cache
def _digests() -> frozenset[bytes]:
    lines = resources.files("synthink.assets.words").joinpath("slurs.txt").read_text(encoding="ascii").splitlines()
    return frozenset(bytes.fromhex(line) for line in lines if not line.startswith("#"))
