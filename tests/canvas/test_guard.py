"""Who is let in: by headers alone, as a browser or an attacker would send them."""

from __future__ import annotations

import pytest

from synthink.canvas.guard import HEADERS, Guard, Rate
from synthink.errors import ConfigError


def refused(guard: Guard, host: str | None = "127.0.0.1:8765", at: str = "127.0.0.1", **others: str) -> bool:
    headers = {name.replace("_", "-"): [value] for name, value in others.items()}
    return guard.refusal(headers | ({} if host is None else {"host": [host]}), at) is not None


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8765", "localhost", "LOCALHOST:9000", "[::1]:8765", "[::1]", "127.3.2.1:80"],
)
def test_a_loopback_address_is_ours(host: str) -> None:
    assert not refused(Guard(), host)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example:8765",
        "localhost.evil.example",
        "0.0.0.0:8765",
        "[::]:8765",
        "192.168.1.7:8765",
        "127.0.0.1:8765@evil.example",
        "127.0.0.1, evil.example",
        "[::1",
        "[::1]evil:8765",
        "127.0.0.1:port",
    ],
)
def test_any_other_host_is_not(host: str | None) -> None:
    assert refused(Guard(), host)


def test_two_hosts_are_none() -> None:
    assert Guard().refusal({"host": ["127.0.0.1", "127.0.0.1"]}, "127.0.0.1") is not None


def test_the_address_that_was_listened_at_is_ours_and_its_neighbour_is_not() -> None:
    assert not refused(Guard(), "192.168.1.7:8765", at="192.168.1.7")
    assert refused(Guard(), "192.168.1.8:8765", at="192.168.1.7")


def test_a_name_must_be_declared() -> None:
    assert not refused(Guard(["ink.example"]), "Ink.example:443")
    with pytest.raises(ConfigError, match=r"names='0\.0\.0\.0'"):
        Guard(["0.0.0.0"])


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1:8765/", ""])
def test_another_origin_is_refused(origin: str) -> None:
    assert refused(Guard(), origin=origin)


def test_the_own_origin_is_not() -> None:
    assert not refused(Guard(), origin="http://127.0.0.1:8765")
    assert not refused(Guard(["ink.example"]), "ink.example", origin="https://ink.example")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_says_cross_site_is_refused(site: str) -> None:
    assert refused(Guard(), sec_fetch_site=site)
    assert not refused(Guard(), sec_fetch_site="same-origin")


def test_the_token_is_that_of_this_start_and_stands_once() -> None:
    guard, other = Guard(), Guard()
    assert guard.token != other.token and len(guard.token) >= 32
    assert guard.has_token({"authorization": [f"Bearer {guard.token}"]})
    for values in ([], [f"Bearer {other.token}"], ["Bearer "], ["Bearer ü\udc80"], [f"Bearer {guard.token}"] * 2):
        assert not guard.has_token({"authorization": values})
    assert guard.query_has_token(f"token={guard.token}")
    for query in ("", f"token={other.token}", f"token={guard.token}&token=x", "&".join(["a=1"] * 9)):
        assert not guard.query_has_token(query)


def test_no_script_but_our_own_may_run() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'" and "unsafe" not in HEADERS["Content-Security-Policy"]


def test_requests_come_at_a_rate() -> None:
    now = [0.0]
    rate = Rate(10, lambda: now[0])
    assert [rate.allows() for _ in range(21)] == [True] * 20 + [False]
    now[0] = 0.5
    assert [rate.allows() for _ in range(6)] == [True] * 5 + [False]
