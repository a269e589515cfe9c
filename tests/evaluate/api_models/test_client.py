"""Servers that are busy, broken, slow, hostile or strict, and the key, which must be seen nowhere."""

from __future__ import annotations

import errno
import gzip
import json
import logging
import os
import pickle
import socket
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from synthink.errors import ModelError, OutputError
from synthink.evaluate.api_models.answer_cache import AnswerCache
from synthink.evaluate.api_models.answerer import ApiAnswerer
from synthink.evaluate.api_models.client import MESSAGE_LENGTH, Client
from synthink.evaluate.api_models.models import Gemini, OpenAI
from tests.evaluate.api_models.api_server import KEY, ApiServer, Handler, examples, reply_json, serving, settings

pytestmark = pytest.mark.heavy


def one(server: ApiServer, folder: Path, **given: object) -> ApiAnswerer:
    return settings(server, **given).open([], folder, lambda advance: None)


def failing(answerer: ApiAnswerer, count: int = 1) -> str:
    """The error that the answerer ends with, as its text."""
    with pytest.raises(ModelError) as caught:
        answerer.answers(examples(count))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(answerer.client.settings.base_url)
    return str(caught.value).removeprefix(answerer.client.settings.base_url)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_busy_servers_are_asked_again(server: ApiServer, status: int, tmp_path: Path) -> None:
    server.script.extend([lambda handler: handler.fail(status, "busy")] * 2)
    answerer = one(server, tmp_path)
    assert answerer.answers(examples(3)) == ["red", "green", "blue"]
    assert len(server.seen) == 5
    assert answerer.client.retries == 2


def test_a_wish_to_wait_is_granted(server: ApiServer, tmp_path: Path) -> None:
    server.script.append(lambda handler: handler.fail(429, "too many", {"Retry-After": "1"}))
    started = time.monotonic()
    assert one(server, tmp_path, concurrency=1).answers(examples(2)) == ["red", "green"]
    assert sorted(server.arrivals)[1] >= started + 0.9


@pytest.mark.parametrize("value", ["soon", "-5", "nan", "inf", "", "Mon, 99 Foo 2026"])
def test_a_wish_that_makes_no_sense_is_no_wish(value: str, tmp_path: Path) -> None:
    with serving() as server:
        server.script.append(lambda handler: handler.fail(503, "busy", {"Retry-After": value}))
        assert one(server, tmp_path).answers(examples(1)) == ["red"]


@pytest.mark.whole
def test_retries_end(server: ApiServer, tmp_path: Path) -> None:
    server.script.extend([lambda handler: handler.fail(500, "oh no")] * 3)
    error = failing(one(server, tmp_path))
    assert error == ": status 500, after 2 retries: oh no; run again later, answers are kept"
    assert len(server.seen) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_refusals_are_not_asked_again(server: ApiServer, status: int, tmp_path: Path) -> None:
    server.script.append(lambda handler: handler.fail(status, "this\nwill never do"))
    error = failing(one(server, tmp_path))
    assert f"status {status}" in error
    assert "this will never do" in error
    assert len(server.seen) == 1


def test_a_wrong_key(server: ApiServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variable = settings(server).key_variable
    monkeypatch.setenv(variable, "wrong-key-9876543210")
    server.script.append(lambda handler: handler.answer())
    error = failing(one(server, tmp_path))
    assert "the key is missing or wrong" in error
    assert server.faults.pop() == "the key is missing or wrong"
    assert "9876543210" not in error
    server.script.extend([lambda handler: handler.fail(401, f"no such key: {handler.headers}")])
    monkeypatch.setenv(variable, KEY)
    error = failing(one(server, tmp_path))
    assert f"status 401 (the key in {variable}): no such key" in error
    assert KEY not in error


def test_a_missing_key_names_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for model in (
        Gemini(),
        OpenAI(model="m"),
        OpenAI(model="m", key_variable="MY_KEY", base_url="https://a.example/v1"),
    ):
        for value in ("", " \n"):
            monkeypatch.setenv(model.key_variable, value)
            with pytest.raises(
                ModelError, match=f"environment variable {model.key_variable}, or say key_variable=null"
            ):
                model.open([], tmp_path, lambda advance: None)
        monkeypatch.delenv(model.key_variable)
        with pytest.raises(ModelError, match=model.key_variable):
            Client(model)
        monkeypatch.setenv(model.key_variable, "two\nlines")
        with pytest.raises(ModelError, match="holds characters that no key has") as caught:
            Client(model)
        assert "two" not in str(caught.value)


def test_a_local_server_needs_no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with serving(key=None) as server:
        assert one(server, tmp_path, key_variable=None).answers(examples(1)) == ["red"]
        monkeypatch.delenv("OPENAI_API_KEY")
        assert one(server, tmp_path).answers(examples(1, first=9)) == ["green"]
        assert {
            value for each in server.seen for name, value in each.headers.items() if name.lower() == "authorization"
        } == {"Bearer none"}
        server.script.append(lambda handler: handler.fail(401, "who are you?"))
        assert "no key was sent, key_variable=OPENAI_API_KEY): who are you?" in failing(one(server, tmp_path / "b"))


def hang(handler: Handler) -> None:
    handler.server.released.wait(60)


def drip(handler: Handler) -> None:
    """A byte now and then, which no timeout of a socket ends."""
    handler.send_response(200)
    handler.flush_headers()
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b"X-More: more\r\n")
        handler.wfile.flush()


