"""The prompt: examples with their answers, then a question, as the messages of a chat completion."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from synthink.evaluate.answerer import Example
from synthink.evaluate.api_models.settings import ApiSettings
from synthink.evaluate.data.pixels import picture, plain_format

Message = dict[str, Any]
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}


def request_body(settings: ApiSettings, messages: Sequence[Message]) -> dict[str, Any]:
    """The JSON of a request. It holds no key."""
    instruction = "\n".join(part for part in (settings.instruction.strip(), settings.label_format.strip()) if part)
    system = [{"role": "system", "content": instruction}] if instruction else []
    # OpenAI's newer models refuse the old name, and other servers do not know the new one.
    is_openai = urlsplit(settings.base_url).hostname == "api.openai.com"
    body = {
        "model": settings.model,
        "messages": [*system, *messages],
        "max_completion_tokens" if is_openai else "max_tokens": settings.max_tokens,
        "temperature": settings.temperature,
        **settings.request,
    }
    return {name: value for name, value in body.items() if value is not None}


def question(example: Example) -> Message:
    """The question about an example; its suffix stays out."""
    # The picture goes before the text, as vendors advise for a single picture.
    parts: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": data_url(example.image, example.id)}}]
    if example.prefix:
        parts.append({"type": "text", "text": example.prefix})
    return {"role": "user", "content": parts}


def question_and_answer(example: Example) -> list[Message]:
    """An example with its answer, as the two messages before a question."""
    return [question(example), {"role": "assistant", "content": example.suffix}]


def data_url(image: Any, name: str) -> str:
    """An `Example.image` as a data URL: PNG and JPEG files as they are where every reader shows the same of them,
    anything else as PNG of what trainer and pages see.

    Raises `ModelError` naming the row when it is no picture.
    """
    if not isinstance(image, np.ndarray):
        kind = _KINDS.get(plain_format(image, name))
        if kind is not None:
            return f"data:{kind};base64,{base64.b64encode(image).decode('ascii')}"
    file = io.BytesIO()
    picture(image, name).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
