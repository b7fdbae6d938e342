"""A run on a cluster: allocations outside, cuts inside. See `docs/slurm.md`."""
