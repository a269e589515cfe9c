"""A stand-in for the Hugging Face hub on the loopback address, for unmodified clients, with faults on request.

It knows the routes that creating, uploading, committing, tagging, listing and loading of datasets take. Large files go
through git LFS; the hub's newer storage is switched off by HF_HUB_DISABLE_XET.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_a_token_that_nobody_may_see"
Fault = Callable[["Handler"], str | None]
"""Called with each request. It returns None, `answered` when it has answered it, or `mute` for a request that is
carried out, but whose answer is lost with the connection."""


def blob_name(content: bytes) -> str:
    """Git's digest of a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass
class Repo:
    """A repository: the files of each commit, and the commits that names stand for."""

    private: bool
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    pull_requests: list[str] = field(default_factory=list)
    """Their titles, the first one that of number 1."""

    def commit(self, ref: str, files: dict[str, bytes]) -> str:
        """A new commit on a branch."""
        told = json.dumps([len(self.commits), sorted((name, blob_name(data)) for name, data in files.items())])
        name = hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()
        self.commits[name] = files
        self.refs[ref] = name
        return name

    def files(self, revision: str) -> dict[str, bytes] | None:
        """The files at a branch, a tag or a commit."""
        return self.commits.get(self.refs.get(revision, revision))


class Hub:
    """The hub's state: repositories, stored contents, the requests that came, and the fault that is being played."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.blobs: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.collections: dict[str, list[str]] = {}
        self.fault: Fault = lambda handler: None
        self.bytes_until_cut: int | None = None
        """The bytes of bodies, to the hub and from it, after which a connection is cut, once."""
        self.passed_bytes = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": self}))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def files(self, repo: str, revision: str = "main") -> dict[str, bytes]:
        """The files of a repository."""
        files = self.repos[repo].files(revision)
        assert files is not None
        return files

    def passing(self, size: int) -> int:
        """How many of so many bytes pass before the line is cut."""
        self.passed_bytes += size
        if self.bytes_until_cut is None or size <= self.bytes_until_cut:
            self.bytes_until_cut = None if self.bytes_until_cut is None else self.bytes_until_cut - size
            return size
        allowed, self.bytes_until_cut = self.bytes_until_cut, None
        return allowed

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()


class LineCut(Exception):
    """The connection was cut in the middle of a body."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *words: object) -> None:
        """Nothing is printed."""

    def answer(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Answer with bytes, or with JSON."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if not isinstance(content, bytes):
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            passing = self.hub.passing(len(data))
            self.wfile.write(data[:passing])
            if passing < len(data):
                raise LineCut

    def hang_up(self, *words: object, **more: object) -> None:
        """Close the connection without a word."""
        self.close_connection = True
        self.connection.close()

    def refuse(self, status: int, text: str, code: str = "", headers: dict[str, str] | None = None) -> None:
        """Answer with an error, as the hub words it."""
        self.answer({"error": text}, status, {"X-Error-Code": code, "X-Error-Message": text, **(headers or {})})

    def body(self) -> bytes:
        """The request's body, of a length that is told or in chunks."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.receive(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.receive(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def receive(self, size: int) -> bytes:
        """So many bytes of the body."""
        passing = self.hub.passing(size)
        content = self.rfile.read(passing)
        if passing < size:
            raise LineCut
        return content

    def handle_request(self) -> None:
        """Answer it, unless the line is cut meanwhile."""
        try:
            self.respond()
        except LineCut:
            self.wfile.flush()
            self.hang_up()

    def respond(self) -> None:
        """Answer it: by the fault that is being played, or as the hub would."""
        parts = urlsplit(self.path)
        self.route, self.query = parts.path, parse_qs(parts.query)
        self.hub.requests.append(f"{self.command} {self.route}")
        self.content = self.body()
        verdict = self.hub.fault(self)
        if verdict == "answered":
            return
        if verdict == "mute":
            self.answer = self.hang_up  # type: ignore[method-assign]
        for pattern, method in _ROUTES:
            if found := re.fullmatch(pattern, self.route):
                getattr(self, method)(*(group and unquote(group) for group in found.groups()))
                return
        self.refuse(404, f"no route {self.route}")

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_request

    def whoami(self) -> None:
        self.answer({"type": "user", "name": "me", "auth": {"accessToken": {"role": "write"}}, "orgs": []})

    def create(self) -> None:
        wanted = json.loads(self.content)
        name = f"{wanted.get('organization') or 'me'}/{wanted['name']}"
        status = 409 if name in self.hub.repos else 200
        if status == 200:
            private = bool(wanted.get("private")) or wanted.get("visibility") == "private"
            repo = self.hub.repos[name] = Repo(private)
            repo.commit("main", {".gitattributes": b"*.parquet filter=lfs\n"})
        self.answer({"url": f"{self.hub.address}/datasets/{name}", "id": name}, status)

    def validate(self) -> None:
        self.answer({"errors": [], "warnings": []})

    def put(self, digest: str) -> None:
        assert hashlib.sha256(self.content).hexdigest() == digest
        self.hub.blobs[digest] = self.content
        self.answer(b"")

    def batch(self, name: str) -> None:
        objects = []
        for one in json.loads(self.content)["objects"]:
            upload = {"href": f"{self.hub.address}/put/{one['oid']}", "header": {}}
            actions = {} if one["oid"] in self.hub.blobs else {"actions": {"upload": upload}}
            objects.append({"oid": one["oid"], "size": one["size"], **actions})
        self.answer({"transfer": "basic", "objects": objects})

    def repo(self, name: str) -> Repo | None:
        repo = self.hub.repos.get(name)
        if repo is None:
            self.refuse(404, "Repository not found", "RepoNotFound")
        return repo

    def at(self, name: str, revision: str) -> tuple[Repo, dict[str, bytes]] | None:
        repo = self.repo(name)
        if repo is None:
            return None
        files = repo.files(revision)
        if files is None:
            self.refuse(404, f"Invalid rev id: {revision}", "RevisionNotFound")
            return None
        return repo, files

    def info(self, name: str, revision: str | None = None) -> None:
        if place := self.at(name, revision or "main"):
            repo, files = place
            sha = repo.refs.get(revision or "main", revision)
            dates = dict.fromkeys(("lastModified", "createdAt"), "2026-01-01T00:00:00.000Z")
            more = {"private": repo.private, "disabled": False, "gated": False, "tags": [], "downloads": 0, "likes": 0}
            siblings = [{"rfilename": file} for file in files]
            self.answer({"_id": "1", "id": name, "author": "me", "sha": sha, "siblings": siblings, **dates, **more})

    def preupload(self, name: str, revision: str) -> None:
        if place := self.at(name, revision):
            files = place[1]
            self.answer(
                {
                    "files": [
                        {
                            "path": one["path"],
                            "uploadMode": "lfs" if _is_large(one["path"]) else "regular",
                            "shouldIgnore": False,
                            "oid": _entry(one["path"], files)["oid"] if one["path"] in files else None,
                        }
                        for one in json.loads(self.content)["files"]
                    ]
                }
            )

    def commit(self, name: str, revision: str) -> None:
        place = self.at(name, revision)
        if place is None:
            return
        repo, files = place
        files, title = dict(files), ""
        for line in self.content.splitlines():
            operation = json.loads(line)
            value = operation["value"]
            if operation["key"] == "header":
                title = value["summary"]
                if value.get("parentCommit") not in (None, repo.refs[revision]):
                    self.refuse(412, "A commit has happened since. Please refresh and try again.")
                    return
            if operation["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            if operation["key"] == "lfsFile":
                files[value["path"]] = self.hub.blobs[value["oid"]]
            if operation["key"] == "deletedFile":
                del files[value["path"]]
        base, more = f"{self.hub.address}/datasets/{name}", {}
        if self.query.get("create_pr"):
            repo.pull_requests.append(title)
            number = len(repo.pull_requests)
            revision, more = f"refs/pr/{number}", {"pullRequestUrl": f"{base}/discussions/{number}"}
        oid = repo.commit(revision, files)
        self.answer({"commitOid": oid, "commitUrl": f"{base}/commit/{oid}", "hookOutput": "", "success": True, **more})

    def discussions(self, name: str) -> None:
        if repo := self.repo(name):
            date, owner = "2026-01-01T00:00:00.000Z", {"name": "me"}
            fixed = {"author": owner, "createdAt": date, "status": "open", "isPullRequest": True}
            place = {"repo": {"name": name, "type": "dataset"}}
            listed = [{"title": title, "num": n, **fixed, **place} for n, title in enumerate(repo.pull_requests, 1)]
            self.answer({"discussions": listed, "count": len(listed), "start": 0})

    def collect(self, slug: str) -> None:
        self.hub.collections.setdefault(slug, []).append(json.loads(self.content)["item"]["id"])
        fixed = {"owner": {"name": "me"}, "items": [], "position": 0, "private": False, "theme": "blue", "upvotes": 0}
        self.answer({"slug": slug, "title": slug, "lastUpdated": "2026-01-01T00:00:00.000Z", **fixed})

    def tree(self, name: str, revision: str, folder: str | None) -> None:
        if place := self.at(name, revision):
            folder = (folder or "").strip("/")
            below = [path for path in place[1] if not folder or path.startswith(f"{folder}/")]
            if folder and not below:
                self.refuse(404, "Entry not found", "EntryNotFound")
                return
            depth = folder.count("/") + 1 if folder else 0
            flat = "true" not in [word.lower() for word in self.query.get("recursive", [])]
            parents = {"/".join(path.split("/")[: depth + 1]) for path in below if path.count("/") > depth}
            folders = [{"type": "directory", "oid": "0" * 40, "size": 0, "path": path} for path in sorted(parents)]
            listed = [path for path in below if not flat or path.count("/") == depth]
            self.answer([*(_entry(path, place[1]) for path in listed), *folders])

    def paths_info(self, name: str, revision: str) -> None:
        if place := self.at(name, revision):
            try:
                paths = json.loads(self.content)["paths"]
            except ValueError:
                paths = parse_qs(self.content.decode())["paths"]
            folder = {"type": "directory", "oid": "0" * 40, "size": 0}
            known = [_entry(path, place[1]) for path in paths if path in place[1]]
            above = [path for path in paths if any(file.startswith(f"{path.rstrip('/')}/") for file in place[1])]
            self.answer([*known, *({**folder, "path": path} for path in above)])

    def refs(self, name: str) -> None:
        if repo := self.repo(name):
            names = [{"name": ref, "ref": f"refs/x/{ref}", "targetCommit": sha} for ref, sha in repo.refs.items()]
            self.answer({"branches": names[:1], "converts": [], "tags": names[1:]})

    def make_ref(self, name: str, kind: str, ref: str) -> None:
        if repo := self.repo(name):
            if self.command == "DELETE":
                del repo.refs[ref]
                self.answer({})
                return
            if kind == "tag":
                start, ref = ref, json.loads(self.content)["tag"]
            else:
                start = json.loads(self.content or b"{}").get("startingPoint") or "main"
            if ref in repo.refs:
                self.refuse(409, "Reference already exists")
                return
            repo.refs[ref] = repo.refs.get(start, start)
            self.answer({})

    def resolve(self, name: str, revision: str, path: str) -> None:
        if not (place := self.at(name, revision)):
            return
        repo, files = place
        if path not in files:
            self.refuse(404, "Entry not found", "EntryNotFound")
            return
        data, entry = files[path], _entry(path, files)
        tag = f'"{entry.get("lfs", entry)["oid"]}"'
        headers = {"X-Repo-Commit": repo.refs.get(revision, revision), "ETag": tag, "X-Linked-Etag": tag}
        headers |= {"X-Linked-Size": str(len(data)), "Accept-Ranges": "bytes"}
        wanted = re.match(r"bytes=(\d*)-(\d*)", self.headers.get("Range") or "")
        if wanted and self.command == "GET":
            start = int(wanted[1] or 0)
            stop = min(int(wanted[2]) + 1 if wanted[2] else len(data), len(data))
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
            self.answer(data[start:stop], 206, headers)
            return
        self.answer(data, 200, headers)


def _is_large(path: str) -> bool:
    """Whether the hub keeps a file by git LFS."""
    return path.endswith((".parquet", ".tar", ".arrow", ".png", ".npz", ".safetensors"))


def _entry(path: str, files: dict[str, bytes]) -> dict[str, Any]:
    data = files[path]
    entry = {"type": "file", "oid": blob_name(data), "size": len(data), "path": path}
    if _is_large(path):
        entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return entry


_REPO = r"([^/]+/[^/]+)"
_ROUTES = (
    ("/api/whoami-v2", "whoami"),
    ("/api/repos/create", "create"),
    ("/api/validate-yaml", "validate"),
    ("/put/([0-9a-f]{64})", "put"),
    (rf"(?:/datasets)?/{_REPO}\.git/info/lfs/objects/batch", "batch"),
    (rf"/api/(?:datasets|models)/{_REPO}", "info"),
    (rf"/api/(?:datasets|models)/{_REPO}/revision/([^/]+)", "info"),
    (rf"/api/(?:datasets|models)/{_REPO}/preupload/([^/]+)", "preupload"),
    (rf"/api/(?:datasets|models)/{_REPO}/commit/([^/]+)", "commit"),
    (rf"/api/(?:datasets|models)/{_REPO}/tree/([^/]+)(/.*)?", "tree"),
    (rf"/api/(?:datasets|models)/{_REPO}/paths-info/([^/]+)", "paths_info"),
    (rf"/api/(?:datasets|models)/{_REPO}/refs", "refs"),
    (rf"/api/(?:datasets|models)/{_REPO}/discussions", "discussions"),
    ("/api/collections/(.+)/items", "collect"),
    (rf"/api/(?:datasets|models)/{_REPO}/(tag|branch)/(.+)", "make_ref"),
    (rf"(?:/datasets)?/{_REPO}/resolve/([^/]+)/(.+)", "resolve"),
)
