"""What all of the library stands on."""
