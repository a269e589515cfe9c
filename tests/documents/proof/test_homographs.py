"""Words that look the same in several alphabets."""

from __future__ import annotations

import pytest

from synthink.documents.proof.homographs import mixes_alphabets


@pytest.mark.parametrize(
    ("words", "mixed"),
    [
        ("paypal кот Αθήνα naïve Ω", False),
        ("kΩ µm μm Δt ΔT β-test γ-кот αβ wi-фай x² ＡＢ", False),
        ("p\u0430ypal C\u043ecна Αlpha br\u043ewn Aθήνα \u0395\u041a br\uff4fwn", True),
    ],
)
def test_letters_of_several_alphabets_in_a_row_are_found(words: str, mixed: bool) -> None:
    assert {word: mixes_alphabets(word) for word in words.split()} == dict.fromkeys(words.split(), mixed)
