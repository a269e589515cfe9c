"""One file from the web, within bounds of size, of time and of where it may come from."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import queue
import socket
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from synthink.documents.page.model import DocumentError
from synthink.version import VERSION

AGENT = f"synthink/{VERSION} (documents for synthetic data)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The content that an address served, after redirects."""

    url: str
    content_type: str
    attachment: bool
    """Whether it is offered as a download."""
    body: bytes


def fetch(url: str, *, timeout_s: float, most: int, home: str) -> Fetched:
    """Fetch what `url` serves; `DocumentError` for more than `most` bytes, and for an address that is not allowed.

    timeout_s: longest wait for an answer. home: the host that the user named; other hosts may be public ones only.
    """
    check_address(url, home, timeout_s)
    opener = urllib.request.build_opener(_Redirects(home, timeout_s))
    request = urllib.request.Request(url, headers={"User-Agent": AGENT})
    try:
        with opener.open(request, timeout=timeout_s) as answer:
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


def check_address(url: str, home: str, timeout_s: float = 10) -> None:
    """`DocumentError` unless it is http or https, on the user's host or on a host that is no private address.

    timeout_s: longest wait for the host's addresses.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise DocumentError(f"{url}: is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise DocumentError(f"{url}: only http and https are opened")
    if host == home:
        return
    try:
        private = _is_private(host, timeout_s)
    except queue.Empty:
        raise DocumentError(f"{url}: its host was not found within {timeout_s:g} s") from None
    if private:
        raise DocumentError(f"{url}: lies on a private address, {home} does not")


def _is_private(host: str, timeout_s: float) -> bool:
    """By its name, or by any of its addresses; `queue.Empty` if they are not found in time."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    return not all(map(_is_public, _addresses(host, timeout_s)))


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global


def _addresses(host: str, timeout_s: float) -> list[str]:
    """Of a host, however it is written: `127.1` is one, too. None for a host that is not found: a proxy may know it."""
    answer: queue.Queue[list[str]] = queue.Queue()

    def find() -> None:
        addresses: list[str] = []
        with contextlib.suppress(OSError, ValueError):
            addresses = [str(place[4][0]).partition("%")[0] for place in socket.getaddrinfo(host, None)]
        answer.put(addresses)

    # In a thread that nobody waits for: no other bound can be set.
    threading.Thread(target=find, daemon=True).start()
    return answer.get(timeout=timeout_s)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to allowed addresses alone."""

    def __init__(self, home: str, timeout_s: float) -> None:
        self.home, self.timeout_s = home, timeout_s

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        try:
            check_address(newurl, self.home, self.timeout_s)
        except DocumentError as error:
            raise DocumentError(f"{req.full_url}: redirects to {error}") from None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
