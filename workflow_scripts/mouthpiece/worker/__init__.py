"""The worker: a process that keeps an engine's networks loaded and runs the jobs of cuts.

Loading MuseTalk takes ten seconds or more, drawing a cut less than one. So the jobs of an engine
with large networks are thin clients. They send their request to a worker, which runs the same stage
function that the job would run itself. See docs/worker.md.

    tasks      what a worker can do           endpoint  where a worker is found
    protocol   messages over a socket         client    sends tasks, starts a worker if needed
    stop       ends workers                   server    the worker itself

A client imports only the standard library: no NumPy, no pydantic, no torch.
"""
