"""Training and measuring of the embedded networks; nothing of it runs in the workflow."""
