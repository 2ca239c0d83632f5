"""All that this page changes in Gradio 6.31 or needs of its insides, where it has no public way: nowhere else,
but for its queue and proxies, which are in ``gradio_queue.py`` and ``gradio_proxies.py``.

Each part says why, ``tests/ui/server/test_gradio_patches.py`` which of them a newer Gradio breaks or no longer needs.
The browser's side is ``static/gradio_patches.js``.
"""

import asyncio
import contextlib
import functools
import inspect
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import anyio
import uvicorn
from jinja2 import FunctionLoader
from starlette.requests import Request
from starlette.types import Scope

from genclass.ui.server.connections import AT_A_TIME, WAITING, Connection
from genclass.ui.server.gradio_proxies import replaced, without_proxies

API = "/gradio_api"
Done = TypeVar("Done")


_getfile = inspect.getfile


def _getfile_but_for_gradio(thing: Any) -> str:
    if str(getattr(thing, "__module__", "")).startswith("gradio."):
        raise OSError
    return _getfile(thing)


# Each time it is imported Gradio brings the type stubs beside its own sources up to date, which takes 0.8 s of 1.9 and
# writes into the installation. What seems to come from no file has no stub.
with replaced(inspect, "getfile", _getfile_but_for_gradio), without_proxies():
    import gradio as gr

from gradio import processing_utils, utils  # noqa: E402
from gradio.context import LocalContext  # noqa: E402
from gradio.queueing import Event  # noqa: E402
from gradio.routes import STATIC_TEMPLATE_LIB, App, templates  # noqa: E402
from gradio.server_messages import EventMessage, LogMessage, ProcessCompletedMessage  # noqa: E402
from gradio.state_holder import SessionState, StateHolder  # noqa: E402

BASE = re.compile(r"<base [^>]*>")  # tells the browser what it would take anyway

OPENING = "{% if request.app.state.opening %}{{ request.app.state.opening(request, config) | safe }}{% endif %}"


def _page_source(name: str) -> str:
    """The template of Gradio's page, as a page can use it that is allowed nothing from elsewhere (``guard.py``).

    With a public link Gradio has another one (``name``), whose scripts come from a content network.
    """
    source = (Path(STATIC_TEMPLATE_LIB) / "frontend" / "index.html").read_text(encoding="utf-8")
    source = BASE.sub("", source).replace("<script", '<script nonce="{{ request.scope.nonce }}"')
    return source.replace("<gradio-app", OPENING + "<gradio-app", 1)


templates.env.loader = FunctionLoader(_page_source)


def open_with(app: App, opening: Callable[[Request, Mapping[str, Any]], str]) -> None:
    """Its pages bring with them the HTML that ``opening`` gives for a request and what Gradio's front end is told."""
    app.state.opening = opening


class Beside:
    """Threads in which that is done which would hold up the event loop, and so everyone: two things at a time."""

    def __init__(self) -> None:
        self.places: anyio.CapacityLimiter | None = None

    async def run(self, function: Callable[..., Done], *arguments: Any) -> Done:
        self.places = self.places or anyio.CapacityLimiter(2)  # which must be made where there is an event loop
        return await anyio.to_thread.run_sync(function, *arguments, limiter=self.places)


SHORT = 50  # values: some five files
_move_files = processing_utils.async_move_files_to_cache
_moving = Beside()


@functools.wraps(_move_files)
async def _move_files_beside(
    data: Any, block: gr.blocks.Block, postprocess: bool = False, check_in_upload_folder: Any = False,
    keep_in_cache: Any = False,
) -> dict[Any, Any]:  # fmt: skip
    moved = _move_files(data, block, postprocess, check_in_upload_folder, keep_in_cache)
    return await (moved if postprocess or _is_short(data) else _moving.run(asyncio.run, moved))


def _is_short(data: Any) -> bool:
    """Whether it is looked through at once: no more than ``SHORT`` values, however deep they lie."""
    left, seen = [data], 0
    while left and seen <= SHORT:
        seen += 1
        value = left.pop()
        parts = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        left += parts[: SHORT + 1]
    return seen <= SHORT


# Before an event Gradio checks all files that came with it, on the event loop and without a pause: 0.2 ms each. A few
# sliders must not wait behind another visitor's hundreds of files.
processing_utils.async_move_files_to_cache = _move_files_beside


_difference = utils.diff


def _whole(old: Any, new: Any) -> list[list[Any]]:
    return [["replace", [], new]] if isinstance(new, dict) and new != old else _difference(old, new)


# Of an event that reports often Gradio tells by what each report differs from the one before. Its page changes that one
# then, which may still wait to be shown: what it alone told of a component, as that a button can be pressed, was lost.
utils.diff = _whole


@contextlib.contextmanager
def without_servers() -> Iterator[None]:
    """Pages and queues that are set up in here get no server of their own.

    Gradio makes one for each, for this page three in 0.3 s of its start; the one that serves is made by ``launch``.
    """
    with replaced(App, "create_app", lambda *_, **__: None):
        yield


