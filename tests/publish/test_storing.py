"""`output=s3://...`: what lies at the address at every moment, what stays on the disk, and how it goes on."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import synthink
from synthink.build.manifest import MANIFEST
from synthink.errors import ConfigError, HubError, OutputError, SynthinkError
from synthink.publish.storing import AddressStore
from tests.build.faults.harness import Run, tree
from tests.publish.s3 import BUCKET, S3, SECRET, Environ

SPLITS = {"train": 12, "test": 4}
AT = f"s3://{BUCKET}/letters"
SHARDS = 4
ENDS_S = 300
"""After this time a run has ended, on a busy machine too."""


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    pytest.importorskip("s3fs", reason="needs s3fs: pip install 'synthink[s3]'")
    pytest.importorskip("moto.server", reason="needs moto: pip install 'moto[server]'")
    server = S3()
    yield server
    server.close()


@pytest.fixture
def s3(server: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """The empty server, for this process and for those that it starts."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("synthink.publish.requests.time.sleep", lambda seconds: None)
    server.reset()
    return server


def generate(work: Path, output: str = AT, **options: Any) -> synthink.build.build.Outcome:
    """Make the dataset of the fixture `made` at an address."""
    request = {"splits": SPLITS, "seed": 0, "shard_size": 4, "picture_px": 64, "workers": 1}
    return synthink.generate("circled_letters", output=output, work=work, **{**request, **options})


def is_whole_or_unfinished(s3: S3, made: Path) -> bool:
    """Whether each shard that is there has every byte, and the manifest is there only beside all of them."""
    files = s3.files("letters")
    shards = {name: content for name, content in files.items() if name.startswith("data/")}
    assert all((made / name).read_bytes() == content for name, content in shards.items())
    return MANIFEST not in files or len(shards) == SHARDS


def is_whole(s3: S3, made: Path) -> bool:
    """Whether all of the dataset is at the address, and nothing else."""
    wanted = {path.relative_to(made).as_posix(): path for path in made.rglob("*") if path.is_file()}
    return s3.files("letters") == {name: path.read_bytes() for name, path in wanted.items()}


@pytest.mark.whole
def test_shards_go_to_the_address_as_they_are_made(
    s3: S3, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AddressStore, "most_files", 1)
    most = 0

    def fault(environ: Environ) -> str:
        nonlocal most
        most = max(most, len(list(tmp_path.rglob("*.parquet"))))
        assert is_whole_or_unfinished(s3, made)
        return ""

    s3.fault = fault
    outcome = generate(tmp_path / "work")
    assert is_whole(s3, made) and outcome.address == AT and outcome.drawn == 16
    assert most == 1 and not list((tmp_path / "work").iterdir())
    puts = [line for line in s3.requests if line.startswith("PUT")]
    assert puts[-1] == f"PUT /{BUCKET}/letters/{MANIFEST}"
    s3.requests.clear()
    again = generate(tmp_path / "elsewhere")
    assert (again.drawn, again.rows) == (0, 16) and is_whole(s3, made)
    assert not [line for line in s3.requests if line.startswith(("PUT", "DELETE"))]


