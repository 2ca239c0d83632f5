"""What comes with a request: who may send it, how much of it, and that nobody else waits for it."""

import asyncio
import contextlib
import gc
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from starlette.formparsers import MultiPartException

from genclass.ui.classify import batch_panel
from genclass.ui.layout import launch_settings
from genclass.ui.server import bodies, limits, own_files, quota, uploads

JOIN, UPLOAD, CANCEL = (f"gradio_api/{route}" for route in ("queue/join", "upload", "cancel"))
COUNT = "gradio_api/call/count"
MULTIPART = "multipart/form-data; boundary=x"
FILE = b'--x\r\ncontent-disposition: form-data; name="files"; filename="a.png"\r\n\r\nx\r\n--x--\r\n'


@pytest.fixture(scope="module")
def locked():
    """The address of a page for those who have logged in."""

    def count(values: list) -> int:
        return len(values)

    with gr.Blocks(analytics_enabled=False) as demo:
        gr.api(count, api_name="count")
    demo.launch(prevent_thread_lock=True, quiet=True, auth=[("ada", "engine")], **launch_settings())
    yield demo.local_url
    demo.close()


def status_of(url, route, head, body=b"", seconds=10):
    """The status of what is answered to a request that is written by hand, and need not be whole."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=seconds) as connection:
        connection.sendall(f"POST /{route} HTTP/1.1\r\nhost: {place.netloc}\r\n{head}\r\n\r\n".encode() + body)
        return int(connection.recv(1000).split()[1])


@pytest.mark.parametrize("route", [JOIN, UPLOAD, CANCEL, "login"])
def test_a_body_with_two_lengths_is_refused_before_it_is_read(lab, route):
    head = "content-type: multipart/form-data; boundary=x\r\ncontent-length: 10\r\ntransfer-encoding: chunked"
    assert status_of(lab, route, head, b"ffffff\r\n" + bytes(1000)) == 400
    assert status_of(lab, route, head.replace("content-length: 10\r\n", ""), b"ffffff\r\n" + bytes(1000)) == 411
    assert status_of(lab, route, "content-length: 10\r\ncontent-length: 20", bytes(20)) == 400
    assert status_of(lab, route, "content-type: application/json", b"") == 411


def test_a_request_must_tell_its_length(lab):
    assert httpx.post(f"{lab}{JOIN}", content=iter([b"{}"])).status_code == 411


@pytest.mark.parametrize("route", [JOIN, UPLOAD, CANCEL, COUNT, "gradio_api/run/count"])
def test_nothing_is_read_of_who_has_not_logged_in(locked, route):
    assert status_of(locked, route, "content-length: 1000000\r\ncontent-type: application/json") == 401
    refused = httpx.post(f"{locked}{route}", json={})
    assert refused.json() == httpx.get(f"{locked}config").json()  # as Gradio refuses who wants to see the page


def test_a_login_is_short_and_lets_in(locked):
    assert status_of(locked, "login", "content-length: 1000000") == 413
    with httpx.Client(base_url=locked) as visitor:
        assert visitor.post("/login", data={"username": "ada", "password": "wrong"}).status_code == 400
        assert visitor.post(f"/{COUNT}", json={"data": [[1]]}).status_code == 401
        assert visitor.post("/login", files={"username": (None, "ada"), "password": (None, "engine")}).is_success
        event = visitor.post(f"/{COUNT}", json={"data": [[1, 2]]}).json()["event_id"]
        assert "[2]" in visitor.get(f"/{COUNT}/{event}").text


@pytest.mark.parametrize(
    "most, route, content",
    [
        ("MAX_REQUEST_BYTES", UPLOAD, {"files": {"files": ("a.png", bytes(2000))}}),
        ("MAX_REQUEST_BYTES", UPLOAD, {"json": [1] * 1000}),
        ("MAX_EVENT_BYTES", JOIN, {"json": [1] * 1000}),
        ("MAX_EVENT_BYTES", JOIN, {"files": {"files": ("a.png", bytes(2000))}}),
        ("MAX_WORD_BYTES", CANCEL, {"json": [1] * 1000}),
        ("MAX_WORD_BYTES", "login", {"files": {"files": ("a.png", bytes(2000))}}),
    ],
)
def test_a_body_has_the_limit_of_its_route(lab, monkeypatch, most, route, content):
    monkeypatch.setattr(limits, most, {False: 1000} if most == "MAX_REQUEST_BYTES" else 1000)
    refused = httpx.post(f"{lab}{route}", **content)
    assert refused.status_code == 413 and refused.json()["detail"] == "At most 1 KB can be sent at a time."


@pytest.mark.parametrize("kind", ["multipart/form-data", "Multipart/form-data", "\t MULTIPART/FORM-DATA", "text/plain"])
def test_an_upload_is_counted_whatever_it_calls_its_type(lab, monkeypatch, kind):
    head = f"content-type: {kind}; boundary=x\r\ncontent-length: {len(FILE)}"
    expected = 400 if kind == "text/plain" else 200  # of that nothing is read
    assert status_of(lab, UPLOAD, head, FILE) == expected
    monkeypatch.setattr(limits, "MAX_STORED_BYTES", {False: 0})
    assert status_of(lab, UPLOAD, head, FILE) == {200: 503, 400: 400}[expected]
    monkeypatch.setattr(limits, "MAX_REQUEST_BYTES", {False: len(FILE) - 1})
    assert status_of(lab, UPLOAD, head, FILE) == 413


@pytest.mark.parametrize("kind", [MULTIPART, MULTIPART.title(), "Application/JSON", "application/x+json", "text/json"])
def test_a_type_hides_no_file_of_an_event(lab, monkeypatch, kind):
    looked = []
    monkeypatch.setattr(own_files, "_without_foreign", lambda value: looked.append(value) or value)
    httpx.post(f"{lab}{JOIN}", content=b'{"data": [1]}', headers={"content-type": kind})
    assert looked == [{"data": [1]}]


def test_no_room_is_taken_by_what_is_only_announced(lab):
    before = quota.now.used
    place = urlsplit(lab)
    with socket.create_connection((place.hostname, place.port)) as connection:
        head = f"POST /{UPLOAD} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-type: {MULTIPART}\r\n"
        connection.sendall(f"{head}content-length: 500000000\r\n\r\n".encode() + FILE[:-9])
        time.sleep(0.5)
        assert quota.now.used - before <= bodies.PIECE
        assert list(uploads.folder().glob("tmp*"))
    time.sleep(0.5)
    assert not list(uploads.folder().glob("tmp*")), "files of a torn upload stay behind"


def sent(route, pieces, told):
    """(status of the answer or None, bytes that were read) of a body that comes in pieces, whatever was told of it."""
    read, statuses = [], []

    async def app(scope, receive, send):
        with contextlib.suppress(MultiPartException):
            while (message := await receive())["type"] == "http.request":
                read.append(len(message["body"]))

    async def receive():
        return {"type": "http.request", "body": pieces.pop(0), "more_body": True}

    async def send(message):
        statuses.append(message.get("status"))

    headers = [(b"content-length", str(told).encode())]
    scope = {"type": "http", "method": "POST", "path": f"/{route}", "headers": headers, "query_string": b"",
             "client": ("192.0.2.1", 1)}  # fmt: skip
    with ThreadPoolExecutor() as pool:  # a thread without an event loop, which browser tests leave in this one
        pool.submit(asyncio.run, bodies.BodyLimits(app)(scope, receive, send)).result()
    assert not bodies.held, "a body that is done with is counted still"
    return statuses[0], sum(read)


@pytest.mark.parametrize("route", [JOIN, UPLOAD, CANCEL])
def test_what_comes_is_counted_whatever_the_server_makes_of_its_length(route, blocks):
    assert sent(route, [bytes(400)] * 10, 1000) == (413, 800)


def test_the_events_of_one_address_take_only_so_much_memory(monkeypatch):
    monkeypatch.setattr(limits, "MAX_HELD_BYTES", 1000)
    assert sent(JOIN, [bytes(500)] * 10, 900) == (413, 500)
    assert sent(JOIN, [bytes(500)] * 10, 1001) == (429, 0)
    monkeypatch.setitem(bodies.held, "192.0.2.1", 200)
    with pytest.raises(AssertionError, match="counted still"):
        sent(JOIN, [bytes(500)] * 10, 900)
    assert bodies.held == {"192.0.2.1": 200}


def test_who_leaves_before_all_has_come_is_not_answered(lab, monkeypatch):
    looked = []
    monkeypatch.setattr(own_files, "_checked", lambda body, complete: looked.append(body) or body)
    place = urlsplit(lab)
    with socket.create_connection((place.hostname, place.port)) as connection:
        head = f"POST /{CANCEL} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-length: 100\r\n\r\n"
        connection.sendall(head.encode() + b'{"session_hash": "x"}')
    time.sleep(0.5)
    assert looked == []


def event(values, session="none"):
    return b'{"fn_index": 0, "session_hash": "%s", "data": [' % session.encode() + b",".join(values) + b"]}"


@pytest.mark.parametrize("value", [b"[]", b"{}", b"1", rb'"\n"'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_event_holds_only_so_many_values(lab, value, encoding):
    body = event([value] * limits.MAX_EVENT_VALUES).decode().encode(encoding)
    refused = httpx.post(f"{lab}{JOIN}", content=body, headers={"content-type": "application/json"})
    assert refused.status_code == 413 and "Too much was sent" in refused.json()["detail"]


def test_the_largest_event_of_the_page_is_taken(lab):
    name = "a folder of pictures/a folder in it/" + "a picture with a long name " * 5 + ".png"
    files = [{"name": name, "path": f"/tmp/gradio/{index:064}/{name[-100:]}"} for index in range(batch_panel.MOST)]
    body = {"fn_index": 0, "session_hash": "largest", "data": [files, "abc-airnet"], "trigger_id": 1}
    assert httpx.post(f"{lab}{JOIN}", content=json.dumps(body), headers={"content-type": "application/json"}).is_success


@pytest.fixture
def busy(blocks, lab):
    """Tells how long the event loop did one thing since that was asked last, in seconds of the processor."""
    longest, over = [0.0], threading.Event()
    with httpx.Client(base_url=lab) as client:
        client.get("/robots.txt")
        loop = next(iter(blocks.server.server_state.connections)).loop

    def look(before):
        now = time.thread_time()
        longest.append(now - before)
        if not over.is_set():
            loop.call_later(0.001, look, now)

    def told():
        time.sleep(0.2)
        found = max(longest)
        longest[:] = [0.0]
        return found

    gc.freeze()  # as once the page is served
    loop.call_soon_threadsafe(lambda: look(time.thread_time()))
    yield told
    over.set()


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("step", ["/a", "/..", "//", "/."])
def test_a_path_of_a_million_folders_is_refused_by_its_text(below, step):
    path = (str(uploads.folder()) if below else "") + step * 1_000_000
    began = time.thread_time()
    assert not uploads.own(path) and time.thread_time() - began < 0.05  # on the disk it took minutes


def test_only_what_lies_below_the_uploads_is_ones_own(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "linked"))
    (tmp_path / "real" / "out").symlink_to("/etc")
    for place in ("linked", "real"):
        assert uploads.own(str(tmp_path / place / "0" / "a.png"))
        assert not any(uploads.own(f"{tmp_path / place}{rest}") for rest in ("/out/passwd", "/../x", "-2/a.png", "/\0"))
    assert not any(map(uploads.own, ("a.png", "", None, 1, ["a"], "/etc/passwd", str(tmp_path))))


def test_the_largest_events_hold_nobody_up(blocks, lab, busy):
    number = next(event._id for event in blocks.fns.values() if event.api_name == "classify")
    [path] = httpx.post(f"{lab}{UPLOAD}", files={"files": ("a.png", b"x")}).json()
    file = json.dumps({"path": path, "meta": {"_type": "gradio.FileData"}}).encode()
    for value in (b"[]", b"{}", b"1", b'{"a": 1}', rb'"\n"', file):
        marks = 1 + sum(map(value.count, own_files.MARKS))
        body = event([b"[" + b",".join([value] * ((limits.MAX_EVENT_VALUES - 10) // marks)) + b"]", b"1", b"1"], "busy")
        body = body.replace(b'"fn_index": 0', b'"fn_index": %d' % number)
        busy()
        assert httpx.post(f"{lab}{JOIN}", content=body, headers={"content-type": "application/json"}).is_success
        time.sleep(0.5)
        assert busy() < 0.05, value
    body = b'{"data": {"a": [' + b",".join([b"[]"] * (limits.MAX_EVENT_VALUES // 2 - 10)) + b"]}}"
    assert httpx.post(f"{lab}{JOIN}", content=body, headers={"content-type": "application/json"}).status_code == 422
    assert busy() < 0.05


def test_what_is_malformed_is_told_without_what_was_sent(lab):
    refused = httpx.post(f"{lab}{JOIN}", json={"data": {"secret": [[]] * 10_000}})
    assert refused.status_code == 422 and len(refused.content) < 1000 and "secret" not in refused.text
    assert refused.json()["detail"][0]["loc"] == ["body", "data"]
