"""Making a dataset folder: plan, shards, journal, manifest, card."""
