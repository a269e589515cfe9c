"""Which model is asked, where, how often, at what price: the fields of `predictor=gemini` and `predictor=openai`."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import field
from typing import Annotated, Any, ClassVar, Literal
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
    """What every API has. The key itself is never a field: it comes from the environment and is written nowhere."""

    protocol: ClassVar[Literal["gemini", "openai"]]
    vendor_key: ClassVar[str] = ""
    """The variable that the vendor's own key is usually in."""

    model: str
    base_url: str
    key_variable: str | None
    """Environment variable with the key; None: no key is sent. On this machine (127.0.0.1) it may be unset."""
    shots: Annotated[tuple[int, ...], Between(0, 1000)] = (0, 2, 8)
    """Numbers of examples in the prompt; each is a run over all rows."""
    instruction: str = INSTRUCTION
    """Said before everything else; empty for models that take no system instruction."""
    label_format: str = ""
    """Said after the instruction: what an answer looks like, which a model without examples cannot know."""
    temperature: Annotated[float, Between(0, 2)] | None = 0.0
    """None: not sent; OpenAI's reasoning models refuse any."""
    max_tokens: Annotated[int, Between(1)] = 1024
    """Most tokens of an answer, a model's hidden thoughts included."""
    request: dict[str, Any] = field(default_factory=dict)
    """More of the request's JSON, merged into it; null takes a field out."""
    requests_per_minute: Annotated[float, Between(0.01)] | None = 15.0
    """Sent at even distances; None: as fast as answers come."""
    concurrency: Annotated[int, Between(1, 256)] = 4
    """Requests under way at once."""
    timeout_s: Annotated[float, Between(0.05, 3600)] = 120.0
    """For a whole request, from connecting to the last byte."""
    retries: Annotated[int, Between(0, 20)] = 6
    """After the first try, when the server is busy, broken or silent."""
    backoff_s: Annotated[float, Between(0, 60)] = 2.0
    """Wait before the first retry; doubled for each further one."""
    price_per_million_input: Annotated[float, Between(0)] | None = None
    """Of tokens, in whatever currency; None: no cost is shown."""
    price_per_million_output: Annotated[float, Between(0)] | None = None

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
        if parts.scheme == "http" and self.key_variable == self.vendor_key and not self.is_local:
            raise ConfigError(
                "base_url",
                self.base_url,
                f"would send {self.vendor_key} unencrypted; use https, or another key_variable (null: no key)",
            )

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")
