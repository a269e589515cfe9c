"""Checks of a finished dataset folder; none of them trusts the code that made it more than it must."""

from synthink.verify.verify import verify

__all__ = ["verify"]
