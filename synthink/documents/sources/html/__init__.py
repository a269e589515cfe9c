"""Web pages as pages, laid out by headless Chromium."""
