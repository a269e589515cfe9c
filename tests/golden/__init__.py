"""Golden rows: what every built-in generator drew once, kept in files, and the proof that it still draws the same.

`python -m tests.golden` writes the files anew and refuses to replace a row that changed under the same version.
"""
