"""Questions to a model behind an API: what is sent, what comes back, and that nothing is paid for twice."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from synthink.errors import ConfigError, ModelError
from synthink.evaluate.answerer import Answerer, Example
from synthink.evaluate.api_models.answerer import ApiAnswerer
from synthink.evaluate.api_models.models import ApiModel
from tests.evaluate.api_models.api_server import (
    COLOURS,
    QUESTION,
    ApiServer,
    Handler,
    examples,
    reply_json,
    serving,
    settings,
)
from tests.support import environment

pytestmark = pytest.mark.heavy

SHOTS = examples(8, first=1000)


def one(server: ApiServer, folder: Path, shots: int = 0, **given: object) -> ApiAnswerer:
    """An answerer with one number of shots."""
    return settings(server, **given).open(SHOTS[:shots], folder, lambda advance: None)


def test_right_answers_in_order_with_every_number_of_shots(server: ApiServer, tmp_path: Path) -> None:
    asked, progress = examples(12), []
    for count in (0, 1, 8):
        answerer = settings(server).open(SHOTS[:count], tmp_path, progress.append)
        assert answerer.answers(asked) == [each.suffix for each in asked]
        assert answerer.name == f"{answerer.client.settings.model}, {count} {'shot' if count == 1 else 'shots'}"
        seen = server.seen[-12:]
        assert {len(each.turns) for each in seen} == {2 * count + 1}
        assert all(each.turns[1:-1:2] == [("model", None, shot.suffix) for shot in SHOTS[:count]] for each in seen)
        assert all(each.turns[-1][2] == QUESTION for each in seen)
        assert answerer.usage.new == 12
    assert sum(progress) == 36
    # A question's own answer stands nowhere in the request without examples.
    assert all(each.turns[-1][1] not in json.dumps(each.body).replace(QUESTION, "") for each in server.seen[:12])


def test_it_is_an_answerer(server: ApiServer, tmp_path: Path) -> None:
    answerer: Answerer = one(server, tmp_path)
    assert answerer.answers([]) == []
    assert server.seen == []


def test_a_notebook_whose_loop_is_running_can_ask(server: ApiServer, tmp_path: Path) -> None:
    async def cell() -> list[str]:
        return one(server, tmp_path).answers(examples(3))

    assert asyncio.run(cell()) == ["red", "green", "blue"]


def test_a_strangers_vendor_sends_no_key_in_the_clear() -> None:
    class Acme(ApiModel):
        name = "acme"

        base_url: str = "https://acme.example/v1"
        key_variable: str | None = "ACME_KEY"

    assert Acme(model="m").base_url.startswith("https")
    with pytest.raises(ConfigError, match="would send ACME_KEY unencrypted"):
        Acme(model="m", base_url="http://acme.example/v1")
    assert Acme(model="m", base_url="http://10.0.0.3/v1", key_variable="MY_OWN_SERVER").key_variable == "MY_OWN_SERVER"


def test_pictures_of_any_kind_arrive(server: ApiServer, tmp_path: Path) -> None:
    pixels = np.full((8, 12, 3), COLOURS["blue"], dtype=np.uint8)
    files = []
    for kind in ("JPEG", "WEBP"):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, kind, quality=95)
        files.append(file.getvalue())
    asked = [Example(image, QUESTION, "?", f"row-{i}") for i, image in enumerate([pixels, *files])]
    assert one(server, tmp_path).answers(asked) == ["blue"] * 3
    with pytest.raises(ModelError, match="row-9"):
        one(server, tmp_path).answers([Example(b"no picture", QUESTION, "?", "row-9")])


def test_instruction_label_format_and_more_of_the_request(server: ApiServer, tmp_path: Path) -> None:
    more = {"seed": 3, "temperature": 0, "logprobs": None}
    one(server, tmp_path, label_format="A colour's name.", request=more).answers(examples(1))
    assert server.seen[0].system.startswith("Answer the question")
    assert server.seen[0].system.endswith("\nA colour's name.")
    assert server.seen[0].body["seed"] == 3
    assert "logprobs" not in server.seen[0].body
    one(server, tmp_path, instruction="").answers(examples(1, first=50))
    assert server.seen[1].system == ""


def test_tokens_and_cost(server: ApiServer, tmp_path: Path) -> None:
    answerer = one(server, tmp_path, price_per_million_input=2.0, price_per_million_output=10.0)
    answerer.answers(examples(4))
    usage = answerer.usage
    assert (usage.input_tokens, usage.output_tokens) == (400, 28)
    assert usage.cost == pytest.approx((400 * 2 + 28 * 10) / 1e6)
    assert usage.versions == {f"{answerer.client.settings.model}-001"}
    assert "400 + 28 tokens, cost 0.0011" in str(usage)
    assert one(server, tmp_path).usage.cost is None


def test_thoughts_that_only_the_total_counts_are_output(server: ApiServer, tmp_path: Path) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 3, "total_tokens": 143}
    server.script.append(lambda handler: handler.answer(usage=usage))
    answerer = one(server, tmp_path)
    answerer.answers(examples(1))
    assert (answerer.usage.input_tokens, answerer.usage.output_tokens) == (100, 43)


def test_without_a_count_there_is_no_cost(server: ApiServer, tmp_path: Path) -> None:
    server.script.append(lambda handler: handler.answer(usage=None))
    answerer = one(server, tmp_path, price_per_million_input=2.0, price_per_million_output=10.0)
    assert answerer.answers(examples(2)) == ["red", "green"]
    assert answerer.usage.cost is None
    assert answerer.usage.uncounted == 1
    assert "cost" not in str(answerer.usage)


COUNTS = ["1e999", "-1e999", "NaN", "-3", "1" * 5000, '"7"', "true", "[1]", "{}", "1.5", "1e30"]


@pytest.mark.parametrize("count", COUNTS, ids=lambda count: count[:8])
def test_a_count_that_makes_no_sense_costs_no_answer(server: ApiServer, count: str, tmp_path: Path) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 1}
    for name in usage:
        told = json.dumps(reply_json("red", usage={**usage, name: "HERE"})).replace('"HERE"', count)
        server.script.append(lambda handler, told=told: handler.send(200, told.encode()))
        answerer = one(server, tmp_path / name)
        assert answerer.answers(examples(1)) == ["red"]
        assert (answerer.usage.uncounted, answerer.usage.cost) == (1, None)
        again = one(server, tmp_path / name)
        assert again.answers(examples(1)) == ["red"]
        assert again.usage.cached == 1, "it is not paid for twice"


@pytest.mark.parametrize(
    "strange", [{"usage": [1]}, {"usage": "many"}, {"model": 7}, {"model": None}, {"created": 10**40}], ids=str
)
def test_fields_of_other_types_cost_no_answer(server: ApiServer, strange: dict[str, Any], tmp_path: Path) -> None:
    server.script.append(lambda handler: handler.answer(**strange))
    assert one(server, tmp_path).answers(examples(1)) == ["red"]


def test_blocked_empty_and_cut_off_answers_are_counted(server: ApiServer, tmp_path: Path) -> None:
    refused = {"role": "assistant", "content": None, "refusal": "I cannot"}
    server.script.append(
        lambda handler: handler.send(200, {"choices": [{"message": refused, "finish_reason": "stop"}]})
    )
    server.script.append(lambda handler: handler.answer(""))
    server.script.append(lambda handler: handler.answer("", "content_filter: SAFETY"))
    server.script.append(lambda handler: handler.answer("gre", "length"))
    answerer = one(server, tmp_path, concurrency=1)
    assert answerer.answers(examples(5)) == ["", "", "", "gre", "red"]
    usage = answerer.usage
    assert (usage.blocked, usage.empty, usage.cut_off) == (2, 1, 1)
    assert "2 blocked, 1 empty, 1 cut off by max_tokens" in str(usage)


def test_a_filter_that_refuses_a_question_is_no_error(tmp_path: Path) -> None:
    with serving() as server:
        server.script.append(lambda handler: handler.fail(400, "filtered", code="content_filter"))
        answerer = one(server, tmp_path, concurrency=1)
        assert answerer.answers(examples(2)) == ["", "green"]
        assert answerer.usage.blocked == 1


def test_a_shot_is_never_a_question(server: ApiServer, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"row-7: the same picture .* as {SHOTS[0].id}"):
        one(server, tmp_path, shots=1).answers([*examples(2), SHOTS[0]._replace(id="row-7")])
    assert server.seen == []
    one(server, tmp_path, shots=1).answers([SHOTS[1]])  # another number of shots leaves it out


def test_no_more_at_once_than_asked_for(server: ApiServer, tmp_path: Path) -> None:
    def slowly(handler: Handler) -> None:
        time.sleep(0.05)
        handler.answer()

    server.script.extend([slowly] * 12)
    one(server, tmp_path, concurrency=3).answers(examples(12))
    assert server.most_at_once <= 3
    assert len(server.seen) == 12


def test_requests_keep_their_distance(server: ApiServer, tmp_path: Path) -> None:
    started = time.monotonic()
    one(server, tmp_path, requests_per_minute=600.0).answers(examples(8))
    # However slow the machine is, no request arrives before its turn: 0.1 s after the one before.
    for number, arrival in enumerate(sorted(server.arrivals)):
        assert arrival >= started + 0.1 * number - 0.001
    assert len(server.arrivals) == 8


def test_a_second_run_pays_nothing(server: ApiServer, tmp_path: Path) -> None:
    asked = examples(6)
    first = one(server, tmp_path, shots=2)
    answers = first.answers(asked)
    again = one(server, tmp_path, shots=2)
    assert again.answers(asked) == answers
    assert len(server.seen) == 6
    assert (again.usage.new, again.usage.cached) == (0, 6)
    assert again.usage.input_tokens == first.usage.input_tokens
    # Another question, another number of shots, another instruction: asked for.
    one(server, tmp_path, shots=2).answers([asked[0]._replace(prefix="And now?")])
    one(server, tmp_path, shots=1).answers(asked[:1])
    one(server, tmp_path, shots=2, instruction="Be brief.").answers(asked[:1])
    one(server, tmp_path, shots=2).answers([asked[0]._replace(id="another row")])
    assert len(server.seen) == 10


def test_answers_given_before_a_failure_are_kept(server: ApiServer, tmp_path: Path) -> None:
    server.script.extend([Handler.answer] * 3)
    server.script.append(lambda handler: handler.fail(404, "no such model"))
    with pytest.raises(ModelError, match="status 404: no such model"):
        one(server, tmp_path, concurrency=1).answers(examples(8))
    assert len(server.seen) == 4  # the rest is not even asked
    assert one(server, tmp_path).answers(examples(8)) == [each.suffix for each in examples(8)]
    assert len(server.seen) == 4 + 5


TORN = [b'{"model": "gpt-te', b"\xff\xfe\x00", b"[1]", b'{"model": 1}', b"[" * 100_000]


@pytest.mark.parametrize("torn", TORN)
def test_lines_that_were_torn_are_asked_again(torn: bytes, tmp_path: Path) -> None:
    with serving() as server:
        one(server, tmp_path).answers(examples(3))
        journal = tmp_path / "answers.jsonl"
        lines = journal.read_bytes().splitlines()
        journal.write_bytes(b"\n".join([*lines[:2], torn]))
        for _ in range(2):
            assert one(server, tmp_path).answers(examples(3)) == ["red", "green", "blue"]
        assert len(server.seen) == 4


SPOILT = [
    *(("input_tokens", count) for count in COUNTS),
    *(("shots", count) for count in ("1e999", "null", "0.0", "false")),
    *(("finish", value) for value in ('"done"', "7", "[]", "null")),
    *((name, "7") for name in ("answer", "version", "model", "id", "request")),
]


def test_a_line_that_no_run_of_ours_wrote_is_asked_again(tmp_path: Path) -> None:
    with serving() as server:
        one(server, tmp_path).answers(examples(1))
        journal = tmp_path / "answers.jsonl"
        entry = json.loads(journal.read_bytes())
        for name, value in SPOILT:
            journal.write_text(json.dumps({**entry, name: "HERE"}).replace('"HERE"', value) + "\n")
            answerer = one(server, tmp_path)
            assert (answerer.answers(examples(1)), answerer.usage.new) == (["red"], 1), (name, value)


RUN = """
import sys
from pathlib import Path
from tests.evaluate.api_models.api_server import examples
from synthink.evaluate.api_models.models import OpenAI
model = OpenAI(model="gpt-test", base_url=sys.argv[1], requests_per_minute=None, concurrency=2)
answerer = model.open(examples(2, first=1000), Path(sys.argv[2]), lambda advance: None)
print(answerer.answers(examples(10)), answerer.usage.new)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.slow
def test_after_a_kill_only_the_rest_is_asked(number: signal.Signals, tmp_path: Path) -> None:
    with serving() as server:
        server.script.extend([Handler.answer] * 5 + [lambda handler: handler.server.released.wait(60)] * 2)
        command = [sys.executable, "-c", RUN, server.url, str(tmp_path)]
        # Where tests run in the background, an interrupt is ignored and would be in the child, too.
        restore = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
        process = subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=restore, env=environment())
        wait_until(lambda: server.at_once == 2 and len(server.seen) == 7)
        started = time.monotonic()
        process.send_signal(number)
        error = process.communicate(timeout=60)[1].decode()
        assert process.returncode != 0
        assert time.monotonic() - started < 30  # and not as long as the server hangs
        assert ("KeyboardInterrupt" in error) == (number == signal.SIGINT)
        server.released.set()
        before = len(server.seen)
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment())
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == [*repr([each.suffix for each in examples(10)]).split(), "5"]
        assert len(server.seen) == before + 5


def wait_until(is_true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.01)
