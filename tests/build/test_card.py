"""The dataset card: whatever fonts, words, licences and fields say, it shows it and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import yaml
from huggingface_hub import DatasetCard

import synthink
from synthink import ConfigError
from synthink.api import make_plan
from synthink.build.card.blocks import is_untouched, proof_block, renewed, sealed
from synthink.build.card.card import PREVIEW_ROWS, preview_rows
from synthink.build.card.changed_fields import changed_fields
from synthink.build.card.columns import columns_of
from synthink.build.card.front_matter import languages, title
from synthink.build.card.sentences import parts, people, sharing
from synthink.build.licence import Licence, as_recorded, card_fields
from synthink.build.manifest import load as load_manifest
from synthink.core.assets import AssetSet, AssetSpec
from synthink.verify.card_check import card_faults
from synthink.version import VERSION, YEARS
from tests.support import ROOT

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
        *("# Odd cards", "## Splits", "## Columns", "## Labels", "## Balance", "## Difficulty", "## Known limits"),
        *(
            "## People",
            "## Make it again",
            "## Train on it",
            "## Configuration",
            "## Licences",
            "## Citation",
            "## Contact",
        ),
    ]
    assert "whether they tell of persons, they have to say" in card  # code and assets of strangers


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
    assert as_recorded(licence) == front.get("license" if licence.lower() == front["license"] else "", licence)


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


GERMAN = ["eins", "zwei", "drei", "vier", "elf", "zehn"]
RINGS = {"generator": "circled_letters", "weight": 2, "fields": {"mark_count": 2}}
MIXED = {"parts": [{"generator": "gestures"}, RINGS]}


@pytest.mark.parametrize(
    ("generator", "fields"),
    [
        ("circled_letters", {"answers": ["It is {answer}."], "balance_letters": True}),
        ("circled_letters", {"mark_count": (1, 3), "questions_per_picture": "all"}),
        ("circled_letters_grid", {}),
        ("gestures", {"answers": {"transcribe": ["It says {answer}."]}}),
        ("ink_strokes", {"answers": {"recognise": ["It says {answer}."]}}),
        ("meters", {"questions_per_picture": "all"}),
        ("mixture", MIXED),
    ],
)
def test_every_column_of_ours_has_a_meaning(generator: str, fields: dict[str, Any]) -> None:
    made = synthink.dataset(generator, size=0, **fields).generator
    assert [name for name in made.columns if not made.column_meanings.get(name)] == []
    assert made.known_limits


@pytest.mark.parametrize(
    ("name", "value"),
    [("column_meanings", {"dots": 3}), ("column_meanings", "dots"), ("known_limits", "one"), ("known_limits", (1,))],
)
def test_what_a_generator_says_for_cards_is_text(name: str, value: object) -> None:
    with pytest.raises(TypeError, match=rf"^Dots\.{name}: must be a"):
        type("Dots", (synthink.Generator,), {name: value})


def test_a_mixture_names_its_parts_and_lists_once_what_splits_own() -> None:
    plan = make_plan("mixture", splits={"train": 2, "test": 1}, fields=MIXED)
    assert title(plan) == "Mixture of gestures and circled letters"
    assert [(line.generator, line.weight) for line in parts(plan)] == [("`gestures`", "1"), ("`circled_letters`", "2")]
    assert parts(plan)[1].summary.endswith("Other than by default: mark_count=&#91;2, 2&#93;.")
    assert sharing(plan) == "No document, writer, note, word or font of one split occurs in another."
    meanings = {str(column.name): column.meaning for column in columns_of(plan)}
    assert meanings["`word`"] == "circled_letters: the word, as it stands in the picture"
    assert people(plan).startswith("No picture, page or handwriting of a person is in the rows")
    shared = make_plan("circled_letters_grid", splits={"train": 2, "test": 1})
    text = "No font of one split occurs in another. All splits draw from the same words."
    assert sharing(shared) == text


def test_a_preview_shows_other_pictures_than_the_first_with_all_its_questions() -> None:
    fields = {"questions_per_picture": "all", "picture_px": 128, "kinds": {"lcd": 1}}
    rows = preview_rows(make_plan("meters", splits={"train": 60}, fields=fields))
    assert len({row["image"] for row in rows}) == 10 and len(rows) == PREVIEW_ROWS


@pytest.mark.parametrize(
    ("fields", "codes"),
    [({}, ["en"]), ({"words": ["eins", "zwei", "drei", "vier", "elf", "zehn"]}, []), ({"prompts": ["Was?"]}, [])],
)
def test_a_language_is_named_where_it_is_known(fields: dict[str, Any], codes: list[str]) -> None:
    assert languages(make_plan("circled_letters", splits={"train": 1}, fields=fields)) == codes


def test_the_hub_takes_the_metadata(clean: Path) -> None:
    card = DatasetCard((clean / "README.md").read_text("utf-8"))
    data = card.data.to_dict()
    assert data["pretty_name"] == "Specks" and data["license"] == "cc-by-4.0" and data["size_categories"] == ["n<1K"]
    assert {"synthetic", "synthink", "specks"} <= set(data["tags"]) and "config_name" in data["configs"][0]


def test_blocks_are_renewed_and_what_people_wrote_stays() -> None:
    text = "mine\n<!-- begin proof -->\nold\n<!-- end proof -->\n<!-- begin other -->\nx\n<!-- end other -->\n"
    new = proof_block([("labels", "ok", "3 | right")], ["a <b>"], "1.0")
    assert renewed(text, new) == text.replace("<!-- begin proof -->\nold\n<!-- end proof -->\n", new)
    assert "| labels | ok | 3 &#124; right |" in new and "* a &#60;b&#62;" in new and "`synthink verify` 1.0," in new
    assert is_untouched(renewed(sealed(text), new)) and not is_untouched(renewed(f"more {sealed(text)}", new))
    assert not is_untouched(text)


def test_a_description_of_other_files_is_found(clean: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(clean, folder)
    manifest = load_manifest(folder)
    content = json.loads((folder / "croissant.json").read_bytes())
    content["recordSet"][1]["field"][2]["description"] = "as another release words it"
    (folder / "croissant.json").write_text(json.dumps(content | {"url": "https://example.org/specks"}))
    assert card_faults(folder, manifest, manifest.plan()).lines() == []
    for broken in (content | {"distribution": [], "license": "mit"}, []):
        (folder / "croissant.json").write_text(json.dumps(broken))
        lines = card_faults(folder, manifest, manifest.plan()).lines()
        assert len(lines) == (2 if broken else 1) and all("croissant.json" in line for line in lines)


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert (citation["version"], citation["cff-version"]) == (VERSION, "1.2.0")
    assert citation["date-released"].startswith(f"{YEARS[VERSION]}-")
    assert {"title", "authors", "message", "license"} <= citation.keys()
