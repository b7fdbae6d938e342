"""The worker: a process that holds an engine's networks, and does the jobs of cuts one by one.

Loading MuseTalk takes ten seconds and more, drawing a cut less than one. So the jobs of an engine
that loads much are thin clients: they ask a worker to bake or to draft, by the very functions that
would do it in the job itself. See docs/worker.md.

    tasks      what a worker can be asked for      endpoint  where a worker is found
    protocol   messages over a socket              client    asks; starts a worker if need be
    stop       ends workers                        server    answers

A client imports the standard library only: no NumPy, no pydantic, no torch.
"""
