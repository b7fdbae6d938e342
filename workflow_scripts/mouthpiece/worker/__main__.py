"""Start a worker; see `client` and `server.main`, whose arguments it takes:

python -m mouthpiece.worker FOLDER VERSION KEY DESCRIPTOR
"""

import os
import sys

if __name__ == "__main__":
    # Not a child of the job that starts it, which would be held, stopped or measured with it.
    # Before anything is imported that has threads.
    if os.fork():
        os._exit(0)
    from pathlib import Path

    from .endpoint import Endpoint
    from .server import main

    main(Endpoint(Path(sys.argv[1]), *sys.argv[2:4]), int(sys.argv[4]))
