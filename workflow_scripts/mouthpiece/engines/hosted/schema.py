"""The tables of the ledger; see `ledger`."""

from .purchase import STATES

_NAMES = ", ".join(f"'{state}'" for state in STATES)
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS purchases (
  key TEXT NOT NULL PRIMARY KEY,
  service TEXT NOT NULL,
  model TEXT NOT NULL,
  label TEXT NOT NULL,
  run TEXT NOT NULL,
  token TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ({_NAMES})),
  price_micro_usd INTEGER NOT NULL CHECK (price_micro_usd >= 0),
  request_id TEXT,
  urls TEXT NOT NULL DEFAULT '{{}}',
  clip_url TEXT NOT NULL DEFAULT '',
  sound_url TEXT NOT NULL DEFAULT '',
  raw TEXT NOT NULL DEFAULT '',
  output_url TEXT NOT NULL DEFAULT '',
  output_sha256 TEXT NOT NULL DEFAULT '',
  sent REAL,
  touched REAL NOT NULL,
  UNIQUE (service, request_id)
) STRICT;
CREATE TABLE IF NOT EXISTS reports (
  service TEXT NOT NULL,
  event TEXT NOT NULL,
  request_id TEXT NOT NULL,
  received REAL NOT NULL,
  PRIMARY KEY (service, event)
) STRICT;
"""
