"""The embedded engine, a preview."""
