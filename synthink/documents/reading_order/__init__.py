"""Lines, paragraphs and their order, from boxes."""
