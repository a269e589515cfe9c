"""`publish` against a hub on the loopback address, by the unmodified client: what arrives, what is refused, and that
nothing is ever there by half."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import datasets
import pytest
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

import synthink
from synthink.build.card import is_untouched
from synthink.errors import ConfigError, HubError, OutputError
from synthink.publish.destination import Destination
from synthink.publish.hub import Repository
from synthink.publish.publication import publish
from tests.publish.conftest import environment
from tests.publish.faults import REQUESTS, first, forked, hanging_up, kill_at, refusing
from tests.publish.hub import TOKEN, Handler, Hub

TO = Destination("me/letters")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No test waits for a busy hub: the seconds between tries are noted."""
    waits: list[float] = []
    monkeypatch.setattr("synthink.publish.requests.time.sleep", waits.append)
    return waits


def sent_files(hub: Hub) -> int:
    return sum(line.startswith("PUT /put/") for line in hub.requests)


def commits(hub: Hub) -> int:
    return sum("/commit/" in line for line in hub.requests)


def without_place(card: bytes) -> str:
    """A card without its seal and the blocks that say where it is published."""
    text = re.sub(r"<!-- begin (citation|contact) -->.*?<!-- end", "", card.decode(), flags=re.DOTALL)
    return text.rpartition("<!-- seal ")[0] or text


def whole(hub: Hub, folder: Path, repo: str = "me/letters", revision: str = "main") -> bool:
    """Whether the hub has the dataset with every byte; its card may say where it is published."""
    manifest = json.loads((folder / "synthink.json").read_text())
    names = [*(shard["file"] for shard in manifest["shards"]), "preview.png", "croissant.json", "synthink.json"]
    there = hub.files(repo, revision)
    return (
        set(there) == {*names, "README.md", ".gitattributes"}
        and all(there[name] == (folder / name).read_bytes() for name in names)
        and without_place(there["README.md"]) == without_place((folder / "README.md").read_bytes())
    )


def is_whole_or_empty(hub: Hub, folder: Path) -> bool:
    """Whether readers see the dataset with every byte, or nothing of it."""
    repo = hub.repos.get("me/letters")
    return repo is None or set(hub.files("me/letters")) <= {".gitattributes"} or whole(hub, folder)


