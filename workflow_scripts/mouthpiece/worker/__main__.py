"""Starts a worker. For `client`, not for users.

Usage: python -m mouthpiece.worker FOLDER VERSION KEY DESCRIPTOR, where the first three are those of
`Endpoint` and the last is the argument of `server.main`.
"""

import os
import sys

if __name__ == "__main__":
    # A worker must not be a child of the job that starts it: it would be stopped and measured with
    # that job. Fork before any import that starts threads.
    if os.fork():
        os._exit(0)
    from pathlib import Path

    from .endpoint import Endpoint
    from .server import main

    main(Endpoint(Path(sys.argv[1]), *sys.argv[2:4]), int(sys.argv[4]))
