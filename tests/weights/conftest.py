from weight_server import address, other_address, partial, project, source  # noqa: F401
