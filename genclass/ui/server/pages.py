"""A page is made anew for everyone who opens it, in 0.1 s: nobody waits while one visitor opens many."""

import asyncio
import time
from weakref import WeakValueDictionary

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genclass.ui.server import visitors
from genclass.ui.server.connections import network_of
from genclass.ui.server.gradio_patches import API, path_of

DESCRIBED = ("/openapi.json", f"{API}/info", f"{API}/openapi.json")


class Pages:
    """Middleware that has one page made at a time for an address, and after it a rest as long as it took.

    What is made counts, not what is fetched: who reads slowly keeps nobody behind their address waiting.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (visitors.is_page(scope) or path_of(scope) in DESCRIBED):
            return await self.app(scope, receive, send)
        turn = self.turns.setdefault(network_of(visitors.address(HTTPConnection(scope))), asyncio.Lock())
        await turn.acquire()
        began, made = time.monotonic(), False

        async def sending(message: Message) -> None:
            nonlocal made
            if not made:
                made = True
                asyncio.get_running_loop().call_later(time.monotonic() - began, turn.release)
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            if not made:
                turn.release()
