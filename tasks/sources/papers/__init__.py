"""Sources of conference papers: one module a publisher."""
