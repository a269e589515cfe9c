"""One HTTP request: bounded in time and in size, to one host, with nothing followed.

The standard library's client is used on purpose: huggingface_hub has come with requests, with httpx and with httpx2,
by its release, and none of them bounds the time of a whole request.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property, partial
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)


class Response(NamedTuple):
    """Status, headers (names in lower case) and the body."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class WireError(Exception):
    """No response came. is_final: trying again would not help."""

    def __init__(self, reason: str, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Wire:
    """Requests to one endpoint; may be used by several threads at once."""

    def __init__(self, url: str, timeout_s: float, most_bytes: int, is_local: bool) -> None:
        self.url, self.timeout_s, self.most_bytes, self.is_local = url, timeout_s, most_bytes, is_local
        self._under_way: set[_Watch] = set()

    def post(self, data: bytes, headers: Mapping[str, str]) -> Response:
        """Send JSON; `WireError` when nothing comes back in time, or too much. Any status is a response."""
        watch = _Watch(self.timeout_s)
        self._under_way.add(watch)
        try:
            request = Request(self.url, data, dict(headers), method="POST")
            # No handler for redirects: a key goes to the host that was named, and to no other.
            with self._opener(watch).open(request, timeout=self.timeout_s) as response:
                content = response.read(self.most_bytes + 1)
                if len(content) > self.most_bytes:
                    raise WireError(f"answered with more than {self.most_bytes:,} bytes", is_final=True)
                if watch.is_cut or response.length:
                    raise HTTPException("the response ends too early")
                lowered = {name.lower(): value for name, value in response.headers.items()}
                return Response(response.status, lowered, content)
        except (OSError, HTTPException) as error:
            raise self._explained(error, watch) from None
        finally:
            watch.end()
            self._under_way.discard(watch)

    def cut(self) -> None:
        """End all requests under way, from another thread."""
        for watch in list(self._under_way):
            watch.cut()

    def _opener(self, watch: _Watch) -> OpenerDirector:
        opener = OpenerDirector()
        for handler in (
            ProxyHandler({} if self.is_local else None),
            _Http(watch),
            _Https(watch, self._context),
            UnknownHandler(),
        ):
            opener.add_handler(handler)
        return opener

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _explained(self, error: Exception, watch: _Watch) -> WireError:
        reason = error.reason if isinstance(error, URLError) else error
        if watch.is_cut or isinstance(reason, TimeoutError):
            return WireError(f"no answer within {self.timeout_s:g} s")
        if isinstance(reason, ssl.SSLCertVerificationError):
            return WireError(
                f"its certificate is not trusted: {reason.verify_message}; SSL_CERT_FILE names others", is_final=True
            )
        if isinstance(reason, ConnectionRefusedError):
            return WireError("nothing listens there", is_final=True)
        if isinstance(reason, socket.gaierror) and reason.errno != socket.EAI_AGAIN:
            return WireError("the host's name is not known", is_final=True)
        return WireError(f"the connection broke: {type(reason).__name__}: {reason}")


class _Watch:
    """Ends a connection when its time is up. Timeouts of sockets start anew with every byte; this one does not."""

    def __init__(self, timeout_s: float) -> None:
        self.connection: http.client.HTTPConnection | None = None
        self.sock: socket.socket | None = None
        self.is_cut = False
        self._timer = threading.Timer(timeout_s, self.cut)
        self._timer.daemon = True
        self._timer.start()

    def cut(self) -> None:
        self.is_cut = True
        sock = self.sock or (self.connection.sock if self.connection else None)
        if sock is not None:
            with suppress(OSError):  # it may have ended by itself in this moment
                # Of the plain socket, also under TLS: whoever reads wakes up, and no state of TLS is touched.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def end(self) -> None:
        self._timer.cancel()


class _Watched(http.client.HTTPConnection):
    def __init__(self, *args: Any, watch: _Watch, **options: Any) -> None:
        super().__init__(*args, **options)
        self._watch = watch

    def connect(self) -> None:
        self._watch.connection = self
        super().connect()
        self._watch.sock = self.sock
        if self._watch.is_cut:
            raise TimeoutError


class _WatchedTls(_Watched, http.client.HTTPSConnection):
    pass


class _Http(HTTPHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, request: Request) -> Any:
        return self.do_open(partial(_Watched, watch=self._watch), request)


class _Https(HTTPSHandler):
    def __init__(self, watch: _Watch, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._watch, self._tls = watch, context

    def https_open(self, request: Request) -> Any:
        return self.do_open(partial(_WatchedTls, watch=self._watch, context=self._tls), request)