def drip_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


@pytest.mark.whole
def test_a_silent_server_is_given_up(server: ApiServer, tmp_path: Path) -> None:
    server.script.extend([hang] * 2)
    error = failing(one(server, tmp_path, timeout_s=0.5, retries=1))
    assert error == ": no answer within 0.5 s, after 1 retries"
    assert len(server.arrivals) == 2


@pytest.mark.parametrize("act", [hang, drip, drip_body])
def test_a_question_has_a_limit_that_no_drop_of_an_answer_moves(
    server: ApiServer, act: Callable[[Handler], None], tmp_path: Path
) -> None:
    server.script.append(act)
    started = time.monotonic()
    error = failing(one(server, tmp_path, total_timeout_s=0.5))
    assert error == ": no answer within 0.5 s, retries included; see total_timeout_s"
    assert 0.4 < time.monotonic() - started < 30


@pytest.mark.slow
def test_after_a_hang_it_goes_on(server: ApiServer, tmp_path: Path) -> None:
    server.script.append(hang)
    assert one(server, tmp_path, timeout_s=2.0).answers(examples(3)) == ["red", "green", "blue"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<html>\n<b>Sorry</b>", ": <html> <b>Sorry</b>"),
        (b"", ": no message"),
        (b"\xff\x00\x1b[31m", ": \ufffd??[31m"),
        (b"[" * 200_000, ": [[["),
        (b"[]", ": []"),
        (b"{}", ": {}"),
        (b'{"choices": [], "candidates": []}', "choices"),
        (
            b'{"choices": [{"message": {"content": 3}}], "candidates": [{"content": {"parts": "x"}}]}',
            "choices",
        ),
        (b'{"choices": [{"message": "hm"}], "candidates": "hm"}', "choices"),
        (b'{"error": {"message": "no model loaded"}}', ": no model loaded"),
    ],
)
def test_answers_that_are_none(server: ApiServer, content: bytes, what: str, tmp_path: Path) -> None:
    server.script.append(lambda handler: handler.send(200, content))
    error = failing(one(server, tmp_path))
    assert error.startswith(": answered with something else than a chat completion: ")
    assert what in error
    assert len(server.seen) == 1
    assert not (tmp_path / "answers.jsonl").exists()


@pytest.mark.slow
def test_an_answer_that_breaks_off_is_asked_again(server: ApiServer, tmp_path: Path) -> None:
    def half(handler: Handler) -> None:
        handler.send(200, b'{"choices"', {"Content-Length": "1000"})
        handler.connection.shutdown(socket.SHUT_RDWR)

    def nothing(handler: Handler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    def nonsense(handler: Handler) -> None:
        handler.wfile.write(b"hello\r\n\r\n")
        handler.connection.shutdown(socket.SHUT_RDWR)

    server.script.extend([half, nothing, nonsense])
    assert one(server, tmp_path, retries=3).answers(examples(1)) == ["red"]
    assert len(server.seen) == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: ApiServer, status: int, tmp_path: Path) -> None:
    with serving() as other:
        where = f"http://localhost:{other.server_port}/v1"
        server.script.append(lambda handler: handler.fail(status, "over there", {"Location": where}))
        assert f"status {status}: it sends on to {where}, which is not followed" in failing(one(server, tmp_path))
        assert other.arrivals == []
    assert len(server.arrivals) == 1


