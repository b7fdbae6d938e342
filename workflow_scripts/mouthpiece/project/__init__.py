"""A project: the config and the tables, validated together."""
