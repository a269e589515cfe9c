"""Ask a model behind an API, with a few examples in the prompt: what a dataset asks of those who never trained on it.

A question's way: `prompt.py` (examples and turns) -> `protocols.py` (JSON of Gemini or OpenAI) -> `client.py` (pace,
retries) over `wire.py` (one request) -> `answerer.py` (many at once, kept in `kept.py`) -> `curve.py` (score against
number of examples).
"""

from synthink.train.fewshot.answerer import ApiAnswerer, Usage, answerers
from synthink.train.fewshot.curve import ShotRow, plot_shots, shot_curve
from synthink.train.fewshot.prompt import pick_shots
from synthink.train.fewshot.settings import API_MODELS, ApiModel, Gemini, OpenAI

__all__ = [
    "API_MODELS",
    "ApiAnswerer",
    "ApiModel",
    "Gemini",
    "OpenAI",
    "ShotRow",
    "Usage",
    "answerers",
    "pick_shots",
    "plot_shots",
    "shot_curve",
]
