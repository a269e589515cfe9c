"""The Hydra tree. Start with config.yaml: its defaults list is the pipeline."""
