"""Who may ask the server for anything: the user's own browser, on this machine, with the token of this start.

A web page that the user visits elsewhere can send requests to 127.0.0.1, and by DNS rebinding it can make its own name
lead there. So the `Host` header must be an address that was asked for, the `Origin` must equal it, and whatever is more
than the page's own files needs the token, which is in no cookie that a browser would send by itself.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qs

from synthink.errors import ConfigError

LOOPBACK_NAMES = ("localhost",)
SCHEMES = ("http://", "https://")
"""An `Origin` begins with the second where a proxy of the user's own speaks TLS."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""The headers of every answer, errors included: no script but our own, no frame around the page, nothing kept."""


class Refusal(NamedTuple):
    """An answer to a request that is not let in."""

    status: int
    reason: str


class Guard:
    """The checks of each request, by its headers alone: they are made before a byte of its body is read."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        """names: hosts by which the server may be called besides the addresses of this machine's own loopback.

        Raises `ConfigError` for a name that stands for every address.
        """
        for name in names:
            address = _address(name)
            if address is not None and address.is_unspecified:
                raise ConfigError("names", name, "is no name by which anybody calls a server; give the one in use")
        self.token = secrets.token_urlsafe(24)
        """The secret of this start, in the address that is printed."""
        self._key, self._lock = secrets.token_urlsafe(24), threading.Lock()
        self._names = {name.casefold() for name in (*LOOPBACK_NAMES, *names)}

    def refusal(self, headers: Mapping[str, Sequence[str]], reached_at: str) -> Refusal | None:
        """Why a request is refused whatever it asks for; None where it is not.

        headers: name in lower case -> values. reached_at: the address of this machine that the connection came to.
        """
        hosts = headers.get("host", ())
        if len(hosts) != 1 or not self._is_ours(hosts[0], reached_at):
            return Refusal(403, "the Host header names no address of this server; open the address that was printed")
        origins = headers.get("origin", ())
        if origins and list(origins) not in [[scheme + hosts[0]] for scheme in SCHEMES]:
            return Refusal(403, "the request comes from another site (Origin)")
        if any(site not in ("same-origin", "none") for site in headers.get("sec-fetch-site", ())):
            return Refusal(403, "the request comes from another site (Sec-Fetch-Site)")
        return None

    def has_token(self, headers: Mapping[str, Sequence[str]]) -> bool:
        """Whether the request has `Authorization: Bearer` and the token of this start."""
        values = headers.get("authorization", ())
        return len(values) == 1 and self._is_token(values[0].removeprefix("Bearer "))

    def query_has_token(self, query: str) -> bool:
        """Whether the query of an address has the token of this start."""
        return self._is_token(_only(query, "token"))

    @property
    def key_query(self) -> str:
        """The query of the address with which our own browser is started: everybody on the machine can read the words
        of a process, so what stands there leads to the token once, and then no more."""
        return f"key={self._key}"

    def takes_key(self, query: str) -> bool:
        """Whether the query of an address has the key for the first time; it opens nothing afterwards."""
        with self._lock:
            if not self._key or not _same(_only(query, "key"), self._key):
                return False
            self._key = ""
            return True

    def _is_token(self, text: str) -> bool:
        return _same(text, self.token)

    def _is_ours(self, host: str, reached_at: str) -> bool:
        name = _without_port(host).casefold()
        address = _address(name)
        if address is None:
            return name in self._names
        if address.is_unspecified:
            return False
        # A number cannot be made to lead elsewhere, as a name can: the one that the connection came to is meant.
        return address.is_loopback or address == _address(reached_at) or name in self._names


class Rate:
    """At most so many requests a second, after a burst of twice as many."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._clock, self._lock = per_second, clock, threading.Lock()
        self._left, self._last = 2 * per_second, clock()

    def allows(self) -> bool:
        """Whether one more request may come now; it counts if it may."""
        with self._lock:
            now = self._clock()
            self._left = min(self._left + (now - self._last) * self._per_second, 2 * self._per_second)
            self._last = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


def _only(query: str, name: str) -> str:
    """The value of a name in the query of an address; empty where it has none, or several."""
    try:
        values = parse_qs(query, max_num_fields=4).get(name, [])
    except ValueError:
        return ""
    return values[0] if len(values) == 1 else ""


def _same(text: str, secret: str) -> bool:
    return hmac.compare_digest(text.encode("utf-8", "surrogatepass"), secret.encode())


def _without_port(host: str) -> str:
    """The name in a `Host` header; the text as it is where it is no name with a port."""
    if host.startswith("["):
        inside, bracket, port = host[1:].partition("]")
        return inside if bracket and (not port or port[1:].isdecimal()) else host
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
