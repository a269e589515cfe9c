"""JSON of the two protocols: what is sent, and what an answer holds.

Gemini: generateContent of the REST API v1beta (ai.google.dev/api/generate-content). OpenAI: chat completions
(platform.openai.com/docs/api-reference/chat), as vLLM, Ollama and others speak it, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from synthink.evaluate.api_models.prompt import Turn
from synthink.evaluate.api_models.settings import ApiSettings

Json = Mapping[str, Any]
Finish = Literal["stop", "length", "blocked", "other"]


class Reply(NamedTuple):
    """An answer, why it ends, and what it took; tokens are None where the server does not count them."""

    answer: str
    finish: Finish
    input_tokens: int | None
    output_tokens: int | None
    model: str
    """The exact version that answered, as far as the server tells."""


class Wording(Protocol):
    """How a protocol words a question and its answer."""

    def url(self, settings: ApiSettings) -> str: ...

    def key_header(self, key: str) -> dict[str, str]: ...

    def body(self, settings: ApiSettings, turns: Sequence[Turn]) -> dict[str, Any]:
        """The request's JSON."""
        ...

    def reply(self, content: Json) -> Reply:
        """What a response with status 200 says; KeyError, TypeError and the like when it has another shape."""
        ...

    def is_blocked(self, status: int, content: Any) -> bool:
        """Whether an error means that a filter refused this one question."""
        ...


class GeminiWording:
    """generateContent."""

    # https://ai.google.dev/api/generate-content#FinishReason
    _FINISH: Mapping[str, Finish] = {"STOP": "stop", "MAX_TOKENS": "length", "OTHER": "other"}

    def url(self, settings: ApiSettings) -> str:
        model = settings.model if "/" in settings.model else f"models/{settings.model}"
        return f"{settings.base_url.rstrip('/')}/{quote(model)}:generateContent"

    def key_header(self, key: str) -> dict[str, str]:
        return {"x-goog-api-key": key}

    def body(self, settings: ApiSettings, turns: Sequence[Turn]) -> dict[str, Any]:
        generation: dict[str, Any] = {"maxOutputTokens": settings.max_tokens}
        if settings.temperature is not None:
            generation["temperature"] = settings.temperature
        body: dict[str, Any] = {"contents": [self._content(turn) for turn in turns], "generationConfig": generation}
        if said := system_text(settings):
            body["system_instruction"] = {"parts": [{"text": said}]}
        return merged(body, settings.request)

    def _content(self, turn: Turn) -> dict[str, Any]:
        parts: list[dict[str, Any]] = []
        if turn.picture is not None:  # before the text, as the vendor advises for a single picture
            parts.append({"inline_data": {"mime_type": turn.picture.mime_type, "data": turn.picture.data}})
        if turn.text:
            parts.append({"text": turn.text})
        return {"role": turn.role, "parts": parts}

    def reply(self, content: Json) -> Reply:
        usage = content.get("usageMetadata")
        feedback = content.get("promptFeedback") or {}
        first = (content.get("candidates") or [{}])[0]
        if not first and "blockReason" not in feedback and usage is None:
            raise KeyError("candidates")
        parts = (first.get("content") or {}).get("parts") or []
        answer = "".join(part.get("text", "") for part in parts if not part.get("thought"))
        reason = feedback.get("blockReason") or first.get("finishReason") or ("STOP" if first else "OTHER")
        thoughts = usage.get("thoughtsTokenCount", 0) if usage else 0  # paid as output, and counted beside it
        return Reply(
            _text(answer),
            self._FINISH.get(reason, "blocked"),
            _tokens(usage, "promptTokenCount"),
            None if usage is None else int(usage.get("candidatesTokenCount", 0)) + int(thoughts),
            _text(content.get("modelVersion") or ""),
        )

    def is_blocked(self, status: int, content: Any) -> bool:
        return False


class OpenAIWording:
    """Chat completions."""

    _FINISH: Mapping[str, Finish] = {"stop": "stop", "length": "length", "content_filter": "blocked"}
    _BLOCKED = ("content_filter", "content_policy_violation")

    def url(self, settings: ApiSettings) -> str:
        return f"{settings.base_url.rstrip('/')}/chat/completions"

    def key_header(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"}

    def body(self, settings: ApiSettings, turns: Sequence[Turn]) -> dict[str, Any]:
        said = system_text(settings)
        messages: list[dict[str, Any]] = [{"role": "system", "content": said}] if said else []
        # OpenAI's newer models refuse the old name, and other servers do not know the new one.
        official = urlsplit(settings.base_url).hostname == "api.openai.com"
        body: dict[str, Any] = {
            "model": settings.model,
            "messages": messages + [self._message(turn) for turn in turns],
            "max_completion_tokens" if official else "max_tokens": settings.max_tokens,
        }
        if settings.temperature is not None:
            body["temperature"] = settings.temperature
        return merged(body, settings.request)

    def _message(self, turn: Turn) -> dict[str, Any]:
        if turn.role == "model":
            return {"role": "assistant", "content": turn.text}
        parts: list[dict[str, Any]] = []
        if turn.picture is not None:
            address = f"data:{turn.picture.mime_type};base64,{turn.picture.data}"
            parts.append({"type": "image_url", "image_url": {"url": address}})
        if turn.text:
            parts.append({"type": "text", "text": turn.text})
        return {"role": "user", "content": parts}

    def reply(self, content: Json) -> Reply:
        first, usage = content["choices"][0], content.get("usage")
        answer = first["message"].get("content") or ""
        if isinstance(answer, list):  # some servers answer in parts
            answer = "".join(part.get("text", "") for part in answer)
        refused = bool(first["message"].get("refusal"))
        return Reply(
            _text(answer),
            "blocked" if refused else self._FINISH.get(first.get("finish_reason") or "stop", "other"),
            _tokens(usage, "prompt_tokens"),
            _tokens(usage, "completion_tokens"),
            _text(content.get("model") or ""),
        )

    def is_blocked(self, status: int, content: Any) -> bool:
        error = content.get("error") if isinstance(content, dict) else None
        return status == 400 and isinstance(error, dict) and error.get("code") in self._BLOCKED


def wording(settings: ApiSettings) -> Wording:
    """The protocol of a model's endpoint."""
    return GeminiWording() if settings.protocol == "gemini" else OpenAIWording()


def system_text(settings: ApiSettings) -> str:
    """Instruction and the form of an answer, as one text."""
    return "\n".join(part for part in (settings.instruction.strip(), settings.label_format.strip()) if part)


def merged(body: dict[str, Any], more: Json) -> dict[str, Any]:
    """`body` with `more` merged in, mapping by mapping; null takes a field out."""
    found = dict(body)
    for name, value in more.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, Mapping):
            found[name] = merged(found[name] if isinstance(found.get(name), dict) else {}, value)
        else:
            found[name] = value
    return found


def _tokens(usage: Json | None, name: str) -> int | None:
    return None if usage is None or usage.get(name) is None else int(usage[name])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where text is expected")
    return value.strip()
