"""The canvas: somebody draws on a page, sees what a model reads and what the edit does, and keeps the ink."""
