"""Starts a pool. For `alone`, not for users.

Usage: python -m mouthpiece.worker ENDPOINT DESCRIPTOR: `Endpoint.text`, and the argument of
`pool.main`.
"""

import os
import sys

if __name__ == "__main__":
    # A pool must not be a child of the job that starts it: it would be stopped and measured with
    # that job. Fork before any import that starts threads.
    if os.fork():
        os._exit(0)
    from .endpoint import Endpoint
    from .pool import main

    main(Endpoint.parse(sys.argv[1]), int(sys.argv[2]))
