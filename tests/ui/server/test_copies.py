"""Copies of the page behind ``deploy/Caddyfile``; ``python -m benchmarks.copies`` is the long form."""

import os
import shutil
import socket
import threading

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from benchmarks import copies
from benchmarks import visitors as served
from genclass.ui.server import limits, visitors

MISSING = "needs the Debian package caddy"
MANY = 12  # visitors: both copies have some


@pytest.fixture(autouse=True, scope="module")
def caddy():
    """Where there is none these tests are skipped, but in CI that is a failure."""
    if shutil.which("caddy") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Two copies that share their runs: ``{port: process}``."""
    with served.copies(2, tmp_path_factory.mktemp("shared"), "--no-train") as found:
        yield found


def test_round_robin_leaves_events_unanswered(started, monkeypatch):
    """The control: an event waits in the copy that took it, and its visitor listens at the other."""
    monkeypatch.setattr(served, "PATIENCE", 2.0)
    with served.caddy(started, "lb_policy round_robin") as url:
        found = copies.drill(url, MANY, 1)
    assert found["answered"] < MANY


def test_visitors_stay_with_their_copy_and_move_when_it_is_killed(started):
    with served.caddy(started) as url:
        found = copies.drill(url, MANY, 2)
        assert found["at_once"] == found["calls"] and found["copies"] == 2 and found["same_everywhere"], found
        found = copies.drill(url, MANY, 10, lambda: copies.kill(next(iter(started.values()))))  # many after the kill
    assert found["answered"] == found["calls"] and found["same_everywhere"], found
    assert found["new"] and found["new_slowest"] < 5, found


@pytest.fixture
def told():
    """The port of a server like Gradio's that tells each visitor what ``visitors.owner`` makes of them."""
    app = Starlette(routes=[Route("/{path:path}", lambda request: PlainTextResponse(str(visitors.owner(request))))])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def test_visitors_are_told_apart_behind_caddy_and_none_can_claim_to_be_another(told, monkeypatch):
    monkeypatch.setattr(limits.now, "public", True)

    def seen(address, claimed=None):
        """As who a visitor from an address of this machine is seen."""
        with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as client:
            return client.get(url, headers={"x-forwarded-for": claimed} if claimed else {}).text

    with served.caddy([told]) as url:
        one, other = seen("127.0.0.2"), seen("127.0.0.3")
        assert one == seen("127.0.0.2") != other
        assert seen("127.0.0.2", claimed="127.0.0.3") == one == seen("127.0.0.2", claimed="127.0.0.3, 127.0.0.1")
