"""Sources of job ads: one module a board or family of boards."""
