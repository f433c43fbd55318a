"""One module a site: what its pages say. Knows no HTTP, no Parquet, no Prefect."""
