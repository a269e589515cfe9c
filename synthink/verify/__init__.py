"""Checks of a finished dataset folder; none of them trusts the code that made it more than it must."""
