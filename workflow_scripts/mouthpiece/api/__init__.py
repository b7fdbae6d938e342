"""What `import mouthpiece` offers to other programs; see docs/api.md."""
