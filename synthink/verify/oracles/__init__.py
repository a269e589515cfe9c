"""Oracles: whether a row's labels are true, told from its pixels. They share no code with the generators."""
