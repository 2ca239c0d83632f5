"""Who waits for an answer, and in which order: one visitor's events cost the others nothing.

- A visitor's light events and heavy ones (training starts, searches, measurements) wait in places of their own. Whoever
  sends more than may wait at a time, such as a program that asks for forty answers at once, is let in bit by bit.
- Visitors take turns, and so do the tabs of each.
- What waits although nobody listens to its answer is dropped, and answers that nobody fetches are.
"""

import asyncio
import contextlib
import json
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable

import gradio as gr
from gradio.routes import App
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from genclass.errors import GenClassError
from genclass.ui.common.events import HEAVY
from genclass.ui.server import gradio_queue, limits, periodic, visitors
from genclass.ui.server.connections import network_of
from genclass.ui.server.gradio_patches import API, path_of
from genclass.ui.server.gradio_queue import Asked

log = logging.getLogger("genclass.page")
STREAM = re.compile(rf"{API}/(queue/data|call/.+/(?P<event>[^/]+))")
UNHEARD = 5.0  # seconds after which an event is dropped that waits and to which nobody listens
KEPT = 60.0  # seconds for which an answer is kept that nobody fetches
LOOKS = 1.0  # seconds from one look for both to the next
PATIENCE = 20.0  # seconds for which an event waits for a place to wait in
TRIES = 0.25  # seconds from one try for such a place to the next
AT_THE_DOOR = 140  # events of an address that may do so
REFUSAL = 2.0  # seconds that one more waits before it is refused, or those who try again at once would keep us busy


class Crowd:
    """Who waits, who listens, and who is at the door of a page that is served.

    Attributes:
        lines: of Gradio's queue.
        listening: open streams by what they were opened for: a session, or an event.
        door: how many events of each visitor wait for a place.
        silent: since when nobody listens to a session, in ``time.monotonic()``.
    """

    def __init__(self, blocks: gr.Blocks) -> None:
        self.lines = gradio_queue.Lines(blocks, _visitor, self.let_in, in_turns)
        self.listening: Counter[str] = Counter()
        self.door: Counter[str] = Counter()
        self.silent: dict[str, float] = {}

    async def let_in(self, asked: Asked) -> bool:
        """Wait until an event may wait; False if that takes long, its visitor's are too many, or it hangs up."""
        end = time.monotonic() + PATIENCE
        while not has_place(self.lines.waiting(), asked):
            if time.monotonic() > end or await asked.gone():
                return False
            if self.door[asked.visitor] >= AT_THE_DOOR:
                await asyncio.sleep(REFUSAL)
                return False
            self.door[asked.visitor] += 1
            try:
                await asyncio.sleep(TRIES)
            finally:
                self.door[asked.visitor] -= 1
        self.silent.pop(asked.session, None)  # whoever asks is about to listen
        return True

    async def look(self) -> None:
        """Drop what nobody listens to."""
        at = time.monotonic()
        self.door += Counter()  # keeps those alone that are more than zero
        self.silent = {session: self.silent.get(session, at) for session in self._unheard()}
        for session, since in self.silent.items():
            if at - since > UNHEARD:
                await self.lines.drop(session, at - UNHEARD, str(GenClassError("unheard")))
            if at - since > KEPT:
                self.lines.forget(session)

    def _unheard(self) -> list[str]:
        told = self.lines.unanswered()
        return [session for session, ids in told.items() if not any(self.listening[name] for name in (session, *ids))]


def _visitor(request: Request) -> str:
    return network_of(visitors.address(request))


def in_turns(line: list[Asked]) -> list[int]:
    """The places of a line's events in the order in which they are answered.

    First one of each visitor, then the second of each, and so on; those of a visitor in this way by sessions.
    """
    places = _turns(list(range(len(line))), lambda place: (line[place].visitor, line[place].session))
    return _turns(places, lambda place: line[place].visitor)


def _turns(places: list[int], whose: Callable[[int], Hashable]) -> list[int]:
    seen: Counter[Hashable] = Counter()
    turn = {}
    for place in places:
        turn[place] = seen[whose(place)]
        seen[whose(place)] += 1
    return sorted(places, key=turn.__getitem__)


def has_place(waiting: list[Asked], asked: Asked) -> bool:
    """Whether one more may wait beside those that do."""
    heavy = asked.line in HEAVY
    most = limits.MOST_WAITING["heavy" if heavy else "light"]
    alike = [other for other in waiting if (other.line in HEAVY) == heavy]
    own = [other for other in alike if other.visitor == asked.visitor]
    of_session = [other for other in own if other.session == asked.session != ""]
    return len(alike) < most.everyone and len(own) < most.visitor and len(of_session) < most.session


@contextlib.asynccontextmanager
async def looking(app: App) -> AsyncIterator[None]:
    """As long as the server runs, keep the order of its events and drop what nobody listens to."""
    crowd = app.state.crowd = Crowd(app.get_blocks())
    async with periodic.every(LOOKS, crowd.look, "could not look after the queue"):
        yield


class Streams:
    """Middleware that notes who listens to which answers.

    One who asks for those of a session that is not known is told so as by Gradio, which has a traceback in its log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = STREAM.fullmatch(path_of(scope)) if scope["type"] == "http" and scope["method"] == "GET" else None
        if found is None:
            return await self.app(scope, receive, send)
        crowd: Crowd = scope["app"].state.crowd
        name = found["event"] or QueryParams(scope["query_string"]).get("session_hash", "")
        if not crowd.lines.knows(name):
            return await _unknown(event=found["event"] is not None)(scope, receive, send)
        crowd.listening[name] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            crowd.listening[name] -= 1
            crowd.listening += Counter()  # keeps those alone that are more than zero


def _unknown(event: bool) -> Response:
    said = "404: Not Found"
    told = {"msg": "unexpected_error", "message": said, "session_not_found": True, "success": False, "event_id": None}
    lines = f"event: error\ndata: {json.dumps(said)}\n\n" if event else f"data: {json.dumps(told)}\n\n"
    return Response(lines, media_type="text/event-stream")
