"""The server: one user's, on this machine, over the standard library's `ThreadingHTTPServer`.

A request is judged by its headers first (`guard.py`), then its body is read, as long as it may be. No path of a request
reaches the file system: it is a key of the table of routes.
"""

from __future__ import annotations

import errno
import http.server
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from synthink.canvas.guard import HEADERS, Guard, Rate, Refusal
from synthink.canvas.requests import MOST_BYTES, BadRequest
from synthink.canvas.routes import Handlers, Reply, answered, handle
from synthink.errors import ConfigError

MOST_CONNECTIONS = 32
REQUESTS_A_SECOND = 100.0
IDLE_S, BODY_S = 20.0, 30.0
"""Seconds for which a connection may be silent, and for which a body may take to come."""
PORTS_TRIED = 10
"""The ports that are tried, from the one that was asked for upwards."""

NEEDS_TOKEN = Refusal(401, "this needs the token of the server's present start; open the address that was printed")


@dataclass(frozen=True)
class Routes:
    """The table of what lies at each path.

    files: without a token, the page's own script and style. page: the page, whose address holds the token. handlers:
    by method and path, with the token in a header.
    """

    files: Mapping[str, Reply]
    page: Reply
    handlers: Handlers


class CanvasServer(http.server.ThreadingHTTPServer):
    """The server of one start: `address` is what the user opens, `key_address` what a browser is started with."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, routes: Routes, guard: Guard, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen at once. port: 0 for any; where it is taken, one of the next few. Raises `ConfigError`."""
        self.routes, self.guard, self.rate = routes, guard, Rate(REQUESTS_A_SECOND)
        self._connections = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        for candidate in range(port, port + PORTS_TRIED if port else 1):
            try:
                super().__init__((host, candidate), _Request)
                break
            except (OSError, OverflowError) as error:
                taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
                if not taken or candidate == port + PORTS_TRIED - 1:
                    field, value = ("port", port) if taken else ("host", host)
                    raise ConfigError(field, value, f"cannot be listened at: {error}") from None
        name = f"[{host}]" if ":" in host else host
        root = f"http://{name}:{self.server_address[1]}/"
        self.address, self.key_address = f"{root}?token={guard.token}", f"{root}?{guard.key_query}"

    def server_bind(self) -> None:
        """Bind without asking a name server for the machine's name, which the base class does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own; one too many is closed."""
        if not self._connections.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break off are everyday; whatever else is shown, and the server goes on."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Request(http.server.BaseHTTPRequestHandler):
    """One connection, and the requests that come over it."""

    server: CanvasServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "synthink", ""
    timeout = IDLE_S
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet: a second one would wait for the first one's receipt, 40 ms

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses hold the token."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Errors of the protocol, which the base class finds, in the same form as ours."""
        self.close_connection = True
        self._send(Reply({"error": message or "cannot be understood"}, status=code))

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        reply = answered(lambda: self._reply(method))
        if reply.status >= 400:
            self.close_connection = True  # of what was refused some may not have been read
        self._send(reply)

    def _reply(self, method: str) -> Reply:
        headers = {name.lower(): self.headers.get_all(name, []) for name in self.headers}
        refusal = self.server.guard.refusal(headers, self.connection.getsockname()[0])
        if refusal is not None:
            return _refused(refusal)
        try:
            url = urlsplit(self.path)
        except ValueError:
            raise BadRequest("the address cannot be understood") from None
        routes = self.server.routes
        if method == "GET" and url.path in routes.files:
            return routes.files[url.path]
        if method == "GET" and url.path == "/":
            return self._page(url.query)
        if not self.server.guard.has_token(headers):
            return _refused(NEEDS_TOKEN)
        if not self.server.rate.allows():
            raise BadRequest(f"more than {REQUESTS_A_SECOND:g} requests a second; wait a moment", 429)
        return handle(routes.handlers, method, url.path, lambda: self._body(headers))

    def _page(self, query: str) -> Reply:
        """The page; with the key, the way to it."""
        guard = self.server.guard
        if guard.query_has_token(query):
            return self.server.routes.page
        if guard.takes_key(query):
            return Reply({}, status=303, location=f"/?token={guard.token}")
        return _refused(NEEDS_TOKEN)

    def _body(self, headers: Mapping[str, list[str]]) -> bytes:
        """The body of a request, whose length and kind must be said."""
        kinds = [kind.partition(";")[0].strip().lower() for kind in headers.get("content-type", [])]
        if kinds != ["application/json"]:
            raise BadRequest("the body must be application/json", 415)
        lengths = headers.get("content-length", [])
        if "transfer-encoding" in headers or len(lengths) != 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
            raise BadRequest("the length of the body must be said (Content-Length)", 411)
        if len(lengths[0]) > 12 or int(lengths[0]) > MOST_BYTES:
            raise BadRequest(f"the body is larger than {MOST_BYTES:,} bytes, the most that are read", 413)
        return self._read(int(lengths[0]))

    def _read(self, size: int) -> bytes:
        blocks, left, deadline = list[bytes](), size, time.monotonic() + BODY_S
        while left:
            try:
                block = self.rfile.read1(min(left, 1 << 16))
            except TimeoutError:
                block = b""
            if not block or time.monotonic() > deadline:
                raise BadRequest("the body broke off, or took too long", 408)
            blocks.append(block)
            left -= len(block)
        return b"".join(blocks)

    def _send(self, reply: Reply) -> None:
        body = reply.encoded()
        self.send_response(reply.status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        kind = reply.kind if reply.kind.startswith("image/") else f"{reply.kind}; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if reply.location:
            self.send_header("Location", reply.location)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _refused(refusal: Refusal) -> Reply:
    return Reply({"error": refusal.reason}, status=refusal.status)
