"""The formats that datasets are exported to, a file a family."""
