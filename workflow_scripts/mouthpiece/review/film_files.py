"""The files of a film's review folder."""

INDEX = "index.html"
"""The page."""

FILM, SOURCE = "clips/film.mp4", "clips/source.m4a"
"""What the tab *Film* plays."""