@pytest.mark.whole
def test_another_machine_goes_on_by_what_has_arrived(s3: S3, made: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(AddressStore, "most_files", 1)
    s3.fault = lambda environ: "403" if environ["PATH_INFO"].endswith("train-00002-of-00003.parquet") else ""
    with pytest.raises(HubError, match="access is refused") as error:
        generate(tmp_path / "one")
    assert SECRET not in str(error.value) and "AKIA" not in str(error.value)
    s3.fault = lambda environ: ""
    assert generate(tmp_path / "two").drawn == 8 and is_whole(s3, made), "two shards of four had arrived"


@pytest.mark.whole
def test_what_was_lost_or_damaged_at_the_address_is_made_again(s3: S3, made: Path, tmp_path: Path) -> None:
    generate(tmp_path)
    s3.delete("letters/data/train-00001-of-00003.parquet")
    s3.put("letters/data/test-00000-of-00001.parquet", b"torn")
    assert generate(tmp_path).drawn == 8 and is_whole(s3, made)


@pytest.mark.whole
def test_a_shard_that_arrives_with_another_byte_does_not_stay(s3: S3, made: Path, tmp_path: Path) -> None:
    s3.fault = lambda environ: "torn" if "train-00001" in environ["PATH_INFO"] else ""
    with pytest.raises(HubError, match=r"train-00001-of-00003.parquet has not arrived as it was sent"):
        generate(tmp_path)
    assert "data/train-00001-of-00003.parquet" not in s3.files("letters") and is_whole_or_unfinished(s3, made)
    s3.fault = lambda environ: ""
    assert generate(tmp_path).drawn == 0 and is_whole(s3, made), "all shards were still here"


@pytest.mark.whole
def test_another_dataset_and_files_of_others_are_refused(s3: S3, made: Path, tmp_path: Path) -> None:
    generate(tmp_path)
    with pytest.raises(OutputError, match=r"letters: holds a dataset of another configuration \(seed: 0 -> 1\)"):
        generate(tmp_path, seed=1)
    assert is_whole(s3, made)
    generate(tmp_path, seed=1, overwrite=True)
    assert not is_whole(s3, made) and len(s3.files("letters")) == SHARDS + 4
    s3.put("others/notes.txt", b"x")
    with pytest.raises(OutputError, match=r"holds 'notes.txt', which is not the dataset's"):
        generate(tmp_path, output=f"s3://{BUCKET}/others")
    with pytest.raises(HubError, match=r"s3://nowhere/x: cannot be written: .*bucket does not exist"):
        generate(tmp_path, output="s3://nowhere/x")


@pytest.mark.whole
def test_no_credentials(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    env = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no")}
    run = command(tmp_path, env=env)
    assert run.end(ENDS_S) == 2 and run.stderr.count("\n") == 1
    assert "access is refused: Unable to locate credentials; credentials are those that" in run.stderr


@pytest.mark.parametrize(
    ("output", "more", "message"),
    [
        ("nosuch://bucket/x", {}, r"output='nosuch://bucket/x': no file system: Protocol not known: nosuch"),
        ("hf://datasets/me/x", {}, r"datasets go to the hub by publish=OWNER/NAME"),
        ("https://example.com/x", {}, r"nothing can be written there"),
        ("sftp://me:hidden@host/x", {}, r"output='sftp://\*\*\*@host/x': has a password in it"),
        ("memory://x", {"publish": "me/x"}, r"publish='me/x': goes with a folder as output"),
        ("memory://x", {"format": "jsonl"}, r"format='jsonl': stores a shard as many files"),
    ],
)
def test_addresses_that_cannot_be(tmp_path: Path, output: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        generate(tmp_path, output=output, **more)
    assert "hidden" not in str(error.value)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "adlfs", None)
    with pytest.raises(ConfigError, match=r"output='abfs://x/y': needs a package that is not here: .*adlfs"):
        generate(tmp_path, output="abfs://x/y")


def test_folders_are_no_addresses(tmp_path: Path, made: Path) -> None:
    with pytest.raises(SynthinkError, match=r"s3://bucket/x: is an address, .*: copy it to a folder first"):
        synthink.load("s3://bucket/x")
    assert synthink.load(f"file://{made}")[0]["train"].num_rows == 12


# --- faults -----------------------------------------------------------------------------------------------------------


def command(work: Path, output: str = AT, env: dict[str, str] | None = None) -> Run:
    words = ["generator=circled_letters", "splits.train=12", "splits.validation=0", "splits.test=4", "shard_size=4"]
    return Run(*words, "picture_px=64", "executor.workers=2", f"output={output}", f"work={work}", env=env)


@pytest.mark.whole
@pytest.mark.parametrize("act", ["500", "cut", "lost"])
def test_a_run_that_meets_faults_goes_on_by_itself(s3: S3, made: Path, tmp_path: Path, act: str) -> None:
    check_faults(s3, made, tmp_path, random.Random(act), act, 0.15)


def check_faults(s3: S3, made: Path, work: Path, chance: random.Random, acts: str, share: float) -> None:
    """Let a share of the requests meet one of the faults, and see that the dataset is there."""
    counts = Counter[str]()

    def fault(environ: Environ) -> str:
        act = chance.choice(acts.split()) if chance.random() < share else ""
        counts[act] += 1
        return act

    s3.fault = fault
    generate(work)
    assert is_whole(s3, made) and counts.total() > counts[""]


def check_killed(s3: S3, made: Path, work: Path, number: int) -> None:
    """Kill a run at its request of that number, look at the address, and go on."""
    s3.reset()
    runs: list[Run] = []

    def fault(environ: Environ) -> str:
        if len(s3.requests) == number and runs:
            os.kill(runs[0].process.pid, signal.SIGKILL)
        return ""

    s3.fault = fault
    runs.append(command(work))
    status = runs[0].end(ENDS_S)
    assert status in (-signal.SIGKILL, 0), runs[0].stderr
    assert is_whole_or_unfinished(s3, made)
    s3.fault = lambda environ: ""
    arrived = sum(name.startswith(".synthink/records/") for name in s3.files("letters"))
    if number % 2:
        shutil.rmtree(work, ignore_errors=True)  # another machine
    outcome = generate(work)
    assert is_whole(s3, made) and outcome.drawn <= 16 - 4 * arrived, number


@pytest.mark.whole
@pytest.mark.parametrize("number", [13, 34])
def test_a_killed_run_goes_on(s3: S3, made: Path, tmp_path: Path, number: int) -> None:
    check_killed(s3, made, tmp_path / "work", number)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 61))
def test_a_run_killed_at_any_request_goes_on(s3: S3, made: Path, tmp_path: Path, number: int) -> None:
    check_killed(s3, made, tmp_path / "work", number)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(60))
def test_many_faults(s3: S3, made: Path, tmp_path: Path, number: int) -> None:
    check_faults(s3, made, tmp_path, random.Random(number), "500 503 cut lost", 0.2)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(20))
def test_systems_in_which_files_grow_show_no_half_of_one(made: Path, tmp_path: Path, number: int) -> None:
    """Where a file has its name while it is written, it is written under another one first."""
    place, chance = tmp_path / "there", random.Random(number)
    run = command(tmp_path / "work", output=f"local://{place}")
    count = chance.randrange(1, 12)
    while run.process.poll() is None and len([path for path in place.rglob("*") if path.is_file()]) < count:
        pass
    run.process.kill()
    run.end()
    for name, content in tree(place, without=[".synthink"]).items():
        assert tree(made)[name] == content
    generate(tmp_path / "work", output=f"local://{place}")
    assert tree(place) == tree(made)
