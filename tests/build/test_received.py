"""Manifests from somebody else: what they name is opened only when the user says so."""

from __future__ import annotations

import json
import pickle
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import synthink
from synthink.assets import Words
from synthink.build import manifest as manifests
from synthink.build.received import refuse_places
from synthink.core.assets import AssetSpec
from synthink.core.code_file import CodeFile
from synthink.errors import AssetError, ConfigError, SourceNotOpened
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.rows import Dataset
from synthink.evaluate.evaluate import Evaluation, evaluate
from synthink.generators import CircledLetters
from tests.support import Result

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "list.txt").write_text("one\ntwo\nthree\nfour\nfive\nsix\n", "utf-8")
    synthink.generate(
        "circled_letters",
        splits={"train": 3},
        words={"source": str(folder / "list.txt"), "share_across_splits": True},
        picture_px=96,
        output=folder / "data",
    )
    return folder / "data"


@pytest.fixture
def received(made: Path, tmp_path: Path) -> Path:
    shutil.copy(made.parent / "list.txt", tmp_path)
    return Path(shutil.copytree(made, tmp_path / "received"))


def rewrite(folder: Path, **entries: Any) -> manifests.Manifest:
    file = folder / manifests.MANIFEST
    content = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**content, **entries}), "utf-8")
    return manifests.load(folder)


INK = {"generator": "ink_strokes"}
PAGES = {"generator": "gestures"}


@pytest.mark.parametrize(
    ("entries", "place"),
    [
        ({"fields": {"words": "/etc/hostname"}}, "/etc/hostname"),
        ({"fields": {"words": "../list.txt"}}, "../list.txt"),
        ({"fields": {"words": "~root/list"}}, "~root/list"),
        ({"fields": {"words": {"exclude": "nltk"}}}, "'nltk' as words"),
        ({"fields": {"words": "\\\\server\\share\\list"}}, "\\\\\\\\server"),
        ({"fields": {"fonts": "/usr/share/fonts"}}, "/usr/share/fonts"),
        ({"fields": {"fonts": ["packaged", "fonts"]}}, "fonts"),
        ({**INK, "fields": {"inks": "ink/*.inkml"}}, "ink/*.inkml"),
        ({**INK, "fields": {"texts": ["words", "lines.txt"]}}, "lines.txt"),
        ({**INK, "fields": {"texts": {"source": "words", "words": "/list.txt"}}}, "/list.txt"),
        ({**PAGES, "fields": {"documents": "http://127.0.0.1:9/delete"}}, "http://127.0.0.1:9/delete"),
        ({**PAGES, "fields": {"documents": ["synthetic", "a.pdf", "b.pdf"]}}, "a.pdf' and 1 more"),
        ({**PAGES, "fields": {"documents": "dataset:somebody/pages"}}, "dataset:somebody/pages"),
        ({**PAGES, "fields": {"documents": {"source": "synthetic", "kind": "pdf"}}}, "synthetic"),
        ({**PAGES, "fields": {"documents": {"fonts": "my/fonts"}}}, "my/fonts"),
        ({**PAGES, "fields": {"notes": {"words": "/list.txt"}}}, "/list.txt"),
        (
            {
                "generator": "mixture",
                "fields": {"parts": [{"generator": "circled_letters", "fields": {"words": "/list.txt"}}]},
            },
            "/list.txt' as parts[0].fields.words",
        ),
    ],
)
def test_nothing_that_a_manifest_names_is_opened(received: Path, entries: dict[str, Any], place: str) -> None:
    manifest = rewrite(received, **entries)
    source = manifest.plan().source
    assert place in source.not_opened and str(manifest.file) in source.not_opened
    with pytest.raises(SourceNotOpened, match="sources=allow"):
        manifest.opened()
    with pytest.raises(SourceNotOpened):
        pickle.loads(pickle.dumps(source)).row("train", 0)  # as it reaches a worker
    assert not manifest.plan("allow").source.not_opened
    generator = manifest.plan().generator
    refuse_places(generator, str(manifest.file))  # as `synthink.load` does
    with pytest.raises(SourceNotOpened, match="sources=allow"):
        synthink.dataset(pickle.loads(pickle.dumps(generator)), size=1)[0]


