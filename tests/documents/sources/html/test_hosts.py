"""Which hosts are opened: none in disguise, none that means something else by then, none behind the browser's back."""

from __future__ import annotations

import asyncio
import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from synthink.documents.asset import Documents
from synthink.documents.page.model import DocumentError
from synthink.documents.sources.html import web
from synthink.documents.sources.html.files import PageFiles, WebPage
from synthink.documents.sources.html.web import Web, is_public
from synthink.errors import ConfigError
from tests.documents.sources.html.reading import needs_browser, read


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "::ffff:8.8.8.8", "2606:2800::1", "2a00:1450:4001::1"])
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "0.1.2.3", "100.64.0.1"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "::a00:1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::"),
        *("fe80::1", "fec0::1", "fc00::1", "fd00::1", "ff02::1", "ff0e::1", "2001:db8::1", "3fff::1", "192.88.99.1"),
    ],
)
def test_private_addresses_are_known_in_every_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["0177.0.0.1", "0x7f.1", "127.0.1", "017700000001", "\uff11\uff12\uff17.0.0.1"])
def test_no_spelling_of_an_address_is_taken_for_a_name(host: str) -> None:
    with pytest.raises(DocumentError, match=r"lies on a private address, example\.org does not"):
        Web("example.org").check(f"http://{host}/")


class Numbered(http.server.BaseHTTPRequestHandler):
    """Answers with the address that was connected to."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        host = str(self.connection.getsockname()[0])
        type(self).asked.append(f"{host} {self.headers['Host']}")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<p>words of {host}</p>".encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def port() -> Iterator[int]:
    """A server on every address of this machine."""
    Numbered.asked = []
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Numbered)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


@pytest.fixture
def rebinding(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """`moving.org` means 127.0.0.2 when it is first looked up, and 127.0.0.1 from then on; how often it was."""
    find, looked_up = socket.getaddrinfo, [0]

    def moving(host: Any, *more: Any, **options: Any) -> list[Any]:
        if host == "moving.org":
            looked_up[0] += 1
            host = "127.0.0.2" if looked_up[0] == 1 else "127.0.0.1"
        return find(host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", moving)
    return lambda: looked_up[0]


@pytest.mark.parametrize("home", ["moving.org", "example.org"])
def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    home: str, port: int, rebinding: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "is_public", lambda address: address == "127.0.0.2")
    page = Web(home)
    for _ in range(2):
        assert page.fetch(f"http://moving.org:{port}/", 1000).body == b"<p>words of 127.0.0.2</p>"
    assert Numbered.asked == [f"127.0.0.2 moving.org:{port}"] * 2
    assert rebinding() == 1


def test_a_host_that_only_the_opener_can_read_is_checked_when_it_is_connected_to(port: int) -> None:
    with pytest.raises(DocumentError, match="lies on a private address"):
        Web("example.org").fetch(f"http://%31%32%37.0.0.1:{port}/", 1000)
    assert Numbered.asked == []


def test_a_proxy_of_the_environment_is_used(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    assert Web("far.example").fetch("http://far.example/a", 1000).body == b"<p>words of 127.0.0.1</p>"
    assert Numbered.asked == ["127.0.0.1 far.example"]
    with pytest.raises(DocumentError, match="lies on a private address"):
        Web("far.example").fetch("http://10.0.0.1/", 1000)


def test_a_private_address_is_opened_where_the_user_names_it_alone(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def get_main(places: list[WebPage], **options: Any) -> None:
        asyncio.run(PageFiles(places[0], 5, False).main())

    monkeypatch.setattr("synthink.documents.sources.html.reader.read_html", get_main)
    spec = Documents(source=f"http://127.0.0.1:{port}/")
    with pytest.raises(DocumentError, match="lies on a private address; those are opened where the user names them"):
        spec.open_received()
    assert Numbered.asked == []
    with pytest.raises(ConfigError, match="holds no page"):
        spec.open()
    assert Numbered.asked == [f"127.0.0.1 127.0.0.1:{port}"]


@needs_browser
@pytest.mark.heavy
@pytest.mark.whole
def test_the_browser_connects_to_nothing_by_itself(stored: Callable[..., WebPage]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        place = f"http://127.0.0.1:{listener.getsockname()[1]}"
        hints = ("preconnect", "dns-prefetch", "prefetch", "prerender", "icon", "preload", "stylesheet")
        links = "".join(f"<link rel={hint} href={place}/{hint}>" for hint in hints)
        assert read(stored(f"{links}<iframe src={place}></iframe><p>Some words</p>"))[0].words == ("Some", "words")
        listener.settimeout(0.5)
        with pytest.raises(TimeoutError):
            listener.accept()
