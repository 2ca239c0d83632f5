"""Half-sent requests end, an address has so many connections, and files enough can be open."""

import contextlib
import socket
import subprocess
import sys
import threading
import time

import pytest
import uvicorn

from genclass.ui.server import connections, gradio_patches

SLOW = 1.0  # seconds, more than a visitor is waited for here
POST = b"POST /%s HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n"


async def app(scope, receive, send):
    """Tells how much came: after a while, in pieces, or without having read it."""
    way, count, more = scope["path"], 0, scope["path"] != "/unread"
    while more:
        message = await receive()
        count, more = count + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    for piece in (b"%04d" % count, b"done"):
        if way == "/slow":
            await connections.asyncio.sleep(SLOW)
        if way == "/busy":
            time.sleep(SLOW)  # and nobody is taken in
        await send({"type": "http.response.body", "body": piece, "more_body": piece != b"done"})


@pytest.fixture
def port(monkeypatch):
    """Of a server that waits 0.3 s for its visitors, or for 100 bytes of theirs."""
    monkeypatch.setattr(connections, "LOOK", 0.1)
    monkeypatch.setattr(connections, "LEAST", 100)
    with gradio_patches.watched_connections():
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="critical"))
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    assert not connections.held


def dripped(port, data, pause, seconds=5.0):
    """Send a byte after another; seconds until the server has ended it, or None."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=pause) as connection:
        while time.monotonic() - begun < seconds:
            with contextlib.suppress(TimeoutError):
                try:
                    connection.sendall(data[:1])
                    data = data[1:]
                    if connection.recv(100) == b"":
                        return time.monotonic() - begun
                except ConnectionError:
                    return time.monotonic() - begun
    return None


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nhost: a\r\n",
        POST % (b"", 10) + b"abc",
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc",
    ],
)
def test_what_is_half_sent_ends(port, sent):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(sent)
        with contextlib.suppress(ConnectionError):
            assert connection.recv(100) == b""


def test_what_is_sent_byte_by_byte_ends(port):
    assert dripped(port, b"GET /" + b"x" * 1000, 0.02) is not None
    assert dripped(port, b"x" * 1000, 0.02) is not None
    head = POST % (b"", 1000)
    with socket.create_connection(("127.0.0.1", port), timeout=0.02) as connection:
        connection.sendall(head)
        with pytest.raises(ConnectionError):
            for _ in range(200):
                with contextlib.suppress(TimeoutError):
                    connection.sendall(b"x")
                    if connection.recv(100) == b"":
                        raise ConnectionError


def test_a_body_that_nobody_wants_ends(port):
    with socket.create_connection(("127.0.0.1", port), timeout=0.02) as connection:
        connection.sendall(POST % (b"unread", 10**9))
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - begun < 5:
                with contextlib.suppress(TimeoutError):
                    connection.sendall(bytes(10_000))
                time.sleep(0.01)


def test_a_slow_line_may_take_its_time(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(POST % (b"", 3000))
        for _ in range(30):
            connection.sendall(bytes(100))
            time.sleep(SLOW / 20)
        assert connection.recv(1000).endswith(b"3000done")


def test_an_answer_may_take_its_time(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(POST % (b"slow", 3) + b"abc")
        answer = b""
        while not answer.endswith(b"0003done"):
            answer += connection.recv(1000)


@pytest.mark.skipif(sys.platform != "linux", reason="systems differ in how many they let wait")
def test_who_comes_while_nobody_is_taken_in_waits(port):
    """Were there no place, the system would drop the connection, to be tried again only after a second."""
    with contextlib.ExitStack() as stack:
        busy = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        busy.sendall(POST % (b"busy", 3) + b"abc")
        assert busy.recv(20)  # it has begun
        for _ in range(connections.WAITING):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=SLOW / 2))


def answer_to(port, address):
    """(a connection from an address of this machine, what it is answered)."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(address, 0))
    connection.sendall(POST % (b"", 3) + b"abc")
    return connection, connection.recv(1000)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has more than one address of this machine")
def test_an_address_has_so_many_connections_and_others_have_theirs(port, monkeypatch):
    monkeypatch.setattr(connections, "MOST", 3)
    monkeypatch.setattr(connections, "LOOK", 10)
    with contextlib.ExitStack() as stack:

        def status(address):
            connection, answer = answer_to(port, address)
            stack.enter_context(connection)
            return int(answer.split()[1])

        assert [status("127.0.0.2") for _ in range(5)] == [200, 200, 200, 503, 503]
        assert status("127.0.0.3") == 200
        assert [status("127.0.0.1") for _ in range(5)] == [200] * 5, "behind a proxy may be everyone"
    time.sleep(0.3)
    assert not connections.held
    connection, answer = answer_to(port, "127.0.0.2")
    connection.close()
    assert b"200" in answer


def test_of_ipv6_what_a_provider_gives_out_is_one_address():
    same = {connections.network_of(f"2001:db8:1:2:{index}::1%eth0") for index in range(3)}
    assert len(same) == 1 and connections.network_of("2001:db8:1:3::1") not in same
    assert connections.network_of("192.0.2.1") == "192.0.2.1"
    assert connections.network_of("::1") == "::1" and connections.network_of("testclient") == "testclient"


def test_behind_a_proxy_there_may_be_many(monkeypatch):
    alone = connections.most("192.0.2.1")
    assert connections.most("127.0.0.1") == connections.most("::1") > alone == connections.most("2001:db8::1")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.1, 198.51.100.0/24")
    assert connections.most("192.0.2.1") == connections.most("198.51.100.7") > alone == connections.most("192.0.2.2")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert connections.most("192.0.2.2") > alone


RAISE = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from genclass.ui.server import connections, gradio_patches
connections.raise_file_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE), connections.most("192.0.2.1"), connections.most("127.0.0.1"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize("soft, hard, found", [(256, 1024, "1024 1024 256 512"), (512, 4096, "4096 4096 500 2048")])
def test_as_many_files_as_the_system_lets_may_be_open(soft, hard, found):
    words = [sys.executable, "-c", RAISE.format(soft=soft, hard=hard)]
    assert subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip() == found
