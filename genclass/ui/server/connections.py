"""How long a connection may wait for its visitor, how many an address may hold, and how many there can be at all."""

import asyncio
import contextlib
import ipaddress
import os
from collections import Counter

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LOOK = 5.0  # seconds from one look at a connection to the next
LOOKS = 3  # in a row without LEAST bytes of what is still to come, and the connection is closed: 15 to 20 s
LEAST = 4_096  # bytes from one look to the next, which is less than any line brings
MOST = 500  # connections of one address: a class behind it, each page of which holds two or three
PROXIES = ("127.0.0.1", "::1")  # behind these may be everyone, and behind what FORWARDED_ALLOW_IPS names to uvicorn
FILES = 65_536  # open at a time, if the system lets us; a connection is one
AT_A_TIME = 20  # connections taken in before anybody is answered; of 200 others waited 0.4 s, and once in four 1.3 s
WAITING = 200  # for that; who is dropped tries again after a second, but behind 4,096 of one address others waited 10 s
FULL = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"

held: Counter[str] = Counter()  # connections by address


class Connection(H11Protocol):
    """uvicorn's connection, closed where a request stays half sent or its address has too many.

    uvicorn itself waits for the rest of a head or a body as long as its visitor likes.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        self.address = network_of(host)
        self.phase: object = None
        self.brought = self.silent = 0
        self.looking = self.loop.call_later(LOOK, self._look)
        held[self.address] += 1
        if held[self.address] > most(host):
            transport.write(FULL)
            transport.close()

    def data_received(self, data: bytes) -> None:
        self.brought += len(data)
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.looking.cancel()
        held[self.address] -= 1
        if not held[self.address]:
            del held[self.address]
        super().connection_lost(exc)

    def _look(self) -> None:
        phase, self.phase = self.phase, (self.cycle, self.conn.their_state)
        going_on = phase != self.phase or (self.brought >= LEAST and not self._answered())
        self.silent = 0 if going_on or not self._waits() else self.silent + 1
        self.brought = 0
        if self.silent >= LOOKS:
            return self.transport.abort()
        self.looking = self.loop.call_later(LOOK, self._look)

    def _waits(self) -> bool:
        """Whether it is the visitor's turn: the head, or more of the body, is to come, and would be read."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY) and not self.flow.read_paused

    def _answered(self) -> bool:
        """Whether nobody needs what still comes of a body: it was refused by its head."""
        return self.cycle is not None and self.cycle.response_complete


def network_of(address: str) -> str:
    """What one visitor may have all of: an address, of IPv6 the 64 bits that a provider gives out."""
    with contextlib.suppress(ValueError):  # no address
        found = ipaddress.ip_address(address.partition("%")[0])
        if found.version == 6 and not found.is_loopback:
            return str(ipaddress.ip_network((found, 64), strict=False))
    return address


def most(address: str) -> int:
    """Connections that an address may hold: others can always come, and files be opened."""
    files = _file_limit()
    return files // 2 if _is_proxy(address) else min(MOST, files // 4)


def _is_proxy(address: str) -> bool:
    trusted = [*PROXIES, *os.environ.get("FORWARDED_ALLOW_IPS", "").replace(" ", "").split(",")]
    with contextlib.suppress(ValueError):  # a name, which no connection has for an address
        found = ipaddress.ip_address(address)
        return "*" in trusted or any(found in ipaddress.ip_network(each) for each in trusted if each)
    return False


def raise_file_limit() -> None:
    """Let this process open as many files as the system lets it, up to ``FILES``; usual is 1,024."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limit on Windows; a lower one elsewhere
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _file_limit() -> int:
    with contextlib.suppress(ImportError):
        import resource

        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return FILES if soft == resource.RLIM_INFINITY else soft
    return FILES
