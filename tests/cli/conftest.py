from labelled import table  # noqa: F401
