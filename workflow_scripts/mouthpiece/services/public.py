"""Addresses that strangers name: over https, and to machines of the public network only."""

import ipaddress
import socket
from urllib.parse import urlsplit

from .settings import address_problem, is_local


class NotPublicError(Exception):
    """An address leads to a machine that is not public."""


def url_problem(url: str, local: bool) -> str:
    """Look for what is wrong with an address before anything is asked.

    Args:
        url: The address; its query may be a signature.
        local: Whether it may lead to this machine, as tests have it.

    Returns:
        A phrase; empty: nothing is.
    """
    bare = url.partition("#")[0].partition("?")[0]
    if problem := address_problem(bare):
        return problem
    if is_local(urlsplit(bare)) and not local:
        return "leads to this machine"
    return ""


def check_machine(address: str) -> None:
    """Check a machine.

    Args:
        address: Its IP address.

    Raises:
        NotPublicError: It is not of the public network.
    """
    if not ipaddress.ip_address(address.partition("%")[0]).is_global:
        raise NotPublicError("leads to an address that is not public")


def check_host(url: str) -> None:
    """Check the machines that an address's host has, where a proxy will reach one of them unseen.

    A name that cannot be resolved here is left to the proxy: in many networks that have one, only
    the proxy resolves public names.

    Args:
        url: The address.

    Raises:
        NotPublicError: One is not of the public network.
    """
    try:
        found = socket.getaddrinfo(urlsplit(url).hostname, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    for *_, place in found:
        check_machine(str(place[0]))
