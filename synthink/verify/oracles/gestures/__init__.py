"""What a gesture is, at what, and what is written beside it."""
