"""Ask a model behind an API, with a few examples in the prompt: what a dataset asks of those who never trained on it.

A question's way: `prompt.py` (examples and turns) -> `protocols.py` (JSON of Gemini or OpenAI) -> `client.py` (pace,
retries) over `wire.py` (one request) -> `answerer.py` (many at once, kept in `kept.py`) -> `curve.py` (score against
number of examples).
"""