def test_code_that_a_manifest_names_is_not_read_where_nothing_runs_it(received: Path, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("'code'\n", "utf-8")
    code = CodeFile(str(tmp_path / "code.py"), "Nothing", "0" * 64)
    manifest = rewrite(received, code={"circled_letters": code.plain()})  # a generator that is installed
    opened: list[str] = []
    sys.addaudithook(lambda event, values: opened.append(str(values[0])) if event == "open" else None)
    manifest.plan()
    assert not any(path.endswith("code.py") for path in opened)


@pytest.mark.parametrize(
    "entries",
    [
        {"fields": {"words": "nltk", "fonts": ["packaged", "system"]}},
        {"fields": {"words": {"source": ["a.b", "c/d"], "alphabet": "abcd/."}}},
        {**INK, "fields": {"texts": {"lines": ["http://x.org", "a.txt"]}}},
        {**INK, "fields": {"texts": {"source": "inaugural", "words": "/unused.txt"}}},
        {**PAGES, "fields": {"notes": {"inserts": ["/a"], "words": "/unused.txt"}}},
        {**PAGES, "fields": {"writers": 3}},
    ],
)
def test_what_comes_with_synthink_needs_no_permission(received: Path, entries: dict[str, Any]) -> None:
    assert not rewrite(received, **entries).plan().source.not_opened


class Notebook(AssetSpec[Any]):
    """An asset of a stranger, who does not say what it opens."""

    title: str = "plain text"
    place: str = ""
    more: tuple[str, ...] = ()


@pytest.mark.parametrize("fields", [{"place": "sftp:host"}, {"place": "a/b"}, {"more": ["x", "notes.txt"]}])
def test_an_asset_that_does_not_say_what_it_opens_is_asked_for_every_text(fields: dict[str, Any]) -> None:
    assert Notebook(**fields).outside()
    assert not Notebook(place="built-in").outside()


def test_a_dataset_is_checked_and_shown_without_what_it_names(command: Callable[..., Result], received: Path) -> None:
    rewrite(received, fields={"words": "/no/such/list.txt", "picture_px": 96})
    verified, shown = command("verify", "dataset=received"), command("preview", "dataset=received")
    assert "not opened: the manifest names '/no/such/list.txt' as words; sources=allow" in verified.stdout
    assert (shown.returncode, Path("received-preview.png").exists()) == (0, True)
    again = command("generate", "from=received", "output=again")
    assert (again.returncode, again.stderr.count("\n"), Path("again").exists()) == (2, 1, False)
    assert "received/synthink.json: not opened: the manifest names '/no/such/list.txt'" in again.stderr
    rows, _ = synthink.load(received)
    assert len(rows["train"]) == 3


def test_no_oracle_opens_what_the_manifest_names(
    command: Callable[..., Result], received: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(received, fields={"fonts": "/usr/share/fonts", "picture_px": 96})
    opened: list[object] = []
    monkeypatch.setattr("synthink.assets.fonts.fonts.Fonts.open", opened.append)
    verified = command("verify", "dataset=received", "remake=0")
    assert "its oracle would open '/usr/share/fonts', which the manifest names; sources=allow" in verified.stdout
    assert opened == [] and verified.returncode == 3


def test_fonts_that_are_not_here_make_no_row_wrong(command: Callable[..., Result], received: Path) -> None:
    rewrite(received, fields={"fonts": "/no/such/fonts", "picture_px": 96})
    verified = command("verify", "dataset=received", "sources=allow")
    assert "the fonts of the dataset cannot be opened here" in verified.stdout
    assert "0 right, 0 wrong, 3 unsure" in verified.stdout and verified.returncode == 3


def test_allowed_sources_make_the_same_bytes(command: Callable[..., Result], received: Path) -> None:
    again = command("generate", "from=received", "sources=allow", "output=again")
    assert "the same bytes" in again.stdout and again.returncode == 0
    for line in ("synthink preview dataset=again sources=allow", "synthink verify dataset=again sources=allow"):
        assert line in again.stdout
    assert "generate from=synthink.json sources=allow output=../again" in Path("again/README.md").read_text("utf-8")
    assert "3 rows drawn again" in command("verify", "dataset=received", "sources=allow").stdout
    with pytest.raises(ConfigError, match="sources='all': must be refuse or allow"):
        synthink.load(received, sources="all")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["os:system", "tests.build.folders:Specks", "../circled_letters", "synthink", ""])
def test_a_generator_is_the_name_of_an_installed_one(received: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="no such generator"):
        rewrite(received, generator=name).plan()
    parts = [{"generator": name}]
    with pytest.raises(ConfigError, match="no such generator"):
        rewrite(received, generator="mixture", fields={"parts": parts}).plan()


class Silent:
    """Answers nothing."""

    name = "silent"

    def answers(self, examples: Sequence[Example]) -> list[str]:
        return ["" for _ in examples]


def test_a_model_is_asked_without_a_control_and_none_is_trained(
    received: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(received, fields={"words": "/no/such/list.txt", "picture_px": 96})
    dataset, model = Dataset(received), Silent()
    request = Evaluation([dataset], split="train")
    result = evaluate(request, model, tmp_path / "report", control=model)
    assert "reached without the signal" in " ".join(result.verdict.reasons)
    assert "no control: " in (told := capsys.readouterr().err) and "names '/no/such/list.txt' as words" in told
    with pytest.raises(SourceNotOpened, match="sources=allow"):
        dataset.control("train")
    with pytest.raises(AssetError, match=r"/no/such/list\.txt"):
        evaluate(Evaluation([Dataset(received, "allow")], split="train"), model, tmp_path / "other", control=model)


def test_a_refusal_is_that_generators_alone() -> None:
    """Generators of a class share the settings that are its defaults."""

    class ReadsAList(CircledLetters):
        words: Words = Words(source="/no/list.txt")

    received, own = ReadsAList(), ReadsAList()
    refuse_places(received, "synthink.json")
    with pytest.raises(SourceNotOpened, match=r"names '/no/list\.txt' as words"):
        synthink.dataset(received, size=1)[0]
    with pytest.raises(AssetError, match="No such file"):
        synthink.dataset(own, size=1)[0]
