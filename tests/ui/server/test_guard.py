"""What a stranger's page, link or request can't do."""

import re
import socket
import sys
import types
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from genclass.errors import MESSAGES
from genclass.ui.server import guard, uploads

ROOT = Path(__file__).parents[3]
JOIN = "gradio_api/queue/join"


@pytest.fixture
def guarded():
    """Makes a client of an app behind a guard, whose every answer is "done"."""

    def make(root_path=None, share_url=None, embedders=(), address="http://lab.example:7860", auth=None):
        done = Route("/{path:path}", lambda request: PlainTextResponse("done"), methods=["GET", "POST"])
        app = Starlette(routes=[done])
        app.add_middleware(guard.Guard, embedders=embedders)
        app.get_blocks = lambda: types.SimpleNamespace(root_path=root_path, share_url=share_url)
        app.auth, app.tokens, app.cookie_id = auth, {"token": "ada"}, "x"
        return TestClient(app, base_url=address, root_path=root_path or "")

    return make


@pytest.mark.parametrize(
    "origin, sent",
    [
        ("http://lab.example:7860", {}),
        ("https://lab.example", {"host": "lab.example:443"}),
        ("https://lab.example", {"host": "lab.example"}),
        ("http://[::1]:7860", {"host": "[::1]:7860"}),
        ("https://known.example", {}),
        ("https://1234.share.example", {}),
    ],
)
def test_the_pages_own_requests_are_answered(guarded, origin, sent):
    client = guarded("https://known.example/lab", "https://1234.share.example")
    assert client.post(f"/{JOIN}", headers={"origin": origin, **sent}).text == "done"


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "http://lab.example", "http://[", "http://lab.example:7860.evil.example"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_requests_of_other_sites_are_refused(guarded, method, origin):
    claims = {"x-forwarded-host": "evil.example", "x-gradio-server": "http://evil.example"}
    answer = guarded("/lab").request(method, f"/{JOIN}", headers={"origin": origin, **claims})
    assert answer.status_code == 403 and answer.json()["detail"] == MESSAGES["other_site"]


