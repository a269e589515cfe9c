"""What `circled_letters` and its grid draw and ask: words, rings, questions, answers."""
