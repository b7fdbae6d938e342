"""Starts a worker; see `client` and `server.main`, whose arguments it takes:

python -m mouthpiece.worker FOLDER VERSION KEY DESCRIPTOR
"""

import os
import sys

if __name__ == "__main__":
    # No child of the job that starts it, which would be held, or stopped, or measured with it.
    # Before anything is imported that has threads.
    if os.fork():
        os._exit(0)
    from pathlib import Path

    from .endpoint import Endpoint as Place
    from .server import main

    main(Place(Path(sys.argv[1]), *sys.argv[2:4]), int(sys.argv[4]))
