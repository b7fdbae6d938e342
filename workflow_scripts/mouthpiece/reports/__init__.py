"""Reports on runs: overview, plots, cost, timings, history, run summary.

Their tables have a row a film, a stage or a run, and sums and medians in them: plain dictionaries,
`statistics` and NumPy do that. pandas is not used: importing it takes longer than the whole job.
"""
