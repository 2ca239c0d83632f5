"""Every process of the tests is cut off from other machines, and none of them has tried to reach one."""

import socket
import subprocess
import sys

import pytest

TRY = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"


@pytest.fixture
def noted(outside, tmp_path, monkeypatch):
    """Notes of one test."""
    monkeypatch.setenv("GENCLASS_OUTSIDE", str(tmp_path / "noted"))
    return tmp_path / "noted"


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "lab.example"])
def test_other_machines_are_not_reached(noted, host):
    with pytest.raises(ConnectionRefusedError, match="no other machine"):
        socket.create_connection((host, 80))
    assert host in noted.read_text()


def test_nor_by_another_process_or_a_datagram(noted):
    assert subprocess.run([sys.executable, "-c", TRY], capture_output=True).returncode == 1
    with pytest.raises(ConnectionRefusedError), socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("192.0.2.2", 53))
    assert "192.0.2.1" in noted.read_text() and "192.0.2.2" in noted.read_text()


def test_this_machine_is(noted):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    assert not noted.exists()
