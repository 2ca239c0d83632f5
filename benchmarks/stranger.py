"""One stranger against the page, for ``hostile.py``: what a visitor who samples once a second waits, and the memory.

A page that has just been put on a machine measures for some minutes, at low priority, how long training takes on it.
Here it doesn't: what would be told is that, not the attack.
"""

import contextlib
import json
import random
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx
import psutil
from filelock import FileLock

from benchmarks import crafted, hostile
from benchmarks.visitors import CLASSIFIER, GAN, copies, wire
from genclass.train.run import waiting
from genclass.ui.server import limits

STRANGER = "127.0.0.9"  # an address of its own on this machine
AT_ONCE = 8  # connections of a stranger that send
HALVES = 1100
LARGE = crafted.flat_png(6000, 4000, 1, 0)
MEGABYTE = 1 << 20
SAMPLE = "/gradio_api/call/sample"
JOIN = "/gradio_api/queue/join"


class Stranger:
    """Somebody with an address who may send anything, until it is over."""

    def __init__(self, port):
        self.port, self.over = port, threading.Event()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5, source_address=(STRANGER, 0))

    def send(self, head, pieces, path=JOIN):
        """Send a body in pieces, as long as somebody takes it, and wait for an answer."""
        with contextlib.suppress(OSError), self.connect() as connection:
            connection.sendall(
                f"POST {path} HTTP/1.1\r\nhost: lab\r\ncontent-type: application/json\r\n{head}\r\n\r\n".encode()
            )
            for piece in pieces:
                if self.over.is_set():
                    return
                connection.sendall(piece)
            connection.recv(1000)

    def ask(self, path, told):
        """Send JSON."""
        body = json.dumps(told).encode()
        self.send(f"content-length: {len(body)}", [body], path)

    def upload(self, name, content):
        """A file as an event names one that was uploaded."""
        from_here = httpx.HTTPTransport(local_address=STRANGER)
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", transport=from_here, timeout=60) as client:
            sent = client.post("/gradio_api/upload", files={"files": (name, content)}).raise_for_status()
        return {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}

    def again(self, act):
        """Do so in several threads; gives them."""

        def work():
            while not self.over.is_set():
                act()

        threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        return threads


def two_lengths(stranger):
    """A body of 150 MB that says it is 10 bytes long."""
    head, chunk = "content-length: 10\r\ntransfer-encoding: chunked", b"100000\r\n" + bytes(MEGABYTE) + b"\r\n"
    return stranger.again(lambda: stranger.send(head, (chunk for _ in range(150))))


def values(value, size):
    """An attack: bodies of ``size`` bytes that are all values."""

    def attack(stranger):
        body = b'{"fn_index": 0, "data": [' + b",".join([value] * (size // (len(value) + 1))) + b"]}"
        return stranger.again(lambda: stranger.send(f"content-length: {len(body)}", [body]))

    return attack


def many_pictures(stranger):
    """A zip of 60 pictures of 24 megapixels, from which a run is to be started."""
    zipped = stranger.upload("set.zip", hostile.zipped({f"{index % 2}/{index}.png": LARGE for index in range(60)}))
    asked = {"data": ["classifier", zipped, None, 1.0, None]}
    return stranger.again(lambda: stranger.ask("/gradio_api/call/train", asked))


def one_picture_often(stranger):
    """An event of many images that names one of 24 megapixels 60 times."""
    large = stranger.upload("large.png", LARGE)
    config = httpx.get(f"http://127.0.0.1:{stranger.port}/config", timeout=60).json()
    asked = {"data": [[{"name": f"{index}.png", **large} for index in range(60)], CLASSIFIER],
             "fn_index": wire(config, "many-drop", "submit")}  # fmt: skip
    return stranger.again(lambda: stranger.ask(JOIN, {**asked, "session_hash": str(random.random())}))


def pages(stranger):
    """The page, again and again."""

    def act():
        with contextlib.suppress(OSError), stranger.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nhost: lab\r\nconnection: close\r\n\r\n")
            while connection.recv(MEGABYTE) and not stranger.over.is_set():
                pass

    return stranger.again(act)


def unheard(stranger):
    """200 events at a time, to whose answers nobody listens."""

    def act():
        stranger.ask(SAMPLE, {"data": [GAN, None, random.randrange(2**31), 16, 1.0, {}, None]})

    return [thread for _ in range(200 // AT_ONCE) for thread in stranger.again(act)]


def half_sent(stranger):
    """So many requests that stay half sent, opened anew where they are ended."""
    held = []

    def act():
        if len(held) > HALVES:
            held.pop(0).close()
        with contextlib.suppress(OSError):
            held.append(stranger.connect())
            held[-1].sendall(
                random.choice((b"GET / HT", b"POST /login HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nab"))
            )

    return stranger.again(act)


ATTACKS = {
    "nothing": lambda stranger: [],
    "1  two lengths": two_lengths,
    "2  7.9 MB of []": values(b"[]", 7_900_000),
    "2  7.9 MB of {}": values(b"{}", 7_900_000),
    "2  7.9 MB of 1": values(b"1", 7_900_000),
    "2  as many [] as may be": values(b"[]", limits.MAX_EVENT_VALUES // 2 * 3 - 100),
    "2  2 MB of escapes": values(rb'"\n"', limits.MAX_EVENT_VALUES // 2 * 5 - 100),
    "3  60 pictures in a zip": many_pictures,
    "3  a picture 60 times": one_picture_often,
    "4  200 events unheard": unheard,
    "11 half-sent": half_sent,
    "the page again and again": pages,
}


def sampled(client):
    """Seconds until a sample has come, or None if it was refused."""
    begun = time.perf_counter()
    try:
        data = [GAN, None, random.randrange(2**31), 16, 1.0, {}, None]
        event = client.post(SAMPLE, json={"data": data}).raise_for_status().json()["event_id"]
        answered = "event: complete" in client.get(f"{SAMPLE}/{event}").text
    except httpx.HTTPError:
        answered = False
    return time.perf_counter() - begun if answered else None


def measure(port, process, attack, seconds):
    """``{"longest", "median", "refused", "megabytes_more"}`` of a visitor beside an attack."""
    server, waits, most = psutil.Process(process.pid), [], 0
    before = server.memory_info().rss
    stranger = Stranger(port)
    threads = attack(stranger)
    end = time.monotonic() + seconds
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        while time.monotonic() < end:
            waits.append(sampled(client))
            rest = time.monotonic() + 1
            while time.monotonic() < rest:
                most = max(most, server.memory_info().rss)
                time.sleep(0.05)
    stranger.over.set()
    for thread in threads:
        thread.join()
    came = [wait for wait in waits if wait is not None] or [float("inf")]
    return {"longest": round(max(came), 2), "median": round(statistics.median(came), 3),
            "refused": waits.count(None), "megabytes_more": (most - before) // MEGABYTE}  # fmt: skip


def against_the_page(seconds):
    """``{attack: figures}``, each on a page of its own, printed as they come."""
    found = {}
    for name, attack in ATTACKS.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            FileLock(Path(folder) / waiting.SLOT),
            copies(1, folder, "--public") as started,
        ):
            [(port, process)] = started.items()
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                for _ in range(5):
                    sampled(client)
            found[name] = measure(port, process, attack, seconds)
        print(f"{name:28}", ", ".join(f"{key} {value}" for key, value in found[name].items()), flush=True)
    return found
