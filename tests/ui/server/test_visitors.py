"""What is one's own is told by a secret that the browser keeps, or by a login; an address only limits."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from genclass.jobs import runs
from genclass.ui.server import limits, visitors
from tests.stand_ins import config_of, save_network

ROOT = Path(__file__).parents[3]
PAGE, ASSET, JOIN = "/", "/assets/core-1.js", "/gradio_api/queue/join"
MINE = ("classifier", "fashion-mnist-mini", "classic-cnn", 1.0)


@pytest.fixture(autouse=True)
def public(monkeypatch):
    """Strangers are let in, and nothing they start is trained."""
    monkeypatch.setattr(limits, "now", limits.Limits(public=True, launch=lambda path: None))


@pytest.fixture
def told():
    """Makes a client of an app that tells each visitor their marks."""
    marks = Route("/{path:path}", lambda request: JSONResponse(visitors.mark(request)), methods=["GET", "POST"])
    app = Starlette(routes=[marks])
    app.add_middleware(visitors.Visitors)
    app.auth = None
    return lambda address="http://lab.example", **headers: TestClient(
        app, base_url=address, headers=headers, client=("192.0.2.1", 1)
    )


def attributes(answer):
    """What is said of the cookie that an answer brings, without the secret; None where it brings none."""
    given = answer.headers.get("set-cookie")
    return given and re.fullmatch(r"genclass-visitor=[0-9a-f]{64}; Path=/; Max-Age=34560000; HttpOnly; (.+)", given)[1]


def test_a_browser_is_known_again_and_another_at_its_address_is_another(told):
    one, other = told(), told()
    first, again, others = (each.get(PAGE).json() for each in (one, one, other))
    assert first == again and first[0] != others[0] and first[1] == others[1]
    assert one.post(JOIN).json() == first


def test_what_a_first_request_starts_is_its_visitors_own(told):
    client = told()
    assert client.post(JOIN).json() == client.post(JOIN).json() != told().post(JOIN).json()


@pytest.mark.parametrize("secret", ["", "x", "0" * 63, "0" * 65, "O" * 64, "\u0660" * 64])
def test_no_secret_but_one_as_they_are_made_counts(told, secret):
    named = {"cookie": f"genclass-visitor={secret}".encode()}
    answers = [told(**named).get(PAGE) for _ in range(2)]
    assert answers[0].json()[0] != answers[1].json()[0] and all(map(attributes, answers))


def test_nobody_says_who_they_are_but_by_the_cookie(told):
    headers = {visitors.HEADER: "a" * 64}
    assert told(**headers).get(PAGE).json()[0] != told(**headers).get(PAGE).json()[0]


def test_the_marks_tell_neither_secret_nor_address(told):
    client = told()
    marks = client.get(PAGE).json()
    assert client.cookies["genclass-visitor"] not in marks and "192.0.2.1" not in marks
    assert all(re.fullmatch("[0-9a-f]{32}", mark) for mark in marks)


def test_the_cookie_is_for_the_server_alone_and_for_no_cache(told):
    page = told().get(PAGE)
    assert attributes(page) == "SameSite=Lax" and page.headers["cache-control"] == "private"
    assert attributes(told("https://lab.example").get(PAGE)) == "Secure; SameSite=Lax"
    assert attributes(told(**{"x-forwarded-proto": "https"}).get(PAGE)) == "Secure; SameSite=Lax"
    assert attributes(told().get(ASSET)) is attributes(told().get("/gradio_api/file=/a.png")) is None
    client = told()
    client.get(PAGE)
    assert attributes(client.get(PAGE)) and attributes(client.post(JOIN)) is None  # kept on by whoever comes back


def test_in_a_frame_of_another_site_the_cookie_is_kept_for_that_site(told, monkeypatch):
    monkeypatch.setattr(limits.now, "embedders", ("https://blog.example",))
    assert attributes(told("https://lab.example").get(PAGE)) == "Secure; SameSite=None; Partitioned"
    assert attributes(told().get(PAGE)) == "SameSite=Lax"  # no browser takes the other one without https


def test_ones_own_page_gives_no_cookie(told, monkeypatch):
    monkeypatch.setattr(limits.now, "public", False)
    assert told().get(PAGE).headers.get("set-cookie") is None


def from_(host, **headers):
    return SimpleNamespace(client=SimpleNamespace(host=host), headers=headers)


def test_who_throws_the_secret_away_keeps_the_address():
    one, other = (visitors.owner(from_("192.0.2.1", **{visitors.HEADER: letter * 64})) for letter in "ab")
    assert one.visitor != other.visitor and one.address == other.address
    assert one.address != visitors.owner(from_("192.0.2.2")).address
    networks = {visitors.owner(from_(host)).address for host in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")}
    assert len(networks) == 2  # of IPv6 one has as many addresses as one likes


def test_behind_a_proxy_on_this_machine_its_word_for_the_address_counts():
    def told(peer, forwarded):
        headers = [(b"x-forwarded-for", forwarded)] if forwarded else []
        return visitors.address(HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers}))

    assert told("127.0.0.1", b"1.1.1.1, 2.2.2.2") == "2.2.2.2" and told("::1", None) == "::1"
    assert told("9.9.9.9", b"2.2.2.2") == "9.9.9.9"


def test_in_a_space_limits_go_by_the_address_that_its_proxies_saw():
    [network] = re.findall(r"ENV FORWARDED_ALLOW_IPS=([\d./]+)", (ROOT / "docs" / "deployment.md").read_text())
    seen = []

    async def app(scope, receive, send):
        seen.append(visitors.address(HTTPConnection(scope)))

    for peer, forwarded in (("10.16.3.80", b"9.9.9.9, 192.0.2.1, 10.0.4.1"), ("192.0.2.2", b"9.9.9.9")):
        scope = {"type": "http", "client": (peer, 1), "scheme": "http", "headers": [(b"x-forwarded-for", forwarded)]}
        with ThreadPoolExecutor() as pool:  # a thread without an event loop, which browser tests leave in this one
            pool.submit(asyncio.run, ProxyHeadersMiddleware(app, trusted_hosts=network)(scope, None, None)).result()
    assert seen == ["192.0.2.1", "192.0.2.2"]


def test_nobody_is_taken_for_the_owner():
    with pytest.raises(ValueError, match="nobody is known"):
        visitors.owner(None)


def refused(client, *values, api_name):
    with pytest.raises(AppError) as caught:
        client.predict(*values, api_name=api_name)
    return str(caught.value)


def test_two_at_one_address_have_models_of_their_own_and_share_its_limits(lab):
    one, other = Client(lab, verbose=False), Client(lab, verbose=False)
    run_id = one.predict(*MINE, "mine", api_name="/train")
    config = config_of("classifier", {"name": "classic-cnn"}, ["a", "b"], channels=1, size=28, name="mine")
    save_network(runs.find(run_id) / "model", "1", {**config, "dataset": "fashion-mnist-mini"})
    named = lambda client: [model["name"] for model in client.predict(api_name="/models")]
    try:
        assert "mine" in named(one) and "mine" not in named(other)
        assert "no model called mine" in refused(other, "mine", api_name="/evaluate")
        assert "one run in training" in refused(other, *MINE, None, api_name="/train")
        assert "one run in training" in refused(Client(lab, verbose=False), *MINE, None, api_name="/train")
        assert "mine" in named(Client(lab, verbose=False, httpx_kwargs={"cookies": one.cookies}))
    finally:
        runs.stop(run_id)
    assert other.predict(run_id, api_name="/run")["name"] == "mine"  # who holds the id


def test_a_login_is_who_asks_whatever_the_browser():
    def who(request: gr.Request) -> list:
        return list(visitors.owner(request))

    with gr.Blocks(analytics_enabled=False) as demo:
        gr.api(who, api_name="who")
    settings = {"app_kwargs": {"middleware": [Middleware(visitors.Visitors)]}}
    demo.launch(prevent_thread_lock=True, quiet=True, auth=[("ada", "1"), ("bob", "2")], **settings)
    try:
        logins = (("ada", "1"), ("ada", "1"), ("bob", "2"))
        clients = [Client(demo.local_url, auth=login, verbose=False) for login in logins]
        ada, again, bob = (client.predict(api_name="/who") for client in clients)
        assert ada == again and not set(ada) & set(bob)
        assert visitors.COOKIE not in httpx.get(demo.local_url).cookies
    finally:
        demo.close()
