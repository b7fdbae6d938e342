"""The addresses under which the review server has pages, files and tables, without the secret."""

import re

from ..core.cuts import CUT_PATTERN
from .store import FILM
from .versions import FOLDER as VERSIONS_FOLDER

PAGE = re.compile(FILM + r"/(?:index\.html)?")

CLIP = re.compile(FILM + r"/clips/(?P<name>[ -.0-\[\]-~]{1,200})")  # ASCII without / and \

CUTS = re.compile(FILM + "/cuts")

ROWS = re.compile(FILM + r"/(?P<table>decisions|edits|overrides)")

RUN = re.compile(FILM + r"/run")

VERSIONS = re.compile(
    FILM + rf"/{VERSIONS_FOLDER}(?:/(?P<cut>{CUT_PATTERN})/(?P<draft>[0-9a-f]{{12}})\.mp4)?"
)

LOG = re.compile(r"/(?P<log>logs/[ -.0-9A-Z_a-z/]{1,300}\.log)")
"""A log that the list of films names; no other is served."""
