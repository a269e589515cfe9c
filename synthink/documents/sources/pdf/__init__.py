"""PDF files as pages."""
