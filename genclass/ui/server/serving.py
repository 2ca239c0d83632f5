"""How the page is put on the network: its address, a public link, and where its runs are trained."""

import argparse
import contextlib
import gc
import io
import signal
from collections.abc import Callable
from typing import Any

import gradio as gr

from genclass.errors import GenClassError
from genclass.jobs import prewarm, ray, runs
from genclass.ui.layout import build_app, launch_settings
from genclass.ui.server import connections, gradio_patches, gradio_proxies, invitation


def run(args: argparse.Namespace) -> None:
    """Build the page that the flags of ``genclass page`` ask for, and serve it until interrupted.

    Raises:
        GenClassError: about a Ray cluster, before anything has started; ``port_taken``.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that temporary files are cleared then, too
    launch, ready = place_runs("process" if args.no_train else args.launcher, args.ray_address)
    demo = build_app(args.public, not args.no_train, args.embed_from, launch)
    ready = None if args.no_train else ready
    serve(demo, args.host, args.port, args.share, args.root_path, args.auth_file, ready)


def place_runs(place: str, ray_address: str | None) -> tuple[runs.Launcher, Callable[[], None] | None]:
    """Where runs are trained: in processes here, or as jobs of a Ray cluster.

    Returns:
        (launcher for the page, what to call once the page is there, which it would hold up: it makes a process ready;
        None for a cluster).

    Raises:
        GenClassError: as ``ray.connect``.
    """
    if place == "process":
        return prewarm.train, prewarm.keep_one_ready
    return ray.connect(ray_address), None


def serve(
    demo: gr.Blocks,
    host: str,
    port: int | None,
    share: bool = False,
    root_path: str = "",
    allowed: list[tuple[str, str]] | None = None,
    then: Callable[[], None] | None = None,
) -> None:
    """Serve until interrupted; says where, in a terminal also as a QR code of where others find it.

    Args:
        port: None for the next free one from 7860 on.
        share: ask Gradio's relay for a public link as well. Without a network the page is served here alone, and one
            sentence says so, in place of Gradio's several.
        root_path: where a proxy has put the page, as in ``/lab``.
        allowed: (name, password) of those who may come in, or None for everyone.
        then: what to call once the page is there, or None.

    Raises:
        GenClassError: ``port_taken``.
    """
    place = {"server_name": host, "server_port": port, "root_path": root_path}
    local, public = _launched(demo, share=share, auth=allowed, **place)
    gc.freeze()  # libraries and page are here for good: no collection need go through them
    gc.enable()
    print(f"GenClass is at {local}", flush=True)
    nearby = None if root_path else invitation.address(host, local)
    if nearby and nearby != local:
        print(f"and in this network at {nearby}", flush=True)
    if share:
        print(f"and for everyone at {public}" if public else str(GenClassError("no_share")), flush=True)
    if link := public or nearby:
        print(end=invitation.code(link), flush=True)
    if then is not None:
        then()
    demo.block_thread()


def _launched(demo: gr.Blocks, **settings: Any) -> tuple[str, str | None]:
    """(address here, public address) of the page, which is served from now on."""
    connections.raise_file_limit()
    quietly, directly = contextlib.redirect_stdout(io.StringIO()), gradio_proxies.own_address_asked_directly()
    with quietly, directly, gradio_patches.watched_connections():
        try:
            _, local, public = demo.launch(prevent_thread_lock=True, quiet=True, **settings, **launch_settings())
        except OSError as error:  # taken since it was looked at
            raise GenClassError("port_taken", port=settings["server_port"] or "7860-7959") from error
    return local, public
