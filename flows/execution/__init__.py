"""How flows run: where batches are read, turns at hosts, progress, and what people are told at the end."""
