"""Fonts as an asset: found, examined, divided into families."""
