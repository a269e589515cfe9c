"""What a generator is, and the row that it makes."""
