"""The review page, its server and the decisions."""
