"""Rows of datasets, ours and others', as models are asked about them."""