def flood(handler: Handler) -> None:
    """More than an answer can have, and no end in sight."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(1 << 40))
    handler.end_headers()
    while not handler.server.released.is_set():
        handler.wfile.write(b" " * 2**20)


def test_a_response_without_end_is_given_up(server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthink.evaluate.api_models.client.LARGEST_RESPONSE", 3 * 2**20)
    server.script.append(flood)
    assert "the response has more than 3,145,728 bytes" in failing(one(server, tmp_path, retries=0))


def test_a_response_that_could_swell_is_given_up(server: ApiServer, tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps(reply_json("red")).encode())
    server.script.append(lambda handler: handler.send(200, packed, {"Content-Encoding": "gzip"}))
    assert "the response is packed (gzip)" in failing(one(server, tmp_path, retries=0))
    server.script.append(lambda handler: handler.send(200, packed, {"Content-Encoding": KEY[:18]}))
    assert "the response is packed (<key>)" in failing(one(server, tmp_path, retries=0))


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        model = OpenAI(model="gpt-test", base_url=f"http://127.0.0.1:{unused.getsockname()[1]}/v1", retries=0)
        error = failing(model.open([], tmp_path, lambda advance: None))
        assert error.startswith(": cannot be reached: ConnectError: ")
        assert error.endswith("after 0 retries; check base_url")


def test_proxies_are_not_for_this_machine(server: ApiServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert one(server, tmp_path).answers(examples(1)) == ["red"]


def test_a_full_disk_is_told(server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"answers\.jsonl: cannot be written: No space left"):
        one(server, tmp_path).answers(examples(1))


def test_a_journal_that_is_a_link_is_refused(server: ApiServer, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine\n")
    cache = AnswerCache(tmp_path / "answers.jsonl")
    cache.path.symlink_to("elsewhere")
    with pytest.raises(OutputError, match=r"answers\.jsonl: is a link"):
        ApiAnswerer(Client(settings(server)), [], cache).answers(examples(1))
    assert (tmp_path / "elsewhere").read_text() == "mine\n"


def echo_everywhere(handler: Handler, status: int) -> None:
    """The key back in every place that a client might repeat, once across the end of what is shown."""
    escaped = "".join(f"\\u{ord(character):04x}" for character in KEY)
    start = f"{quote(KEY, safe='')} {escaped} "
    filling = "-" * (MESSAGE_LENGTH - 15 - len(json.loads(f'"{start}"')))
    body = f'{{"error": {{"message": "{start}{filling}{KEY} {KEY}", "code": "{KEY}"}}}}'.encode()
    handler.send(status, body, {"X-Key": KEY, "Location": f"https://a.example/{KEY}"})


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 418, 429, 500, 503])
def test_the_key_is_seen_nowhere(
    server: ApiServer,
    status: int,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)  # debugging, some releases of openai print whatever a server sent

    def broken(handler: Handler) -> None:
        handler.wfile.write(f"HTTP/1.1 {KEY}\r\n\r\n".encode())
        handler.connection.shutdown(socket.SHUT_RDWR)

    def fail(handler: Handler) -> None:
        echo_everywhere(handler, status)

    answer = reply_json(f"the key is {KEY}!", model=KEY)
    server.script.append(lambda handler: handler.send(200, answer))
    server.script.extend([broken, fail] * 2)
    answerer = one(server, tmp_path, concurrency=1, retries=1)
    with pytest.raises(ModelError) as caught:
        answerer.answers(examples(2))
    server.script.clear()
    server.script.extend([broken] * 4)
    assert "cannot be reached" in failing(one(server, tmp_path, retries=0), 2)
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "the key is <key>!" in written
    told = "".join(traceback.format_exception(caught.value))
    held = repr([answerer, vars(answerer), vars(answerer.client), vars(answerer.usage), answerer.client.settings])
    output = "".join(capfd.readouterr()) + caplog.text
    for where in (written, told, held, output, str(answerer.usage)):
        for part in (KEY, quote(KEY, safe=""), KEY[:12], KEY[-12:]):
            assert part not in where
    with pytest.raises(TypeError, match="not stored"):
        pickle.dumps(answerer.client._key)


def test_a_short_key_leaves_answers_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "e")
    with serving(key="e") as server:
        assert one(server, tmp_path).answers(examples(2)) == ["red", "green"]
