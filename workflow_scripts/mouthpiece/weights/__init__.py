"""Weight files: table, download, loading."""
