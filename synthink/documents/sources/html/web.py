"""Files from the web, within bounds of size, of time and of where they may come from.

A host is looked up once for a page, its addresses are checked, and the connection goes to one of those: a name that
means another address by then leads nowhere else. Behind a proxy of the environment it is the proxy that connects.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from synthink.documents.page.model import DocumentError
from synthink.version import VERSION

AGENT = f"synthink/{VERSION} (documents for synthetic data)"
OWN_NAMES = (".localhost", ".local", ".internal", ".home.arpa")
"""What names of machines on private networks end in."""
_TRANSLATED = [
    ipaddress.ip_network(network)
    for network in (
        *("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10"),
        "3fff::/20",
    )
]
"""IPv6 addresses that stand for IPv4 ones of whatever network (compatible, translated, NAT64, Teredo, 6to4), and
addresses of sites and of documentation."""
_OLD_RELAYS = ipaddress.ip_network("192.88.99.0/24")
"""Relays of 6to4, which lead into networks of whatever kind."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The content that an address served, after redirects."""

    url: str
    content_type: str
    attachment: bool
    """Whether it is offered as a download."""
    body: bytes


class Web:
    """The part of the web that one page may show.

    home: the host that the user named, which may be a private one; all others are public. timeout_s: the longest wait
    for an answer, and for a host's addresses.
    """

    def __init__(self, home: str, timeout_s: float = 10) -> None:
        self.home, self.timeout_s = home.lower(), timeout_s
        self._addresses: dict[str, list[str]] = {}

    def fetch(self, url: str, most: int) -> Fetched:
        """Fetch what `url` serves; `DocumentError` for more than `most` bytes, and for an address that is not
        allowed."""
        self.check(url)
        opener = urllib.request.build_opener(_Proxies(), _Redirects(self), _Plain(self), _Secure(self))
        request = urllib.request.Request(url, headers={"User-Agent": AGENT})
        try:
            with opener.open(request, timeout=self.timeout_s) as answer:
                body = answer.read(most + 1)
                headers = answer.headers
                if len(body) > most:
                    raise DocumentError(f"{url}: serves more than {most:,} bytes")
                offered = headers.get("Content-Disposition", "").strip().lower().startswith("attachment")
                return Fetched(answer.url, headers.get("Content-Type", ""), offered, body)
        except urllib.error.HTTPError as error:
            raise DocumentError(f"{url}: the server answers {error.code} {error.reason}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise DocumentError(f"{url}: cannot be fetched: {reason or type(error).__name__}") from None

    def check(self, url: str) -> None:
        """`DocumentError` unless it is http or https, on the user's host or on a host that is no private address."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError as error:
            raise DocumentError(f"{url}: is no address: {error}") from None
        if parts.scheme not in ("http", "https") or not host:
            raise DocumentError(f"{url}: only http and https are opened")
        self._allowed(host, url)

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to one of the addresses of a host. `DocumentError` for a private one, `OSError` where none
        answers."""
        error = OSError("its host was not found")
        for address in self._allowed(host, f"{host}:{port}"):
            try:
                return socket.create_connection((address, port), self.timeout_s)
            except OSError as failure:
                error = failure
        raise error

    def _allowed(self, host: str, url: str) -> list[str]:
        """The addresses of a host that may be opened; none for one that is not found: a proxy may know it."""
        host = host.lower()
        if host not in self._addresses:
            try:
                addresses = _look_up(host, self.timeout_s)
            except queue.Empty:
                raise DocumentError(f"{url}: its host was not found within {self.timeout_s:g} s") from None
            self._addresses.setdefault(host, addresses)  # another thread may have been faster
        addresses = self._addresses[host]
        name = host.rstrip(".")
        named_private = name == "localhost" or name.endswith(OWN_NAMES)
        if host != self.home and (named_private or not all(map(is_public, addresses))):
            where = f", {self.home} does not" if self.home else "; those are opened where the user names them alone"
            raise DocumentError(f"{url}: lies on a private address{where}")
        return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and no other network's in disguise."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None and any(ip in network for network in _TRANSLATED):
            return False
        ip = ip.ipv4_mapped or ip
    if isinstance(ip, ipaddress.IPv4Address) and ip in _OLD_RELAYS:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _look_up(host: str, timeout_s: float) -> list[str]:
    """The addresses of a host, however it is written: `127.1` is one, too. `queue.Empty` if they are not found in
    time."""
    answer: queue.Queue[list[str]] = queue.Queue()

    def find() -> None:
        addresses: list[str] = []
        with contextlib.suppress(OSError, ValueError):
            places = socket.getaddrinfo(host, None)
            addresses = list(dict.fromkeys(str(place[4][0]).partition("%")[0] for place in places))
        answer.put(addresses)

    # In a thread that nobody waits for: no other bound can be set.
    threading.Thread(target=find, daemon=True).start()
    return answer.get(timeout=timeout_s)


class _Proxies(urllib.request.ProxyHandler):
    """Sends a request to the environment's proxy, if it has one, and notes that on the request."""

    def proxy_open(self, req: urllib.request.Request, proxy: str, type: str) -> Any:
        host = req.host
        opened = super().proxy_open(req, proxy, type)
        req.by_proxy = req.host != host  # type: ignore[attr-defined]
        return opened


class _Plain(urllib.request.HTTPHandler):
    """Opens http addresses by connections of ours."""

    def __init__(self, web: Web) -> None:
        super().__init__()
        self.web = web

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        if getattr(req, "by_proxy", False):
            return super().http_open(req)
        return self.do_open(self._connected, req)

    def _connected(self, host: str, **options: Any) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(host, **options)
        connection.auto_open = 0  # never by a connection of its own
        connection.sock = self.web.connect(connection.host, connection.port)
        return connection


class _Secure(urllib.request.HTTPSHandler):
    """Opens https addresses by connections of ours; certificates are checked for the host's name, as ever."""

    def __init__(self, web: Web) -> None:
        super().__init__()
        self.web = web

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        if getattr(req, "by_proxy", False):
            return super().https_open(req)
        return self.do_open(self._connected, req)

    def _connected(self, host: str, **options: Any) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection(host, **options)
        connection.auto_open = 0
        plain = self.web.connect(connection.host, connection.port)
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=connection.host)
        return connection


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to allowed addresses alone."""

    def __init__(self, web: Web) -> None:
        self.web = web

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        try:
            self.web.check(newurl)
        except DocumentError as error:
            raise DocumentError(f"{req.full_url}: redirects to {error}") from None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
