"""What is drawn: one file per generator, written as an outsider would write it."""
