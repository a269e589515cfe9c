"""The command line: a verb, then Hydra's overrides."""