@pytest.mark.whole
def test_a_dataset_is_published_and_loaded(hub: Hub, made: Path, tmp_path: Path) -> None:
    made = shutil.copytree(made, tmp_path / "d")  # its card gets the figures of verify
    publication = publish(made, TO, "proved")
    assert whole(hub, made) and commits(hub) == 1
    card = hub.files("me/letters")["README.md"].decode()
    assert "| labels | ok | 16 of 16 judged from their pixels: 16 right" in card and is_untouched(card)
    assert publish(made, TO, "proved").missing == ()
    assert publication.address == f"{hub.address}/datasets/me/letters"
    assert hub.repos["me/letters"].refs[publication.tag] == publication.commit
    script = (
        "import datasets, hashlib, json\n"
        "def plain(row):\n"
        "    return {**row, 'image': hashlib.sha256(row['image']['bytes']).hexdigest()}\n"
        "for streaming in (False, True):\n"
        f"    loaded = datasets.{publication.load_line[:-1]}, streaming=streaming)\n"
        "    for split, rows in loaded.items():\n"
        "        stored = rows.cast_column('image', datasets.Image(decode=False))\n"
        "        print(json.dumps([split, str(rows.features), list(map(plain, stored))]))\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, env=environment(hub, tmp_path / "fresh"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    expected = []
    for split, rows in synthink.load(made)[0].items():
        stored = rows.cast_column("image", datasets.Image(decode=False))
        plain = [{**row, "image": hashlib.sha256(row["image"]["bytes"]).hexdigest()} for row in stored]
        expected.append([split, str(rows.features), plain])
    assert list(map(json.loads, done.stdout.splitlines())) == 2 * expected


def test_a_second_run_does_nothing(hub: Hub, made: Path) -> None:
    first = publish(made, TO, "skip")
    hub.requests.clear()
    second = publish(made, TO, "skip")
    assert (sent_files(hub), commits(hub)) == (0, 0) and not second.missing
    assert (second.commit, second.tag) == (first.commit, first.tag)


def test_one_changed_shard_is_sent_alone(hub: Hub, made: Path, tmp_path: Path) -> None:
    from tests.verify.folders import edit_rows

    publish(made, TO, "skip")
    changed = tmp_path / "d"
    shutil.copytree(made, changed)
    edit_rows(changed, lambda rows: rows[0].update(prefix="Which letter has the ring?"))
    hub.requests.clear()
    publication = publish(changed, TO, "skip")
    assert sent_files(hub) == 1 and whole(hub, changed)
    names = {"data/train-00000-of-00003.parquet", "README.md", "synthink.json"}  # the card names the revision
    assert {file.name for file in publication.missing} == names
    entry = f"  version   = {{{publication.tag}}},\n  url       = {{{hub.address}/datasets/me/letters}},\n}}"
    assert entry in hub.files("me/letters")["README.md"].decode()


@pytest.mark.slow
def test_a_dataset_that_grew_takes_its_old_shards_away(hub: Hub, made: Path, tmp_path: Path) -> None:
    publish(made, TO, "skip")
    grown = tmp_path / "d"
    splits = {"train": 20, "test": 4}
    synthink.generate("circled_letters", splits=splits, seed=0, output=grown, shard_size=4, picture_px=64)
    publication = publish(grown, TO, "skip")
    assert whole(hub, grown) and len(publication.removed) == 3 and commits(hub) == 2
    with pytest.raises(HubError, match=r"splits.train: 20 there, 12 here"):
        publish(made, TO, "skip")


def test_another_dataset_is_replaced_on_request_alone(hub: Hub, made: Path, tmp_path: Path) -> None:
    publish(made, TO, "skip")
    other = tmp_path / "d"
    synthink.generate("circled_letters", splits={"train": 2}, seed=0, output=other, picture_px=96)
    with pytest.raises(HubError) as refusal:
        publish(other, TO, "skip")
    assert "fields.picture_px: 64 there, 96 here" in str(refusal.value) and "overwrite=true" in str(refusal.value)
    assert whole(hub, made)
    publish(other, Destination("me/letters", overwrite=True), "skip")
    left = set(hub.files("me/letters"))
    assert "data/train-00000-of-00001.parquet" in left and "data/train-00000-of-00003.parquet" not in left


def test_splits_of_ones_own_that_the_hub_alone_has_are_another_dataset(hub: Hub, made: Path, tmp_path: Path) -> None:
    theirs = json.loads((made / "synthink.json").read_bytes())
    publish(made, TO, "skip")
    theirs["own_splits"] = {"train": {"like": "train", "fields": {"picture_px": 64}}}
    files = hub.files("me/letters") | {"synthink.json": json.dumps(theirs).encode()}
    hub.repos["me/letters"].commit("main", files)
    with pytest.raises(HubError, match=r"is another dataset: own_splits: .* there, None here"):
        publish(made, TO, "skip")


def test_somebody_elses_repository_is_left_alone(hub: Hub, made: Path) -> None:
    publish(made, TO, "skip")
    hub.repos["me/letters"].commit("main", {".gitattributes": b"", "notes.csv": b"1,2"})
    with pytest.raises(HubError, match=r"no dataset of synthink: it has 1 files, such as notes\.csv"):
        publish(made, TO, "skip")
    hub.repos["me/letters"].commit("main", {"synthink.json": b"[" * 100_000})
    with pytest.raises(HubError, match=r"has a damaged synthink\.json: nested"):
        publish(made, TO, "skip")


@pytest.mark.slow
def test_what_is_not_proved_stays_at_home(hub: Hub, made: Path, tmp_path: Path) -> None:
    from tests.verify.folders import edit_rows

    wrong = tmp_path / "d"
    shutil.copytree(made, wrong)
    edit_rows(wrong, lambda rows: rows[0].update(suffix="?"))
    for check in ("proved", "faultless"):
        with pytest.raises(OutputError, match=r"not published: .*labels: 1 x the answer is not the marked letter"):
            publish(wrong, TO, check)  # type: ignore[arg-type]
    assert not hub.repos
    (wrong / "data" / "test-00000-of-00001.parquet").unlink()
    with pytest.raises(HubError, match=r"test-00000-of-00001\.parquet: no such file"):
        publish(wrong, TO, "skip")


ROUTES = ("/revision/", "/create", "/tree/", "/preupload/", "/lfs/objects/batch", "/put/", "/commit/", "/tag/")


@pytest.mark.parametrize(
    ("route", "act"), [*((route, refusing(503)) for route in ROUTES), ("/put/", hanging_up), ("/commit/", hanging_up)]
)
def test_a_hub_that_is_busy_or_cuts_the_line_is_asked_again(
    hub: Hub, made: Path, route: str, act: Callable[[Handler], str]
) -> None:
    hub.fault = first(2, route, act)
    publish(made, TO, "skip")
    assert whole(hub, made)


def test_a_hub_that_says_when_is_asked_then(hub: Hub, made: Path, quick: list[float]) -> None:
    hub.fault = first(1, "/commit/", refusing(429, {"Retry-After": "17"}))
    publish(made, TO, "skip")
    assert quick == [17.0] and whole(hub, made)


@pytest.mark.parametrize(
    ("route", "status"),
    [("/revision/", 401), ("/create", 403), ("/put/", 500), ("/commit/", 404), ("/commit/", 500), ("/tag/", 403)],
)
@pytest.mark.whole
def test_a_refusal_is_one_line_without_the_token_and_the_next_run_finishes(
    hub: Hub, made: Path, route: str, status: int
) -> None:
    hub.fault = first(10**6, route, refusing(status))
    with pytest.raises(HubError) as refusal:
        publish(made, TO, "skip")
    told = str(refusal.value)
    assert TOKEN not in told and told.startswith("me/letters: ") and "\n" not in told
    assert set(hub.repos.get("me/letters", hub).refs if hub.repos else ()) <= {"main"}
    hub.fault = lambda handler: None
    publish(made, TO, "skip")
    assert whole(hub, made)


def test_a_lost_answer_to_the_commit_leaves_a_whole_dataset(hub: Hub, made: Path) -> None:
    hub.fault = first(1, "/commit/", lambda handler: "mute")
    with pytest.raises(HubError, match="run the command again"):
        publish(made, TO, "skip")
    assert whole(hub, made)
    assert not publish(made, TO, "skip").missing


def test_of_two_publishers_one_is_told_to_come_again(hub: Hub, made: Path) -> None:
    publish(made, TO, "skip")
    repository = Repository("me/letters")
    head = repository.head()
    assert head is not None
    hub.repos["me/letters"].commit("main", {**hub.files("me/letters"), "README.md": b"# other"})
    with pytest.raises(HubError, match="somebody else has changed the repository meanwhile"):
        repository.commit([], "late", ["preview.png"], head)
    publish(made, TO, "skip")
    assert whole(hub, made)


def test_no_token_no_name_no_network(hub: Hub, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("letters", "me/a/b", "a b/c", "me/", "me/letters.git", "me/a--b", "me/-a", "mé/a", f"me/{'a' * 97}"):
        with pytest.raises(ConfigError, match=r"repo=.*must be OWNER/NAME"):
            Destination(name)
        with pytest.raises((HFValidationError, IndexError)):  # the library's own rule, and OWNER/ besides
            validate_repo_id(name)
            name.split("/")[1]
    with pytest.raises(ConfigError, match="collection='ink': must be OWNER/NAME"):
        Destination("me/letters", collection="ink")
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(HubError, match="HF_TOKEN names one"):
        publish(made, TO, "skip")


def test_a_private_repository_and_a_branch(hub: Hub, made: Path) -> None:
    to = Destination("me/letters", private=True, revision="next", contact="Ada L.")
    assert publish(made, to, "skip").address == f"{hub.address}/datasets/me/letters/tree/next"
    repo = hub.repos["me/letters"]
    assert repo.private and set(hub.files("me/letters")) == {".gitattributes"}
    card = (repo.files("next") or {})["README.md"].decode()
    assert f"Ask Ada L., or in the [discussions]({hub.address}/datasets/me/letters/discussions)" in card
    assert is_untouched(card) and "Ada" not in (made / "README.md").read_text("utf-8")


@pytest.mark.whole
def test_the_command(hub: Hub, made: Path, tmp_path: Path) -> None:
    made = shutil.copytree(made, tmp_path / "d")  # its card gets the figures of verify
    command = [sys.executable, "-m", "synthink", "publish", str(made), "repo=me/letters"]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        variables = environment(hub, tmp_path / "other")
        return subprocess.run([*command, *words], env=variables, capture_output=True, text=True, check=False)

    dry = run("dry_run=true", "verify=skip")
    assert dry.returncode == 0 and not hub.requests, dry.stderr
    assert "at most 8 files" in dry.stdout and "licence: cc-by-4.0" in dry.stdout and "# Circled letters" in dry.stdout
    done = run()
    assert done.returncode == 0, done.stderr
    assert 'load_dataset("me/letters", revision="rows-' in done.stdout and whole(hub, made)
    again = run("verify=skip").stdout
    assert (
        "all was there already" in again and "not verified: verify=skip" in again and "verify=skip" not in done.stdout
    )
    hub.fault = first(10**6, "/api/", refusing(401))
    refused = run("verify=skip")
    assert refused.returncode == 2 and TOKEN not in refused.stdout + refused.stderr
    assert len(refused.stderr.splitlines()) == 1, refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize("number", range(100))
def test_a_publisher_that_is_killed_leaves_no_half(hub: Hub, made: Path, number: int) -> None:
    at_once, after_s = number < REQUESTS, 0.001 * (number // REQUESTS)
    ended = forked(hub, lambda: publish(made, TO, "skip"), kill_at(1 + number % REQUESTS, after_s))
    assert os.WIFSIGNALED(ended) or not at_once
    names = set(hub.files("me/letters")) if "me/letters" in hub.repos else set()
    assert names <= {".gitattributes"} or whole(hub, made)
    hub.fault = lambda handler: None
    publish(made, TO, "skip")
    assert whole(hub, made)
