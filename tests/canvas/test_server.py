"""Attacks on a running canvas, and what it says to a browser that is let in."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthink.canvas.guard import HEADERS, Guard, Rate
from synthink.canvas.requests import MOST_BYTES
from synthink.canvas.server import MOST_CONNECTIONS, REQUESTS_A_SECOND, CanvasServer, Routes
from synthink.errors import ConfigError
from tests.canvas.support import Running, running


@pytest.fixture(scope="module")
def canvas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("out")) as canvas:
        yield canvas


def test_the_page_opens_at_its_address_and_nowhere_else(canvas: Running) -> None:
    path = canvas.address.partition(str(canvas.port))[2]
    status, headers, body = canvas.ask("GET", path, headers={})
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8" and b"<canvas" in body
    assert {name: headers[name] for name in HEADERS} == dict(HEADERS)
    assert not any(name.startswith("Access-Control") for name in headers)
    for other in ("/", "/?token=", f"/?token={Guard().token}", path.upper()):
        assert canvas.ask("GET", other, headers={})[0] == 401, other


def test_what_a_browser_is_started_with_opens_the_page_once(tmp_path: Path) -> None:
    """Others on the machine can read the words of its process, but they come too late."""
    with running(tmp_path) as canvas:
        path = canvas.server.key_address.partition(str(canvas.port))[2]
        assert canvas.server.guard.token not in path
        assert canvas.ask("GET", path, headers={"Host": "evil.example"})[0] == 403
        assert canvas.ask("GET", "/?key=", headers={})[0] == 401
        status, headers, _ = canvas.ask("GET", path, headers={})
        assert status == 303 and headers["Location"] == f"/?token={canvas.server.guard.token}"
        assert canvas.ask("GET", headers["Location"], headers={})[0] == 200
        for again in (path, "/?key="):
            status, headers, _ = canvas.ask("GET", again, headers={})
            assert status == 401 and headers["Location"] is None


@pytest.mark.parametrize("name", ["/canvas.js", "/page.js", "/style.css", "/icon.svg"])
def test_its_own_files_need_no_token_but_the_right_host(canvas: Running, name: str) -> None:
    status, headers, _ = canvas.ask("GET", name, headers={})
    assert status == 200 and headers["X-Content-Type-Options"] == "nosniff"
    assert canvas.ask("GET", name, headers={"Host": "evil.example"})[0] == 403


@pytest.mark.parametrize("path", ["/api/state", "/api/page.png", "/api/sitting"])
def test_all_else_needs_the_token_of_this_start(canvas: Running, path: str) -> None:
    assert canvas.ask("GET", path)[0] == 200
    old = {"Authorization": f"Bearer {Guard().token}"}
    for headers in ({}, old, {"Cookie": f"token={canvas.server.guard.token}"}):
        status, got, body = canvas.ask("GET", path, headers=headers)
        assert status == 401 and "Set-Cookie" not in got
        assert canvas.server.guard.token.encode() not in body


@pytest.mark.parametrize(
    "others",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example"},  # a name that was made to lead here
        {"Host": "0.0.0.0"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_another_site_is_refused_although_it_knows_the_token(canvas: Running, others: dict[str, str]) -> None:
    before = canvas.get("/api/state")["page"]["revision"]
    body = {"revision": before, "steps": 1}
    assert canvas.ask("POST", "/api/turn", body, canvas.headers(**others))[0] == 403
    assert canvas.get("/api/state")["page"]["revision"] == before


def test_no_path_leads_to_the_disk(canvas: Running) -> None:
    for path in (
        "/../pyproject.toml",
        "/page/../../server.py",
        "/%2e%2e/app.py",
        "/etc/passwd",
        "//etc/passwd",
        "/.env",
    ):
        assert canvas.ask("GET", path)[0] == 404, path
    assert canvas.ask("GET", "/index.html", headers={})[0] == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_other_methods_are_not_answered(canvas: Running, method: str) -> None:
    status, headers, _ = canvas.ask(method, "/api/state", headers=canvas.headers(Origin="http://evil.example"))
    assert status == 501 and "Access-Control-Allow-Origin" not in headers and headers["X-Frame-Options"] == "DENY"


def raw(canvas: Running, request: bytes) -> bytes:
    """What comes back for bytes of one's own."""
    with socket.create_connection(("127.0.0.1", canvas.port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(1 << 16)


def head(canvas: Running, *lines: str) -> bytes:
    token = canvas.server.guard.token
    usual = ("POST /api/interpret HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}")
    return ("\r\n".join((*usual, *lines)) + "\r\n\r\n").encode()


JSON = "Content-Type: application/json"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ((JSON, "Content-Length: 104857600"), 413),
        ((JSON, f"Content-Length: {'9' * 5000}"), 413),
        ((JSON, "Content-Length: -1"), 411),
        ((JSON, "Content-Length: 5", "Content-Length: 6"), 411),
        ((JSON, "Transfer-Encoding: chunked"), 411),
        ((JSON,), 411),
        (("Content-Length: 2",), 415),
        (("Content-Type: text/plain", "Content-Length: 2"), 415),
        ((f"X: {'y' * 70_000}",), 431),
        (tuple(f"X{number}: y" for number in range(200)), 431),
    ],
)
def test_a_body_is_refused_by_its_head(canvas: Running, lines: tuple[str, ...], status: int) -> None:
    """Before anything of it is read: 100 MB are never sent here."""
    assert raw(canvas, head(canvas, *lines)).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_body_that_breaks_off_is_let_go(canvas: Running) -> None:
    with socket.create_connection(("127.0.0.1", canvas.port), timeout=10) as connection:
        connection.sendall(head(canvas, JSON, "Content-Length: 100") + b'{"a":')
        connection.shutdown(socket.SHUT_WR)
        assert b" 408 " in connection.recv(1 << 16)
    assert canvas.get("/api/state")


