"""Who asks: told by a secret that the browser keeps, or by a login. An address, which many may share, only limits."""

import hashlib
import re
import secrets
from pathlib import Path, PurePosixPath

import gradio as gr
from filelock import FileLock
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genclass import paths
from genclass.files import atomic
from genclass.train.run.layout import Owner, read_config
from genclass.ui.server import gradio_patches, limits
from genclass.ui.server.connections import network_of
from genclass.ui.server.gradio_patches import API, path_of

COOKIE = "genclass-visitor"
HEADER = "genclass-visitor-secret"  # under which it goes from here to an event, and never comes in
SECRET = re.compile(r"[0-9a-f]{64}")
KEPT_SECONDS = 400 * 24 * 3600  # for which browsers keep a cookie at most; each look at the page renews it


class Visitors:
    """Middleware that gives a visitor of a public page a secret to keep, as a cookie, unless they bring one.

    Their first request has it already, so that what it starts is theirs. Where a login is asked for, its name tells
    visitors apart, and there is no such cookie.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not limits.now.public or scope["app"].auth is not None:
            return await self.app(scope, receive, send)
        known = _known(Request(scope))
        secret = known or secrets.token_hex(32)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_to_keep(scope, known):
                headers = MutableHeaders(scope=message)
                headers.append("set-cookie", _cookie(scope, secret))
                headers.setdefault("cache-control", "private")
            await send(message)

        others = [(name, value) for name, value in scope["headers"] if name != HEADER.encode()]
        await self.app({**scope, "headers": [*others, (HEADER.encode(), secret.encode())]}, receive, sending)


def _known(request: Request) -> str | None:
    brought = request.cookies.get(COOKIE, "")
    return brought if SECRET.fullmatch(brought) else None


def _is_to_keep(scope: Scope, known: str | None) -> bool:
    """Whether an answer brings the cookie: the page itself, which is loaded before all that belongs to it, and what a
    client asks that has none yet. Files that a cache on the way may keep never do."""
    return is_page(scope) or (known is None and scope["method"] == "POST")


def is_page(scope: Scope) -> bool:
    """Whether the page itself is asked for, or what it is made of, as programs do."""
    path = path_of(scope)
    return scope["method"] == "GET" and not path.startswith(API) and not PurePosixPath(path).suffix


def _cookie(scope: Scope, secret: str) -> str:
    kept = f"{COOKIE}={secret}; Path=/; Max-Age={KEPT_SECONDS}; HttpOnly"
    told = Request(scope).headers.get("x-forwarded-proto", scope["scheme"])
    if not told.startswith("https"):
        return f"{kept}; SameSite=Lax"
    # In a frame of another site browsers keep only such a one, for each site around it another.
    return f"{kept}; Secure; " + ("SameSite=None; Partitioned" if limits.now.embedders else "SameSite=Lax")


def owner(request: gr.Request | None) -> Owner | None:
    """Whose what an event starts is to be; None where everyone is the lab's owner.

    Args:
        request: of the event.
    """
    if not limits.now.public:
        return None
    if request is None:  # not to be taken for the owner
        raise ValueError("nobody is known to ask")
    return mark(request)


def mark(request: gr.Request | HTTPConnection) -> Owner:
    """Keyed hashes of what tells a visitor from others, and of what their limits are counted by, whatever the page.

    Who has logged in has limits of their own. Where nobody has a secret, on a page that is not public, only addresses
    are told apart.
    """
    login = getattr(request, "username", None)
    if login is not None:
        return Owner(_hash(login, b"login"), _hash(login, b"login"))
    network, secret = network_of(address(request)), request.headers.get(HEADER)
    return Owner(_hash(secret, b"secret") if secret else _hash(network, b"network"), _hash(network, b""))


def _hash(told: str, kind: bytes) -> str:
    return hashlib.blake2b(told.encode(), key=_key(), person=kind, digest_size=16).hexdigest()


def address(request: gr.Request | HTTPConnection) -> str:
    """Where a request comes from; behind a proxy on this machine, the address that the proxy saw."""
    address = request.client.host if request.client else ""
    if address in ("127.0.0.1", "::1"):
        address = request.headers.get("x-forwarded-for", address).split(",")[-1].strip()
    return address


def _key() -> bytes:
    """Bytes that make the hashes useless elsewhere; kept with the runs, so that what is whose outlives the server."""
    file = paths.runs_dir() / ".visitors"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock"):  # copies of the page share it
            if not file.exists():
                atomic.write_text(file, secrets.token_hex(32))
    return file.read_bytes()


def offers(run: Path) -> bool:
    """Whether whoever asks may use a run's model: on a public page their own, and those of the lab's owner."""
    if not limits.now.public:
        return True
    whose, request = read_config(run)["owner"], gradio_patches.asker()
    return whose is None or (request is not None and whose == mark(request).visitor)
