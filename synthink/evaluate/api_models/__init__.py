"""Models behind an API, asked with a few examples in the prompt: what a dataset asks of those who never trained on it.

A question's way: `models.py` (what users name) -> `answerer.py` (many at once, kept in `answer_cache.py`) ->
`prompt.py` (examples and question as messages) -> `client.py` (pace, time limit, errors) -> the `openai` package.
"""
