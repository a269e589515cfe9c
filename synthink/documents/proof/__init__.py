"""The proof of a page's words by what its picture shows."""
