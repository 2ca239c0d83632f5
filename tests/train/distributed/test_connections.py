"""A machine that is gone without a word; ``tests/benchmarks/test_two_hosts.py`` has a real cable."""

import os
import socket
import sys

import pytest

from genclass.train.distributed import connections


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its connections")
def test_every_connection_asks_for_its_other_end_and_nothing_else_is_touched():
    reading, writing = os.pipe()
    one, other = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as line:
        before = len(os.listdir("/proc/self/fd"))
        connections.notice_loss()
        assert len(os.listdir("/proc/self/fd")) == before
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        asked = [line.getsockopt(socket.IPPROTO_TCP, option) for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL)]
        assert asked == [10, 10] and line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
    for part in (one, other):
        part.close()
    for number in (reading, writing):
        os.close(number)