def test_ten_million_points_are_refused(canvas: Running) -> None:
    body = b'{"revision": 1, "model": 0, "strokes": [[' + b"[1,2]," * 2_000_000 + b"[1,2]]]}"
    assert len(body) < MOST_BYTES  # what is larger is refused by its head
    begin = time.monotonic()
    status, _, reply = canvas.ask("POST", "/api/interpret", body)
    assert status == 413 and b"points are taken" in reply
    assert time.monotonic() - begin < 5


def test_nonsense_is_one_clear_sentence(canvas: Running) -> None:
    for body in (b"", b"[", b"[]", b"\x00" * 100, b'{"revision": {}}', json.dumps({"strokes": [[["x"]]]}).encode()):
        status, _, reply = canvas.ask("POST", "/api/interpret", body)
        assert status == 400 and json.loads(reply)["error"], body
    assert raw(canvas, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")  # TLS, by mistake
    assert canvas.get("/api/state")


def test_too_many_requests_are_told_to_wait(tmp_path: Path) -> None:
    with running(tmp_path) as canvas:
        canvas.server.rate = Rate(0.1)  # so few that a busy machine, too, asks more
        assert [canvas.ask("POST", "/api/nothing", {})[0] for _ in range(2)] == [429] * 2
        canvas.server.rate = Rate(REQUESTS_A_SECOND)
        assert canvas.ask("POST", "/api/nothing", {})[0] == 404


def test_connections_are_bounded_and_come_back(canvas: Running) -> None:
    idle = [socket.create_connection(("127.0.0.1", canvas.port)) for _ in range(MOST_CONNECTIONS)]
    time.sleep(0.2)
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", canvas.port), timeout=5) as connection:
        connection.sendall(head(canvas, JSON))
        assert connection.recv(10) == b"" and connection.recv(10) == b""
        raise ConnectionResetError  # closed without an answer, one way or the other
    for connection in idle:
        connection.close()
    time.sleep(0.2)
    assert canvas.get("/api/state")


def test_a_port_that_is_taken_is_followed_by_the_next() -> None:
    nothing = Routes({}, None, {})  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with CanvasServer(nothing, Guard(), port=port) as server:
            assert port < server.server_port < port + 10
    with pytest.raises(ConfigError, match=r"host='203\.0\.113\.9': cannot be listened at"):
        CanvasServer(nothing, Guard(), host="203.0.113.9")
