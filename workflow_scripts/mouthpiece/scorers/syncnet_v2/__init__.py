"""The scorer `syncnet_v2`."""
