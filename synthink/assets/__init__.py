"""What generators draw from: words and fonts, opened once per process and divided between the splits."""
