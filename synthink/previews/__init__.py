"""Pictures of a dataset for people."""
