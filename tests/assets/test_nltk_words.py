"""NLTK's word list, and words in fresh processes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from synthink.assets.words.nltk_corpora import _search as search
from synthink.errors import AssetError
from tests.support import ROOT, environment

pytestmark = pytest.mark.heavy


def run(code: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment(**extra),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def nltk_data() -> str:
    for folder in (*os.environ.get("NLTK_DATA", "").split(os.pathsep), str(ROOT.parent / "shared/data/nltk_data")):
        if folder and search([folder], "words"):
            return folder
    pytest.skip("NLTK's words corpus is not here: python -m nltk.downloader words")


SAME_AS_NLTK = """
import sys, time
from synthink.assets.words.words import ASCII_LETTERS, Words
from synthink.assets.words.slurs import is_slur
start = time.process_time()
opened = Words(source="nltk").open()
spent = time.process_time() - start
assert spent < 2, spent                      # measured: 0.5 s
assert "nltk" not in sys.modules
everything = Words(source="nltk", length=(1, 64), alphabet="-" + ASCII_LETTERS, drop_slurs=False).open()
from nltk.corpus import words
real = set(words.words())
assert set(everything.words) == real and len(real) == 235_892, len(real)
wanted = {w for w in real if 3 <= len(w) <= 15 and "-" not in w and not is_slur(w.casefold())}
assert set(opened.words) == wanted
assert not opened.left_out, "nobody brought these words"
print(opened.record()["fingerprint"], opened.record()["licences"])
"""


@pytest.mark.slow
def test_the_list_is_nltks(nltk_data: str) -> None:
    done = run(SAME_AS_NLTK, NLTK_DATA=nltk_data)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(maxsplit=1)[1] == "['public domain']\n"


OFFLINE = """
from synthink.assets.words.words import Words
from synthink.errors import AssetError
try:
    Words(source="nltk").open()
except AssetError as error:
    print("AssetError", error)
"""


@pytest.mark.whole
def test_without_network_one_error_names_command_and_folders(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    nowhere = "http://127.0.0.1:9"  # nothing listens: also where there is a network
    done = run(OFFLINE, NLTK_DATA=str(tmp_path), HOME=str(tmp_path / "home"), http_proxy=nowhere, https_proxy=nowhere)
    if not done.stdout and done.returncode == 0:
        pytest.skip("the corpus is installed for all users of this machine")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.startswith("AssetError NLTK's corpus 'words' is not on this machine")
    assert done.stdout.count("\n") == 1
    assert "`python -m nltk.downloader words`" in done.stdout and f"searched {tmp_path}, " in done.stdout


def packed(text: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("words/README", "not a word list")
        pack.writestr("words/en-basic", "fig\n")
        pack.writestr("words/en", text)
    return archive.getvalue()


def test_a_folder_an_archive_and_a_broken_archive(tmp_path: Path) -> None:
    assert search([str(tmp_path)], "words") is None
    corpora = tmp_path / "corpora"
    corpora.mkdir()
    whole = packed(b"pear\nplum\n" * 500)
    (corpora / "words.zip").write_bytes(whole)
    found = search(["", str(tmp_path / "absent"), str(tmp_path)], "words")
    assert found == [
        (f"{corpora / 'words.zip'}/words/en", b"pear\nplum\n" * 500),
        (f"{corpora / 'words.zip'}/words/en-basic", b"fig\n"),
    ]
    for broken in (whole[:-30], whole[:150] + b"\xff\xff" + whole[152:], b""):
        (corpora / "words.zip").write_bytes(broken)
        with pytest.raises(AssetError, match=r"words.zip: cannot be read: .*python -m nltk.downloader words"):
            search([str(tmp_path)], "words")
    (corpora / "words").mkdir()
    (corpora / "words" / "en").write_text("quince\n")
    assert search([str(tmp_path)], "words") == [(str(corpora / "words" / "en"), b"quince\n")]


DRAWN = """
from synthink.assets.words.words import Words
from synthink.streams import StreamKey
key = StreamKey("fresh")
for fields in ({}, {"source": "random", "case": ["mixed", "title"]}, {"source": {"pear", "fig", "plum", "kiwi"}}):
    opened = Words(**fields).open()
    pool = opened.pool(None, lambda group: len(group) % 2 == 0)
    drawn = [pool.draw(key.stream(i, "words")) for i in range(50)]
    print(opened.spec.plain(), opened.record(), sorted(pool.letters), drawn)
"""


@pytest.mark.whole
def test_hash_seed_locale_and_time_zone_change_nothing() -> None:
    one = run(DRAWN, PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC")
    two = run(DRAWN, PYTHONHASHSEED="77", LC_ALL="tr_TR.UTF-8", TZ="Asia/Tokyo", PYTHONUTF8="0")
    assert one.returncode == two.returncode == 0, one.stderr + two.stderr
    assert one.stdout == two.stdout and one.stdout.count("\n") == 3
