"""Starts a worker: python -m mouthpiece.worker VERSION KEY DESCRIPTOR; see `client`, `server`."""

import os
import sys

if __name__ == "__main__":
    # No child of the job that starts it, which would be held, or stopped, or measured with it.
    # Before anything is imported that has threads.
    if os.fork():
        os._exit(0)
    from .server import main

    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
