"""Documents: pages of words and images, where they come from, and how they are edited."""
