"""Batches for the trainer: order, loading, checks before the first step, tokens."""
