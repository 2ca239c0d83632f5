"""Passwords can't be tried out: an address that was wrong too often waits before it may try again."""

import time
from collections import defaultdict

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genclass.errors import GenClassError
from genclass.ui.server import guard, visitors
from genclass.ui.server.connections import network_of
from genclass.ui.server.gradio_patches import path_of

SECONDS = 300  # for which a wrong one counts
MOST = 20  # wrong ones, of an address: of a whole class, perhaps


class Logins:
    """Middleware that counts wrong logins by address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.wrong: defaultdict[str, list[float]] = defaultdict(list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or path_of(scope) != guard.LOGIN:
            return await self.app(scope, receive, send)
        address = network_of(visitors.address(HTTPConnection(scope)))
        self._forget()
        if len(self.wrong[address]) >= MOST:
            return await guard.refuse(scope, 429, GenClassError("many_logins"))(scope, receive, send)
        self.wrong[address].append(time.monotonic())  # at once: many may be tried at the same time

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400 and self.wrong[address]:
                self.wrong[address].pop()
            await send(message)

        await self.app(scope, receive, sending)

    def _forget(self) -> None:
        since = time.monotonic() - SECONDS
        kept = {address: [at for at in tried if at > since] for address, tried in self.wrong.items()}
        self.wrong = defaultdict(list, {address: tried for address, tried in kept.items() if tried})
