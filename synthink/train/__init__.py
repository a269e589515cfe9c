"""Fine-tune a vision-language model on datasets, and say whether they teach what they claim.

A run's way: `asking.py` (what was asked) -> `rows.py` (datasets) -> `preflight.py` -> `fit.py` (the loop) over a
`Learner` (`bigvision/`, `transformers/`) -> `judging.py` (a generator's own `score`) -> `verdict.py` -> `report.py`.
Nothing here is imported by `import synthink`; jax and torch are imported by the backends alone.
"""
