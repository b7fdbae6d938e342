"""Clients of hosted services that config names."""
