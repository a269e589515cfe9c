"""InkML (W3C Recommendation of 2011) in its dialects."""
