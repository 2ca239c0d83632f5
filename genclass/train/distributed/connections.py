"""Connections to the other processes of a run: one to a machine that is gone without a word must not wait forever.

A process that ends closes its connections, and the others know at once. A machine that loses its power or its cable
closes nothing, and neither gloo nor torch's stores ask whether the other end still answers: the kernel can do that.
"""

import contextlib
import os
import socket
import sys

ASK_SECONDS = 10  # without a word, until the other machine is asked, and between two questions
GONE_SECONDS = 60  # without an answer, until it counts as gone; a cable may be out for shorter


def notice_loss() -> None:
    """From now on every TCP connection of this process to another machine ends once that has been silent for a minute.

    On Linux alone: elsewhere nothing is changed.
    """
    if sys.platform != "linux":
        return
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # closed meanwhile
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                with socket.socket(fileno=os.dup(int(name))) as connection:
                    _ask(connection)


def _ask(connection: socket.socket) -> None:
    if connection.type != socket.SOCK_STREAM or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, ASK_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASK_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, GONE_SECONDS // ASK_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * GONE_SECONDS)
