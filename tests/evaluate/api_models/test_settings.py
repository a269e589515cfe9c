"""Which settings are refused, and what a request holds."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from synthink import plugins
from synthink.errors import ConfigError
from synthink.evaluate.api_models.models import Gemini, OpenAI
from synthink.evaluate.api_models.prompt import request_body


def test_settings_by_name() -> None:
    for name, kind in (("gemini", Gemini), ("openai", OpenAI)):
        assert plugins.load(plugins.PREDICTORS, name) is kind
        made = kind.build({"model": "m", "shots": [0, 4]})
        assert kind.build(json.loads(json.dumps(made.plain()))) == made
        assert made.shots == (0, 4)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"shots": []}, "shots"),
        ({"shots": [0, 2, 2]}, "increasing"),
        ({"shots": [3, 2, 8]}, "increasing"),
        ({"shots": [-1]}, "shots"),
        ({"model": " "}, "model"),
        ({"base_url": "api.openai.com/v1"}, "must be http"),
        ({"base_url": "ftp://a.example"}, "must be http"),
        ({"base_url": "https://a.example:x/"}, "must be http"),
        ({"base_url": "https://[::1/"}, "must be http"),
        ({"base_url": "https://a.example/v1\r\nX-Evil: 1"}, "must be http"),
        ({"base_url": "http://gpu.example:8000/v1"}, "would send OPENAI_API_KEY unencrypted"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"temperature": -1}, "temperature"),
        ({"top_p": 1}, "no such field"),
    ],
)
def test_settings_that_are_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        OpenAI.build({"model": "m", **given})


@pytest.mark.parametrize(
    "given",
    [
        {"key_variable": "sk-Secret-0123456789"},
        {"key_variable": "AIzaSySecret0123456789"},
        {"base_url": "https://me:Secret0123456789@a.example/v1"},
        {"base_url": "https://a.example/v1?key=Secret0123456789"},
    ],
)
def test_a_key_in_the_wrong_place_is_not_repeated(given: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        OpenAI.build({"model": "m", **given})
    assert "Secret" not in str(caught.value)
    assert "Secret" not in repr(caught.value.args)


def test_keys_cross_the_network_encrypted_or_are_named_by_hand() -> None:
    away = "http://gpu.example:8000/v1"
    assert OpenAI(model="m", base_url=away, key_variable=None).key_variable is None
    assert OpenAI(model="m", base_url=away, key_variable="GPU_KEY").key_variable == "GPU_KEY"
    for host in ("localhost", "127.0.0.1", "[::1]", "127.9.9.9"):
        assert OpenAI(model="m", base_url=f"http://{host}:11434/v1").is_local
    for host in ("localhost.example", "127.0.0.1.example", "0.0.0.0", "10.0.0.1"):
        assert not OpenAI(model="m", base_url=f"https://{host}/v1").is_local


def test_names_of_fields() -> None:
    for address, field in (
        ("https://api.openai.com/v1/", "max_completion_tokens"),
        ("http://localhost:1/v1", "max_tokens"),
    ):
        body = request_body(OpenAI(model="m", base_url=address, temperature=None), [])
        assert set(body) == {"model", "messages", field}


def test_more_of_a_request() -> None:
    body = request_body(OpenAI(model="m", request={"max_completion_tokens": None, "seed": 4, "temperature": 1}), [])
    assert body == {"model": "m", "messages": body["messages"], "seed": 4, "temperature": 1}


@pytest.mark.heavy
def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, synthink.evaluate.api_models.models\n"
        "print([name for name in ('matplotlib', 'jax', 'torch', 'openai') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
