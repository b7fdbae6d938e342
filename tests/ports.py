"""Ports of this machine."""

import contextlib
import random
import socket


def free_port() -> int:
    """A port that stays free until it is used, and each time between: the kernel gives it nobody.

    It is below those that the kernel gives to who asks for any port, and above those of services.
    """
    for port in random.sample(range(10_000, 20_000), 1000):
        with contextlib.suppress(OSError), socket.socket() as one:
            one.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")