@contextlib.contextmanager
def watched_connections() -> Iterator[None]:
    """A page that is launched in here ends requests that stay half sent: see ``connections.py``.

    uvicorn has no time limit for them, and Gradio, which makes the server, has no argument that would set its protocol.
    A WebSocket, which nothing here is, would take a connection over uncounted. asyncio takes in at a time as many as
    it lets wait: of uvicorn's 2,048 others waited 40 s while one address opened them as fast as it could.
    """
    watched = functools.partial(uvicorn.Config, http=Connection, ws="none", backlog=AT_A_TIME)
    startup = uvicorn.Server.startup

    async def starts(server: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        await startup(server, sockets)
        for each in (listening for one in server.servers for listening in one.sockets):
            with each.dup() as same:  # asyncio's own has no such method
                same.listen(WAITING)

    with replaced(uvicorn, "Config", watched), replaced(uvicorn.Server, "startup", starts):
        yield


def asker() -> gr.Request | None:
    """Who sent the event that is being answered; None outside of one.

    Gradio gives that to an event's handler alone, and words are looked up far below it.
    """
    return LocalContext.request.get(None)


def cookies_of(request: gr.Request | Request) -> Mapping[str, str]:
    """The cookies of an event: Gradio makes an object of them, in which one called ``get`` takes the method's place."""
    return (getattr(request, "request", None) or request).cookies


def addresses(app: App) -> tuple[str | None, str | None]:
    """Where the page is known to be: its root path, which may be a whole address, and its public link."""
    blocks = app.get_blocks()
    return blocks.root_path, blocks.share_url


def path_of(scope: Scope) -> str:
    """What is asked for, below the address that the page is known by."""
    return scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/")


def is_upload(scope: Scope) -> bool:
    """Whether a request brings files: by its route. What it calls its type, in capitals or twice, is not asked."""
    return path_of(scope) == f"{API}/upload"


def let_in(scope: Scope) -> bool:
    """Whether a request comes from someone who has logged in, where that is asked for.

    Gradio looks only once it has read the body, which may be large, and does not look at all at some of its routes.
    """
    app, cookies = scope["app"], Request(scope).cookies
    tokens = (cookies.get(f"access-token-{kind}{app.cookie_id}") for kind in ("", "unsecure-"))
    return app.auth is None or app.tokens.get(next(filter(None, tokens), None)) is not None


class Session(SessionState):
    """A visitor's state: which components were changed, and nothing of what they show.

    Gradio copies the configuration of every component for each session, and every value that it sends, for links of its
    own (``gr.DeepLinkButton``), which this page does not have: for each visitor, and each call of the web API, 1.8 MB
    and some 100 ms in which nobody is answered.
    """

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(cast(gr.Blocks, SimpleNamespace(default_config=blocks.default_config, blocks={})))

    def __setitem__(self, key: int, value: Any) -> None:
        self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class Sessions(StateHolder):
    """The sessions of all visitors; of more than ``capacity`` those are forgotten that were heard of longest ago."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


def thin(app: App) -> None:
    """From now on an app that has not answered anyone yet keeps no more of its visitors."""
    app.state_holder = Sessions()
    app.state_holder.set_blocks(app.get_blocks())


def tell_text(blocks: gr.Blocks) -> None:
    """From now on what the page's events tell in a toast is text, which Gradio takes for HTML: its own errors too.

    Calls of the web API are told the same as it is.
    """
    send = blocks._queue.send_message

    def sending(event: Event, message: EventMessage) -> None:
        if event.fn.api_visibility == "private":
            _escape(message)
        send(event, message)

    vars(blocks._queue)["send_message"] = sending


def _escape(message: EventMessage) -> None:
    if isinstance(message, LogMessage):
        message.log = escape(message.log, quote=False)
    elif isinstance(message, ProcessCompletedMessage) and isinstance(message.output.get("error"), str):
        message.output = {**message.output, "error": escape(message.output["error"], quote=False)}


def forget_answered(blocks: gr.Blocks) -> None:
    """Gradio's queue remembers everyone who has ever asked; of those who were answered nothing need be kept."""
    remembered = blocks._queue.pending_event_ids_session
    for session, waiting in list(remembered.items()):
        if not waiting:
            del remembered[session]


def forget_files(blocks: gr.Blocks, gone: set[str]) -> None:
    """Gradio remembers every file that it has made, and does not forget those that others delete."""
    for remembered in blocks.temp_file_sets:
        remembered.difference_update([path for path in remembered.copy() if str(path) in gone])


def built_files(blocks: gr.Blocks) -> set[str]:
    """Files that the page was built with, as its examples: Gradio never makes them again."""
    return {str(path) for block in blocks.blocks.values() for path in getattr(block, "keep_in_cache", ())}
