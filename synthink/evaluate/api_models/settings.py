"""The fields of `predictor=gemini` and `predictor=openai`: which model is asked, where, how often, at what price."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import field
from typing import Annotated, Any
from urllib.parse import urlsplit

from synthink.errors import ConfigError
from synthink.evaluate.predictor import Predictor
from synthink.settings import Between

INSTRUCTION = (
    "Answer the question about the last picture. Give the answer alone, in the form of the examples where there are "
    "any: no explanation, no quotation marks, no formatting."
)
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class ApiSettings(Predictor):
    """The settings of every model behind an API. The key is never a field: it comes from the environment alone."""

    model: str
    """The model's name, as its vendor writes it."""
    base_url: str
    """The address of an endpoint that speaks OpenAI's chat completions."""
    key_variable: str | None
    """The environment variable with the key; null sends no key. For an endpoint on this machine it may be unset."""
    shots: Annotated[tuple[int, ...], Between(0, 1000)] = (0, 2, 8)
    """The numbers of examples in the prompt, in increasing order. All rows are asked about with each of them."""
    instruction: str = INSTRUCTION
    """The system instruction; empty for models that take none."""
    label_format: str = ""
    """A sentence after the instruction that says what an answer looks like, which a model without examples cannot
    know."""
    temperature: Annotated[float, Between(0, 2)] | None = 0.0
    """The sampling temperature; null sends none, as OpenAI's reasoning models want it."""
    max_tokens: Annotated[int, Between(1)] = 1024
    """The longest answer, in tokens, a model's hidden thoughts included."""
    request: dict[str, Any] = field(default_factory=dict)
    """Further fields of the request's JSON; null leaves a field out that is sent otherwise."""
    requests_per_minute: Annotated[float, Between(0.01)] | None = 15.0
    """The number of questions that are sent each minute, at even distances; null sends them as fast as answers come."""
    concurrency: Annotated[int, Between(1, 256)] = 4
    """The number of questions that are under way at once."""
    timeout_s: Annotated[float, Between(0.05, 3600)] = 120.0
    """The silence, in seconds, after which one try is given up."""
    total_timeout_s: Annotated[float, Between(0.05, 86_400)] = 900.0
    """The seconds that one question may take in all, with its retries and the pauses between them."""
    retries: Annotated[int, Between(0, 20)] = 6
    """The number of tries after the first one, when the server is busy, broken or silent. It may say how long to wait
    (Retry-After); otherwise the pauses grow from half a second."""
    price_per_million_input: Annotated[float, Between(0)] | None = None
    """The price of a million tokens that are sent, in whatever currency; null shows no cost."""
    price_per_million_output: Annotated[float, Between(0)] | None = None
    """The price of a million tokens that are answered; null shows no cost."""

    @property
    def label(self) -> str:
        return self.model

    def check(self) -> None:
        super().check()
        if not self.model.strip():
            raise ConfigError("model", self.model, "must be a model's name")
        if self.key_variable is not None and not _VARIABLE.fullmatch(self.key_variable):
            # Who mistakes the field for the key must not see the key in a log.
            raise ConfigError("key_variable", "...", "must be the name of an environment variable, in capitals")
        self._check_url()

    def _check_url(self) -> None:
        try:
            parts = urlsplit(self.base_url)
            usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
        except ValueError:
            usable = False
        if not usable or not self.base_url.isascii() or any(c.isspace() for c in self.base_url):
            raise ConfigError("base_url", self.base_url, "must be http://... or https://...")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ConfigError("base_url", "...", "must hold no password and no query; name key_variable instead")
        # The class's default is the vendor's own key; a key of another name may be for a server in one's own network.
        vendor_key = getattr(type(self), "key_variable", None)
        if parts.scheme == "http" and self.key_variable and self.key_variable == vendor_key and not self.is_local:
            raise ConfigError(
                "base_url",
                self.base_url,
                f"would send {vendor_key} unencrypted; use https, or another key_variable (null: no key)",
            )

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")
