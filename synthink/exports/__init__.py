"""A finished dataset in the form that somebody else's trainer or loader reads: see `synthink.exports.export`."""
