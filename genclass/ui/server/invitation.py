"""The page's address for those in the same network, such as a class: in words, and as a QR code in a terminal."""

import io
import ipaddress
import socket
import sys
from urllib.parse import urlsplit

import psutil

# Networks inside a machine, of containers and virtual ones: nobody else is in them.
INSIDE = ("docker", "br-", "veth", "virbr", "vmnet", "vbox", "podman", "cni", "lo")


def address(host: str, local: str) -> str | None:
    """Where other machines of the network find the page; None where none does, or this is not known.

    Args:
        host: what it is served on; an address of all networks stands for that of the first one.
        local: the page's address here.
    """
    try:
        served = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None if host == "localhost" else local
    if served.is_loopback:
        return None
    if not served.is_unspecified:
        return local
    own = _own_address()
    return own and f"http://{own}:{urlsplit(local).port}/"


def _own_address() -> str | None:
    """The IPv4 address of this machine in the first network that it is in."""
    stats = psutil.net_if_stats()
    for name, addresses in psutil.net_if_addrs().items():
        if name.lower().startswith(INSIDE) or not (name in stats and stats[name].isup):
            continue
        for each in addresses:
            if each.family == socket.AF_INET and not ipaddress.ip_address(each.address).is_link_local:
                return each.address
    return None


def code(link: str) -> str:
    """A link as a QR code of block characters, to be read off a screen; empty where there is no terminal to show it."""
    if not (sys.stdout.isatty() and "utf" in (sys.stdout.encoding or "").lower()):
        return ""
    import segno

    drawn = io.StringIO()
    segno.make(link, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()
