"""What is written, where, and by which strokes."""
