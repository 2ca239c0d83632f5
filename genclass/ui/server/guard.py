"""Who may ask the server what: nothing for pages of other sites, and of Gradio's routes only those the page needs."""

import base64
import contextlib
import functools
import hashlib
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genclass.errors import GenClassError
from genclass.ui.common import text
from genclass.ui.server import gradio_patches
from genclass.ui.server.gradio_patches import API, path_of

READS = ("GET", "HEAD", "OPTIONS")
ASKS = rf"{API}/(queue/join|call/.+)"
LOGIN = "/login"
WORDS = rf"{LOGIN}|{API}/(cancel|reset)"  # what brings no more than a few
WRITES = re.compile(rf"{WORDS}|{ASKS}|{API}/(run/.+|api/.+|upload)")
# What reads may not reach: a fetch of any address, states written to disk for links, a poll that never ends.
CLOSED = re.compile(rf"(?is){API}/(file[=/]https?:|proxy=|deep_link|dev/).*")
# What nobody reads before a login, where one is asked for: all but what its form and the server's start need.
LOCKED = re.compile(rf"/openapi\.json|{API}/(?!(startup-events|theme\.css|login_check|token|user)$).*", re.DOTALL)
PORTS = {"http": ":80", "https": ":443"}
LOCAL = re.compile(r"(.+\.)?localhost")
# What a browser may load for the page, and where it may send anything: nothing but the page's own. Pictures are shown
# from data, pictures of a camera from the browser's memory. Styles stand in the page and at its elements. Live pictures
# are drawn in a thread (``static/drawer.js``).
POLICY = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "frame-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


class Guard:
    """Middleware that stands before all routes.

    - A request that another site's page makes a browser send is refused: its Origin is neither the Host header nor the
      address that the page is known by (``--root-path`` as an address, a public link). Gradio itself only withholds
      the answer, and that from a page on this machine alone.
    - Nor is a page answered whose own name was made to point to this machine (DNS rebinding).
    - Routes of Gradio that this page has no use for are not there.
    - Who has not logged in, where that is asked for, sends nothing but a login: the body is not read. Nor is anything
      answered but the page with its form.
    - Every answer says who may frame it, that a page of it loads nothing from elsewhere and runs no script but those
      that this server puts there, and that its type is not to be guessed.

    Args:
        embedders: origins whose pages may show this one in a frame.
        scripts: texts that the page may run as scripts, beside those of its template.
    """

    def __init__(self, app: ASGIApp, embedders: Iterable[str] = (), scripts: Iterable[str] = ()) -> None:
        self.app = app
        fixed = {**POLICY, "frame-ancestors": " ".join(["'self'", *embedders])}
        # Gradio makes functions of the texts of events and of parts with a script of their own: that is evaluation.
        self.sources = " ".join(["'self' 'unsafe-eval'", *map(_hash, scripts)])
        self.policy = "; ".join(f"{name} {sources}" for name, sources in fixed.items())

    def headers(self, nonce: str) -> dict[str, str]:
        """Of every answer: ``nonce`` marks the scripts of the page's template (``gradio_patches.py``)."""
        policy = f"{self.policy}; script-src {self.sources} 'nonce-{nonce}'"
        return {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        nonce = secrets.token_urlsafe(16)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers(nonce))
            await send(message)

        refused = _refusal(scope)
        await (refused or self.app)({**_whole(scope), "nonce": nonce}, receive, sending)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _whole(scope: Scope) -> Scope:
    """The request without a Range: Gradio answers a part of a file with the request's own headers."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}


def _refusal(scope: Scope) -> JSONResponse | None:
    """The response that takes the place of an answer, or None."""
    path, addresses = path_of(scope), gradio_patches.addresses(scope["app"])
    if _by_another_name(scope, addresses):
        return refuse(scope, 403, GenClassError("other_host"))
    if _from_elsewhere(Headers(scope=scope), path, addresses):
        return refuse(scope, 403, GenClassError("other_site"))
    if CLOSED.fullmatch(path) if scope["method"] in READS else not WRITES.fullmatch(path):
        return JSONResponse({"detail": "Not Found"}, 404)
    locked = LOCKED.fullmatch(path) if scope["method"] in READS else path != LOGIN
    if locked and not gradio_patches.let_in(scope):
        return JSONResponse({"detail": {"error": "Not authenticated", "auth_message": None}}, 401)  # as Gradio says it
    return None


def _by_another_name(scope: Scope, addresses: Iterable[str | None]) -> bool:
    """Whether a browser on this machine asks for the page by a name that is none of this machine's.

    It comes by a loopback address then, and names the port that it came to. A proxy's visitors come by its port, and
    an address in numbers was not looked up.
    """
    (server, port), host = scope.get("server") or ("", 0), Headers(scope=scope).get("host", "")
    asked = urlsplit(f"//{host}") if re.fullmatch(r"[\w.:\[\]-]+", host) else urlsplit("//")
    with contextlib.suppress(ValueError):
        if not _is_loopback(server) or (asked.port or 80) != port or host in (_netloc(each) for each in addresses):
            return False
    name = (asked.hostname or "").rstrip(".")
    return not (_is_address(name) or LOCAL.fullmatch(name) or name in _own_names())


def _netloc(address: str | None) -> str:
    return urlsplit(address or "").netloc


def _is_address(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(name))
    return False


def _is_loopback(name: str) -> bool:
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


@functools.cache
def _own_names() -> set[str]:
    name = socket.gethostname().lower()
    return {name, f"{name}.local"}


def _from_elsewhere(headers: Headers, path: str, addresses: Iterable[str | None]) -> bool:
    """Whether a page of another site lets a visitor's browser ask this.

    The page's own site is that of the Host header, or one of ``addresses``. Browsers add an Origin to everything but
    plain reads; of these only the way out, which is one, changes anything.
    """
    if path == "/logout" and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    if "origin" not in headers:
        return False
    scheme, _, origin = headers["origin"].lower().partition("://")
    hosts = (headers.get("host", ""), *(urlsplit(address or "").netloc for address in addresses))
    known = {host.lower().removesuffix(PORTS.get(scheme, "")) for host in hosts}
    return origin == "" or origin.removesuffix(PORTS.get(scheme, "")) not in known


async def malformed(request: Request, error: Exception) -> JSONResponse:
    """What is wrong about a body, without the body, which FastAPI would go through and send back."""
    assert isinstance(error, RequestValidationError)
    faults = [{key: fault[key] for key in ("type", "loc", "msg")} for fault in error.errors()]
    return JSONResponse({"detail": faults}, 422)


def refuse(scope: Scope, status: int, error: GenClassError) -> JSONResponse:
    """A response that tells a ``GenClassError`` in the visitor's language, as Gradio's clients expect it."""
    with text.speaking(text.language_of(Request(scope))):
        return JSONResponse({"detail": text.sentence(error)}, status)
