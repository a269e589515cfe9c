"""NLTK's corpora (`words`, `inaugural`), fetched by NLTK's own downloader on first use.

Importing nltk costs a second and 90 MB, in every worker. So a corpus is looked for in NLTK's folders first, and
nltk is imported only where it isn't there and has to be fetched.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
import textwrap
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from synthink.assets.words.sources import MOST_BYTES, parse
from synthink.errors import AssetError, quoted

COMMAND = "python -m nltk.downloader"
PATIENCE_S = 10  # for each answer of the download server


def nltk_words() -> list[str]:
    """The words of `nltk.corpus.words`: its lists (`en`, `en-basic`) one after the other, as NLTK reads them."""
    return [word for name, data in nltk_corpus("words") for word in parse(data, name)]


def nltk_corpus(corpus: str) -> list[tuple[str, bytes]]:
    """A corpus's files by name. Raises `AssetError` where it can be neither found nor fetched."""
    parts = _search(_usual_folders(), corpus)
    if parts is not None:
        return parts
    import nltk

    parts = _search(nltk.data.path, corpus)
    if parts is not None:
        return parts
    complaint = _download(corpus)
    parts = _search(nltk.data.path, corpus)
    if parts is not None:
        return parts
    raise AssetError(
        f"NLTK's corpus {quoted(corpus)} is not on this machine and could not be fetched ({complaint}); run "
        f"`{COMMAND} {corpus}` where there is a network; searched {', '.join(map(str, nltk.data.path))}"
    )


def _usual_folders() -> list[str]:
    """Where `nltk.data.path` begins; all of it where nltk is imported already and a caller may have changed it."""
    nltk_data = sys.modules.get("nltk.data")
    if nltk_data is not None:
        return [str(folder) for folder in nltk_data.path]
    named = [os.path.expanduser(folder) for folder in os.environ.get("NLTK_DATA", "").split(os.pathsep) if folder]  # noqa: PTH111
    prefixes = [Path(sys.prefix) / part for part in ("nltk_data", "share/nltk_data", "lib/nltk_data")]
    system = [] if os.name == "nt" else [Path(root, "nltk_data") for root in ("/usr/share", "/usr/local/share")]
    return [*named, os.path.expanduser("~/nltk_data"), *map(str, prefixes + system)]  # noqa: PTH111


def _search(folders: Sequence[str], corpus: str) -> list[tuple[str, bytes]] | None:
    for folder in folders:
        corpora = Path(folder) / "corpora"
        for place, read in ((corpora / corpus, _unpacked), (corpora / f"{corpus}.zip", _packed)):
            try:
                if os.path.exists(place):  # noqa: PTH110 - Path.exists raises for folders of others
                    return sorted(read(place))
            except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
                raise AssetError(f"{place}: cannot be read: {error}; fetch it again: {COMMAND} {corpus}") from error
    return None


def _unpacked(folder: Path) -> list[tuple[str, bytes]]:
    files = [file for file in folder.iterdir() if file.is_file() and _is_list(file.name)]
    return [(str(file), file.read_bytes()) for file in files]


def _packed(archive: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as pack:
        parts = [part for part in pack.infolist() if not part.is_dir() and _is_list(Path(part.filename).name)]
        if sum(part.file_size for part in parts) > MOST_BYTES:
            raise AssetError(f"{archive}: holds more than {MOST_BYTES:,} bytes")
        return [(f"{archive}/{part.filename}", pack.read(part)) for part in parts]


def _is_list(name: str) -> bool:
    return not name.startswith((".", "README"))


def _download(corpus: str) -> str:
    """Let NLTK fetch the corpus; what it printed of a failure."""
    import nltk

    output = io.StringIO()  # NLTK prints its failure and raises nothing
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE_S)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            warnings.simplefilter("ignore")
            nltk.download(corpus, quiet=True, prefix="", print_error_to=output)
    except (OSError, ValueError, SyntaxError) as error:  # SyntaxError: a login page where the index should be
        return str(error)
    finally:
        socket.setdefaulttimeout(before)
    printed = " ".join(output.getvalue().split()).removeprefix(f"Error loading {corpus}: ")
    return textwrap.shorten(printed, 160, placeholder=" …") or "NLTK gives no reason"
