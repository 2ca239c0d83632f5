"""Gradio behind a proxy: its own address is never asked for through one, which would look for it elsewhere.

``gradio_patches`` has all else that this page changes in Gradio.
"""

import contextlib
import functools
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx


@contextlib.contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """An attribute of a module or class has another value in here."""
    before = vars(owner)[name]
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextlib.contextmanager
def without_proxies() -> Iterator[None]:
    """The environment names no proxy in here.

    Gradio makes a client when it is imported, for what this page has not. httpx refuses to make one for a SOCKS proxy,
    which needs one more library, and for exceptions such as ``fe80::/10``.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.lower().endswith("_proxy")}
    try:
        yield
    finally:
        os.environ.update(hidden)


@contextlib.contextmanager
def own_address_asked_directly() -> Iterator[None]:
    """A page that is launched in here finds itself; Gradio's relay, for a public link, is asked through a proxy.

    A busy machine takes more than the three seconds for its first page after which Gradio would give up.
    """
    from gradio import blocks

    get, plain = functools.partial(httpx.get, trust_env=False), httpx.head

    def head(url: str, **asked: Any) -> httpx.Response:
        return plain(url, **asked | {"timeout": None, "trust_env": False})

    with replaced(blocks, "httpx", SimpleNamespace(get=get, URL=httpx.URL)), replaced(httpx, "head", head):
        yield
