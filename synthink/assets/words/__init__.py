"""Words as an asset."""
