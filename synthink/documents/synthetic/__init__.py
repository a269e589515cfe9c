"""Synthetic documents: pages of many layouts."""
