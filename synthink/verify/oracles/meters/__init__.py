"""The oracle of meters."""
