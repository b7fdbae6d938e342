"""Faces: detector, mesh, tracker, track."""
