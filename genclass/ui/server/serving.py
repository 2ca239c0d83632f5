"""How the page is put on the network: its address, a public link, who may come in, and where runs are trained."""

import argparse
import contextlib
import gc
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

from genclass.errors import GenClassError
from genclass.jobs import prewarm, ray, runs
from genclass.ui.layout import launch_settings

ORIGIN = re.compile(r"https?://(\*\.)?[\w.-]+(:\d+)?")


def read_logins(path):
    """Who may come in: [(name, password)] from a text file with one ``name:password`` a line.

    Raises:
        GenClassError: ``no_logins`` for a file that can't be read or holds none, ``bad_login`` for another line.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise GenClassError("no_logins", path=str(path)) from None
    pairs = [(number, line.partition(":")) for number, line in enumerate(lines, 1) if line.strip()]
    for number, (name, _, password) in pairs:
        if not name or not password:
            raise GenClassError("bad_login", path=str(path), line=number)
    if not pairs:
        raise GenClassError("no_logins", path=str(path))
    return [(name, password) for _, (name, _, password) in pairs]


def logins(path):
    """``read_logins`` as a type of ``argparse``."""
    try:
        return read_logins(path)
    except GenClassError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def origin(address):
    """A site as its pages name themselves, such as ``https://lab.org:8080``, as a type of ``argparse``."""
    if not ORIGIN.fullmatch(address):
        raise argparse.ArgumentTypeError(str(GenClassError("bad_origin", address=address)))
    return address


def place_runs(place: str, ray_address: str | None) -> tuple[runs.Launcher, Callable[[], None] | None]:
    """Where runs are trained: in processes here, or as jobs of a Ray cluster.

    What is wrong about the cluster ends the program with a sentence, before anything has started.

    Returns:
        (launcher for the page, what to call once the page is there, which it would hold up: it makes a process ready;
        None for a cluster).
    """
    if place == "process":
        return prewarm.train, prewarm.keep_one_ready
    try:
        return ray.connect(ray_address), None
    except GenClassError as error:
        sys.exit(f"GenClass: {error}")


def serve(demo, host, port, share=False, root_path="", allowed=None, then=None):
    """Serve until interrupted; says where.

    Args:
        share: ask Gradio's relay for a public link as well. Without a network the page is served here alone, and one
            sentence says so, in place of Gradio's several.
        root_path: where a proxy has put the page, as in ``/lab``.
        allowed: as ``read_logins`` gives them, or None for everyone.
        then: what to call once the page is there, or None.
    """
    place = {"server_name": host, "server_port": port, "root_path": root_path}
    with contextlib.redirect_stdout(io.StringIO()):
        _, local, public = demo.launch(
            **place, share=share, auth=allowed, prevent_thread_lock=True, quiet=True, **launch_settings()
        )
    gc.freeze()  # libraries and page are here for good: no collection need go through them
    gc.enable()
    print(f"GenClass is at {local}", flush=True)
    if share:
        print(f"and for everyone at {public}" if public else str(GenClassError("no_share")), flush=True)
    if then is not None:
        then()
    demo.block_thread()
