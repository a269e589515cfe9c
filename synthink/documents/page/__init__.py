"""A page: its picture, and the words and images that stand on it."""
