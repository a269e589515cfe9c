"""The version, in one place, and the years of releases, which citations name."""

VERSION = "0.1.0"
YEARS = {"0.1.0": 2026}
"""Version -> year of its release."""
