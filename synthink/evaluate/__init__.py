"""Asking a model, scoring its answers, and saying whether a dataset teaches. Needs no training."""
