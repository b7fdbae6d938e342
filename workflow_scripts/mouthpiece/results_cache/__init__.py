"""A cache of results that projects share, by the content of all that they depend on."""
