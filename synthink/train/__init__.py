"""Train a vision-language model on datasets, to see whether they teach what they claim. README.md shows the way.

Nothing here is imported by `import synthink`; jax and torch are imported by the backends alone.
"""
