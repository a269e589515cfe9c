"""`python -m synthink` is the command `synthink`."""

from synthink.cli import main

main()
