"""`predictor=gemini` and `predictor=openai`: the settings of each vendor's models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from synthink.evaluate.answerer import Example
from synthink.evaluate.api_models.answer_cache import AnswerCache
from synthink.evaluate.api_models.answerer import ApiAnswerer
from synthink.evaluate.api_models.client import Client
from synthink.evaluate.api_models.settings import ApiSettings
from synthink.evaluate.predictor import Progress
from synthink.settings import Between

ANSWERS = "answers.jsonl"


class ApiModel(ApiSettings):
    """A model behind an API. Its answers are kept in `answers.jsonl`, so that none is paid for twice."""

    def open(self, examples: Sequence[Example], folder: Path, progress: Progress) -> ApiAnswerer:
        return ApiAnswerer(Client(self), examples, AnswerCache(folder / ANSWERS), progress)


class Gemini(ApiModel):
    """Google's Gemini, by its endpoint for OpenAI's chat completions."""

    name = "gemini"

    model: str = "gemini-3.8-flash"
    """The model's name, as Google writes it."""
    base_url: str = "https://generativelanguage.googleapis.com/v1beta/openai/"
    """The address of Gemini's endpoint for OpenAI's chat completions."""
    key_variable: str | None = "GEMINI_API_KEY"
    """The environment variable with the key."""
    max_tokens: Annotated[int, Between(1)] = 4096
    """The longest answer, in tokens, a model's hidden thoughts included."""


class OpenAI(ApiModel):
    """OpenAI, or any endpoint with its chat completions: vLLM, Ollama (http://localhost:11434/v1), OpenRouter ..."""

    name = "openai"

    base_url: str = "https://api.openai.com/v1"
    """The address of an endpoint that speaks OpenAI's chat completions."""
    key_variable: str | None = "OPENAI_API_KEY"
    """The environment variable with the key; null sends no key."""
