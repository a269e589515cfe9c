"""The dataset card: whatever fonts, words, licences and fields say, it shows it and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import yaml

import synthink
from synthink import ConfigError
from synthink.build.card.changed_fields import changed_fields
from synthink.build.licence import Licence, card_fields
from synthink.build.manifest import load as load_manifest
from synthink.core.assets import AssetSet, AssetSpec

ODD = [
    "<script>alert(1)</script>",
    "</details><img src=x onerror=alert(1)>",
    "[free](javascript:alert(1)) ![x](http://127.0.0.1/p.png)",
    "a | b | c `code` ``` ~~~ $x$ &lt;",
    "line\n\n# Heading\n\n---\nlicense: mit\n---\n| a |\n|---|",
    "right\u202eto left\u2066\x1b[2J\x07\x00\x85",
    "http://example.org www.example.org @somebody",
]


class Opened(AssetSet[Any]):
    kind: ClassVar[str] = "things"

    def groups(self) -> list[str]:
        return [str(number) for number in range(9)]

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> Any:
        return groups

    def record(self) -> dict[str, Any]:
        return {"fingerprint": "0", "licences": [*ODD, {"family": ODD[0], "licence": ODD[4]}]}


class Things(AssetSpec[Any]):
    """An asset whose licences are whatever somebody wrote into them."""

    def open(self) -> Opened:
        return Opened()


class OddCards(synthink.Generator):
    """Grey squares."""

    texts: tuple[str, ...] = tuple(ODD)
    things: Things = Things()

    def draw(self, ctx: synthink.DrawContext) -> synthink.Sample:
        return synthink.Sample(np.full((8, 8, 3), ctx.index, np.uint8), "what?", "grey")


ADDRESS = "https://example.org/`mit`[x](y)|z"
"""A licence that Markdown would read as markup."""
pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("card") / "data"
    synthink.generate(OddCards(), splits={"train": 2}, output=folder, licence=ADDRESS)
    return (folder / "README.md").read_text("utf-8")


def test_nothing_that_a_field_or_a_licence_says_is_markup(card: str) -> None:
    _, front, body = card.split("---\n", 2)
    assert yaml.safe_load(front)["license_link"] == ADDRESS
    block = re.search(r"^(`{3,})json\n(.*?)\n\1$", body, re.MULTILINE | re.DOTALL)
    assert block and json.loads(block[2])["texts"] == ODD
    licences = body[body.index("## Licences") : body.index("## Citation")]
    assert len(re.findall(r"^\* things: ", licences, re.MULTILINE)) == len(ODD) + 1
    assert not re.search(r"[<>`|\[\]]|^#(?!# Licences)|://|^---", licences, re.MULTILINE)


def test_every_character_of_a_card_can_be_seen(card: str) -> None:
    assert [char for char in card if not char.isprintable() and char != "\n"] == []
    assert "<script" not in card and "<img" not in card


def test_its_headings_are_ours(card: str) -> None:
    headings = re.findall(r"^#+ .*", card, re.MULTILINE)
    assert headings == [
        *("# Odd cards", "## Splits", "## Columns", "## Labels", "## Balance", "## Known limits", "## Make it again"),
        *("## Train on it", "## Configuration", "## Licences", "## Citation", "## Contact"),
    ]


def test_a_card_of_plain_words_stays_readable(clean: Path) -> None:
    card = (clean / "README.md").read_text("utf-8")
    assert "generate from=synthink.json output=../again" in card
    assert "# Specks" in card and '"grey": 0' in card and "The dataset: cc-by-4.0. " in card


@pytest.mark.parametrize(
    ("generator", "fields", "sentence", "changes"),
    [
        ("circled_letters", {}, "A word with one letter circled: which letter is it?", {}),
        (
            "circled_letters",
            {"mark_count": (1, 3), "unmarked": 0.1, "questions": {"letter": 1, "box": 1}, "camera": "photo"},
            "A word with 1 to 3 letters circled, or none: which letters are they, where are they?",
            {"questions.box": "1.0", "mark_count": "[1, 3]", "unmarked": "0.1", "camera.preset": "photo"},
        ),
        ("gestures", {"tasks": {"recognise_gesture": 0}}, "Documents: where do some words stand?", None),
        ("ink_strokes", {"tasks": {"classify": 1, "recognise": 1}}, "Handwriting and drawn shapes: what is writ", None),
        (
            "meters",
            {"kinds": {"drum": 0, "led": 0, "dials": 0}},
            "Meters with a liquid crystal display or a round",
            None,
        ),
        ("mixture", {"parts": [{"generator": "gestures"}]}, "A mixture. Pen gestures over documents: which ", None),
        (
            "circled_letters",
            {"camera": {"preset": "scan", "noise": 3}},
            "A word with one letter circled",
            {"camera.preset": "scan", "camera.noise": "[3.0, 3.0]"},
        ),
    ],
)
def test_a_card_begins_with_what_its_configuration_is(
    generator: str, fields: dict[str, Any], sentence: str, changes: dict[str, str] | None
) -> None:
    made = synthink.dataset(generator, size=0, **fields).generator
    assert made.describe().startswith(sentence)
    assert changes is None or changed_fields(made) == changes


def test_what_is_other_than_by_default_stands_in_the_card(card: str, tmp_path: Path) -> None:
    assert "Other than by default" not in card, "of the fields, which are odd, none was changed"
    synthink.generate(OddCards(texts=("*bold*", "x" * 500)), splits={"train": 2}, output=tmp_path / "data")
    text = (tmp_path / "data" / "README.md").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("Other than by default: texts="))
    assert "*bold*" not in line and line.endswith("….") and len(line) < 300


@pytest.mark.parametrize(
    ("licence", "front"),
    [
        ("cc-by-4.0", {"license": "cc-by-4.0"}),
        ("CC-BY-SA-4.0", {"license": "cc-by-sa-4.0"}),
        ("mit OR apache-2.0", {"license": "other", "license_name": "MIT OR Apache-2.0"}),
        ("https://example.org/terms", {"license": "other", "license_link": "https://example.org/terms"}),
        ("other", {"license": "other"}),
    ],
)
def test_a_licence_is_what_the_hub_takes(licence: str, front: dict[str, str]) -> None:
    assert card_fields(licence) == front
    assert Licence().refuse(licence) is None


@pytest.mark.parametrize("licence", ["cc-by-4", "", "my own words", "ftp://example.org/x", "MIT OR", None, 3])
def test_what_is_no_licence_is_refused_in_python_and_in_a_manifest(clean: Path, tmp_path: Path, licence: Any) -> None:
    with pytest.raises(ConfigError, match=r"^licence="):
        synthink.generate("circled_letters", splits={"train": 1}, output=tmp_path / "data", licence=licence)
    assert not (tmp_path / "data").exists()
    if isinstance(licence, str):
        content = json.loads((clean / "synthink.json").read_bytes())
        (tmp_path / "synthink.json").write_text(json.dumps({**content, "licence": licence}))
        with pytest.raises(ConfigError, match=r"^licence=.*so says .*synthink.json"):
            load_manifest(tmp_path).plan()
