"""The base of the library. It imports no other package of it."""
