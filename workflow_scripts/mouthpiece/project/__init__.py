"""A project: config and tables, checked together."""
