"""Cuts a Python process off from other machines: what it tries is written down in ``$GENCLASS_OUTSIDE``, and refused.

Python imports a module of this name when it starts: with this folder in PYTHONPATH every process of the tests is cut
off, the page's and those that train among them.
"""

import ipaddress
import os
import sys
import traceback

PLACES = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}


def hook(event, arguments):
    """An audit hook: Python calls it before it does anything of note, and does not do it if this raises."""
    if event not in PLACES:
        return
    host = arguments[PLACES[event]]
    host = host[0] if isinstance(host, tuple) else host if PLACES[event] == 0 else None  # else the path of a socket
    host = host.decode() if isinstance(host, bytes) else host
    if isinstance(host, str) and not stays_here(host):
        with open(os.environ["GENCLASS_OUTSIDE"], "a") as file:
            file.write(f"{event} {host}\n{''.join(traceback.format_stack(limit=60))}")
        raise ConnectionRefusedError(f"the tests reach no other machine: {host}")


def stays_here(host):
    try:
        return ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host in ("", "localhost")


if "GENCLASS_OUTSIDE" in os.environ:
    sys.addaudithook(hook)
