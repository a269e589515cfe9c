"""SVG as ink."""
