"""One file from the web, within bounds of size, of time and of where it may come from."""

from __future__ import annotations

import http.client
import ipaddress
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from synthink.documents.model import DocumentError
from synthink.version import VERSION

AGENT = f"synthink/{VERSION} (documents for synthetic data)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address served, after redirects."""

    url: str
    content_type: str
    attachment: bool
    """Whether it is offered as a download."""
    body: bytes


def fetch(url: str, *, timeout_s: float, most: int, home: str) -> Fetched:
    """What `url` serves; `DocumentError` for more than `most` bytes, and for an address that is not allowed.

    timeout_s: longest wait for an answer. home: the host that the user named; other hosts may be public ones only.
    """
    check_address(url, home)
    opener = urllib.request.build_opener(_Redirects(home))
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


def check_address(url: str, home: str) -> None:
    """`DocumentError` unless it is http or https, on the user's host or on a host that is no private address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise DocumentError(f"{url}: is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise DocumentError(f"{url}: only http and https are opened")
    if host != home and _is_private(host):
        raise DocumentError(f"{url}: lies on a private address, {home} does not")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to allowed addresses alone."""

    def __init__(self, home: str) -> None:
        self.home = home

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        try:
            check_address(newurl, self.home)
        except DocumentError as error:
            raise DocumentError(f"{req.full_url}: redirects to {error}") from None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
