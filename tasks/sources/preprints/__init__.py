"""Preprint servers: one file a site."""
