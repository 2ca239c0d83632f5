"""What this page changes in the queue of Gradio 6.31, as ``gradio_patches.py`` does in the rest of it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr
from gradio import route_utils
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event
from gradio.server_messages import ProcessCompletedMessage
from starlette.requests import Request


@dataclass(frozen=True)
class Asked:
    """An event that waits in Gradio's queue, or is about to.

    Attributes:
        session: of the browser's tab, or of a client; empty where none is told.
        line: the concurrency id, whose events wait for each other.
        visitor: whose it is.
        since: when it came, in ``time.monotonic()``.
        gone: tells whether who asked has hung up.
    """

    session: str
    line: str
    visitor: str
    since: float
    gone: Callable[[], Awaitable[bool]]


class Lines:
    """Gradio's queue, from now on with an order and bounds of ours.

    Gradio's own bound counts all events as one, whoever sent them, and its order is that of their arrival. A function
    that does not exist was a traceback in its log.

    Args:
        visitor_of: tells whose a request is.
        let_in: decides which event may wait, and may take its time.
        in_turns: puts the events of a line in order: gives their places.
    """

    def __init__(
        self,
        blocks: gr.Blocks,
        visitor_of: Callable[[Request], str],
        let_in: Callable[[Asked], Awaitable[bool]],
        in_turns: Callable[[list[Asked]], list[int]],
    ) -> None:
        self.blocks, self.queue = blocks, blocks._queue
        self.asked: WeakKeyDictionary[Event, Asked] = WeakKeyDictionary()
        push = self.queue.push

        async def pushed(body: PredictBodyInternal, request: Any, username: str | None) -> tuple[bool, Any, Any]:
            line = self._line(body)
            if line is None:
                return False, "There is no such function.", "error"
            asked = Asked(body.session_hash or "", line, visitor_of(request), time.monotonic(), request.is_disconnected)
            if not await let_in(asked):
                return False, "", "queue_full"
            asked = replace(asked, since=time.monotonic())
            answer = await push(body, request, username)
            event = self.queue.event_ids_to_events.get(str(answer[1])) if answer[0] else None
            if event is not None:
                self.asked[event] = asked
                events = self.queue.event_queue_per_concurrency_id[line].queue
                events[:] = [events[place] for place in in_turns([self.asked[event] for event in events])]
            return answer

        self.queue.push = pushed  # type: ignore[method-assign]

    def _line(self, body: PredictBodyInternal) -> str | None:
        try:
            return None if body.fn_index is None else route_utils.get_fn(self.blocks, None, body).concurrency_id
        except KeyError:
            return None

    def waiting(self) -> list[Asked]:
        """All events that wait, those that run left out."""
        lines = self.queue.event_queue_per_concurrency_id.values()
        return [self.asked[event] for line in lines for event in line.queue]

    def unanswered(self) -> dict[str, set[str]]:
        """``{session: ids of its events}`` of all sessions whose answers are awaited or not fetched yet."""
        return {session: set(ids) for session, ids in self.queue.pending_event_ids_session.items()}

    def knows(self, name: str) -> bool:
        """Whether a session, or an event, awaits an answer or may fetch one."""
        told = self.queue.pending_event_ids_session
        return name in self.queue.pending_messages_per_session or any(name in ids for ids in told.values())

    async def drop(self, session: str, before: float, why: str) -> None:
        """Take out the events of a session that wait since ``before``; who asks for an answer later is told ``why``."""
        lines = list(self.queue.event_queue_per_concurrency_id.values())
        for event in [event for line in lines for event in line.queue if event.session_hash == session]:
            if self.asked[event].since < before:
                if session in self.queue.pending_messages_per_session:
                    self.queue.send_message(event, ProcessCompletedMessage(output={"error": why}, success=False))
                await self.queue.remove_from_queue(event._id)

    def forget(self, session: str) -> None:
        """Throw away what a session was answered, unless one of its events still runs or waits."""
        ids = self.queue.pending_event_ids_session.get(session, set())
        if ids.isdisjoint(self.queue.event_ids_to_events):
            self.queue.pending_event_ids_session.pop(session, None)
            self.queue.pending_messages_per_session.pop(session, None)