@pytest.mark.parametrize(
    "host, status",
    [
        ("evil.example:7860", 403),
        ("localhost.evil.example:7860", 403),
        ("127.0.0.1.evil.example:7860", 403),
        ("127.0.0.1:7860", 200),
        ("localhost:7860", 200),
        ("LOCALHOST.:7860", 200),
        ("lab.localhost:7860", 200),
        ("[::1]:7860", 200),
        ("192.168.1.7:7860", 200),  # by a tunnel; not looked up
        (f"{socket.gethostname()}:7860", 200),
        ("known.example:7860", 200),  # as --root-path says
        ("lab.example.org", 200),  # a proxy on this machine, on its own port
        ("lab.example.org:8443", 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_that_was_made_to_point_here_is_refused(guarded, host, status, method):
    client = guarded("https://known.example:7860/lab", address="http://127.0.0.1:7860")
    answer = client.request(method, f"/{JOIN}", headers={"host": host, "origin": f"http://{host}"})
    assert answer.status_code == status
    assert guarded(address="http://10.0.0.7:7860").get("/", headers={"host": host}).status_code == 200, "in a container"


@pytest.mark.parametrize("below", ["", "/lab"])
def test_before_a_login_only_the_page_with_its_form_answers(guarded, below):
    api = (
        "app_id",
        "browser/x.wasm",
        "heartbeat/x",
        "queue/data?session_hash=x",
        "info",
        "openapi.json",
        "file=a",
        "cancel",
        "reset",
    )
    closed = ["openapi.json", *(f"gradio_api/{path}" for path in api), "gradio_api/queue/%0Ajoin"]
    open_ = ["", "zh", "config", "theme.css", "assets/index.js", "gradio_api/theme.css", "gradio_api/startup-events"]
    client = guarded(below or None, auth={"ada": "engine"})
    read = lambda path, **sent: client.get(f"{below}/{path}", **sent).status_code
    assert {read(path) for path in closed} == {401} and {read(path) for path in open_} == {200}
    assert client.post(f"{below}/gradio_api/cancel").status_code == 401
    cookie = {"cookie": "access-token-unsecure-x=token"}
    assert {read(path, headers=cookie) for path in [*closed[:-1], *open_]} == {200}
    assert guarded().get("/gradio_api/app_id").status_code == 200


def test_the_way_out_is_the_visitors_own(guarded):
    client = guarded()
    assert client.get("/logout", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/logout", headers={"sec-fetch-site": "none"}).text == "done"
    assert client.get("/config", headers={"sec-fetch-site": "cross-site"}).text == "done"  # a link to the page


@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", "process_recording"),
        ("POST", "component_server/"),
        ("POST", "vibe-edit"),
        ("GET", "file=http://127.0.0.1:9/"),
        ("GET", "file/HTTPS://example.org/%0Ax"),
        ("GET", "proxy=https://x.hf.space/"),
        ("GET", "deep_link?session_hash=x"),
        ("GET", "dev/reload"),
    ],
)
def test_routes_that_the_page_does_not_need_are_not_there(guarded, method, path):
    for client, below in ((guarded(), ""), (guarded("/lab"), "/lab"), (guarded("/lab"), "")):
        assert client.request(method, f"{below}/gradio_api/{path}").status_code == 404


def policy_of(answer):
    """``{directive: sources}`` of an answer's content security policy."""
    parts = answer.headers["content-security-policy"].split("; ")
    return {name: sources for name, _, sources in (part.partition(" ") for part in parts)}


def test_a_page_loads_nothing_from_elsewhere(guarded):
    policy = policy_of(guarded().get("/"))
    allowed = {source for sources in policy.values() for source in sources.split()}
    assert not [source for source in allowed if re.search(r"\*|https?:|wss?:|//", source)]
    wanted = {"default-src": "'self'", "img-src": "'self' data: blob:", "connect-src": "'self'", "object-src": "'none'",
              "base-uri": "'none'", "form-action": "'self'", "frame-src": "'none'"}  # fmt: skip
    assert {name: policy[name] for name in wanted} == wanted


def test_only_scripts_that_the_server_puts_there_run(lab):
    first, second = (httpx.get(lab) for _ in range(2))
    nonces = [re.search(r"'nonce-([\w-]{20,})'", policy_of(answer)["script-src"])[1] for answer in (first, second)]
    assert nonces[0] != nonces[1]
    for nonce, answer in zip(nonces, (first, second)):
        marks = re.findall(r'<script nonce="([^"]+)"', answer.text)
        assert len(marks) == answer.text.count("<script") > 3 and set(marks) == {nonce}
    assert "'unsafe-inline'" not in policy_of(first)["script-src"]


@pytest.mark.parametrize("share", [False, True])
def test_the_page_names_no_other_host_as_the_place_of_its_scripts(blocks, lab, monkeypatch, share):
    """Gradio's own page for a public link takes them from a content network."""
    monkeypatch.setattr(blocks, "share", share)
    shown = httpx.get(lab).text
    assert re.findall(r'<(?:script|link)[^>]*(?:src|href)="(https?:|//)', shown) == [] and "<base" not in shown


def test_every_answer_says_who_may_frame_it(guarded):
    client = guarded(embedders=("https://blog.example", "https://*.school.example"))
    for answer in (client.get("/"), client.get("/", headers={"origin": "null"}), client.put("/")):
        assert policy_of(answer)["frame-ancestors"] == "'self' https://blog.example https://*.school.example"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_running_page_is_guarded(lab):
    body = {"fn_index": 0, "session_hash": "by-hand", "data": []}
    headers = {"origin": "http://evil.example", "referer": f"{lab}zh"}
    refused = httpx.post(f"{lab}{JOIN}", json=body, headers=headers)
    assert refused.status_code == 403 and "别的网站" in refused.json()["detail"]
    assert httpx.post(f"{lab}{JOIN}", json=body, headers={"origin": lab.rstrip("/")}).status_code == 200
    assert httpx.get(f"{lab}gradio_api/file=http://127.0.0.1:9/").status_code == 404
    assert policy_of(httpx.get(lab))["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.SVG", "a.xhtml", "a.svgz", "a.xml", "a.js", "a.pdf", "a"])
@pytest.mark.parametrize("part", [None, "bytes=0-9"])
def test_what_could_run_in_a_page_is_never_served_inline(lab, name, part):
    content = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    [path] = httpx.post(f"{lab}gradio_api/upload", files={"files": (name, content)}).json()
    asked = {"accept": "text/html", "content-disposition": "inline", "content-type": "text/html"}
    answer = httpx.get(f"{lab}gradio_api/file={path}", headers=asked | ({"range": part} if part else {}))
    assert answer.headers.get_list("content-type") == ["application/octet-stream"]
    assert [value.split(";")[0] for value in answer.headers.get_list("content-disposition")] == ["attachment"]
    assert answer.headers["x-content-type-options"] == "nosniff"


PLACES = ("/", "zh", "config", "gradio_api/info", "gradio_api/openapi.json", "theme.css", "gradio_api/app_id")


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_the_server_is_shown(lab, place):
    shown = httpx.get(lab + place.lstrip("/")).text.replace(str(uploads.folder()), "")
    for secret in (str(ROOT), str(Path.home()), sys.prefix, "/tmp/", "site-packages"):
        assert secret not in shown
    assert not re.search(r"\b[0-9a-f]{32}\b", re.sub(r"\b[0-9a-f]{64}\b", "", shown)), "what looks like a run's id"
