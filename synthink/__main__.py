"""`python -m synthink` is the command `synthink`."""

from synthink.cli.main import main

main()
