"""Readers and writers of ink files, one module a format."""
