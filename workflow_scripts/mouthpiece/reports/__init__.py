"""Reports on runs: overview, plots, cost, timings."""
