"""UNIPEN 1.0."""
