"""Data of synthink: the catalogue of the outline fonts that come inside its dependencies."""
