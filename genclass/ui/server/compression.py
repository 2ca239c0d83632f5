"""What the page weighs on its way to a browser."""

from pathlib import PurePosixPath

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

LEVEL = 6  # of 1 to 9: the page's 670 KB become 85, at 9 hardly less


class Compression(GZipMiddleware):
    """Middleware that compresses what Gradio leaves as it is.

    Gradio goes by the ending of an address, and the page itself, which is most of what a browser loads, has none.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = scope["type"] == "http" and not PurePosixPath(scope["path"]).suffix
        await (super().__call__ if left else self.app)(scope, receive, send)
