"""A small invented web that ships with the product, for `mentions demo`: every paper, person and page in it is made up.

It is served on loopback and read through MENTIONS_MIRROR by the same code that reads the real sites. Facts stand in
practice.toml, `papers` writes them out as papers, `pdf` sets those, one module a site (`pmlr`) lays out its pages, and
`web` builds and serves the whole.
"""
