"""A conversation with a live avatar, on a page of this machine: hear, answer, speak, show."""
