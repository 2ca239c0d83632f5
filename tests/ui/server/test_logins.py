"""Passwords can't be tried out."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from genclass.ui.server import logins


@pytest.fixture
def client():
    async def login(request):
        right = (await request.form())["password"] == "right"
        return PlainTextResponse("", 200 if right else 400)

    app = Starlette(routes=[Route("/login", login, methods=["POST"]), Route("/login", lambda _: PlainTextResponse(""))])
    app.add_middleware(logins.Logins)
    return TestClient(app, client=("127.0.0.1", 1))


def test_an_address_that_was_wrong_too_often_waits(client, monkeypatch):
    tried = lambda password, address="1.1.1.1": (
        client.post("/login", data={"password": password}, headers={"x-forwarded-for": address}).status_code
    )
    assert {tried("right") for _ in range(30)} == {200}
    assert [tried("wrong") for _ in range(21)] == [400] * 20 + [429]
    assert tried("right") == 429 and tried("right", "2.2.2.2") == 200 and client.get("/login").status_code == 200
    monkeypatch.setattr(logins, "SECONDS", 0)
    assert tried("right") == 200
