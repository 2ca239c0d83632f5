"""The command page: the lab in the browser, as ``python app.py`` opens it.

The page is reached by name only: the other commands stand without it, and Gradio is imported when the page is asked
for. What is wrong about the flags is told before, without the seconds which that takes.
"""

import argparse
import errno
import gc
import importlib
import os
import re
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from genclass.cli import faults
from genclass.cli.arguments import Commands
from genclass.errors import GenClassError, check_choice

SERVING = "genclass.ui.server.serving"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# The conventions of Gradio's own programs; a Space of its kind sets the first two.
HOST, PORT, ROOT_PATH, SHARE = (f"GRADIO_{name}" for name in ("SERVER_NAME", "SERVER_PORT", "ROOT_PATH", "SHARE"))
ORIGIN = re.compile(r"https?://(\*\.)?[\w.-]+(:\d+)?")
Read = TypeVar("Read")


def add(commands: Commands) -> None:
    parser = commands.add_parser("page", help="open the lab in the browser")
    add_arguments(parser)
    parser.set_defaults(command=page)


def main(argv: Sequence[str] | None = None) -> int:
    """What ``app.py`` runs; returns the exit status."""
    parser = argparse.ArgumentParser(description="The lab in the browser.")
    add_arguments(parser)
    args = parser.parse_args(argv)
    return faults.status_of(lambda: page(args))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of the page; a value from the environment is checked as a flag is."""
    parser.add_argument("--host", default=os.environ.get(HOST) or "127.0.0.1",
                        help=f"0.0.0.0 lets other machines in (default: ${HOST}, else 127.0.0.1)")  # fmt: skip
    parser.add_argument("--port", type=_flag(read_port), default=os.environ.get(PORT) or None,
                        help=f"default: ${PORT}, else the next free one from 7860 on")  # fmt: skip
    parser.add_argument("--share", action="store_const", const="true", default=os.environ.get(SHARE) or "false",
                        help=f"a public link through Gradio's own relay (default: ${SHARE})")  # fmt: skip
    parser.add_argument("--public", action="store_true", help="bounds what a visitor may train, hides others' runs")
    parser.add_argument("--no-train", action="store_true", help="without the tab Train")
    parser.add_argument("--launcher", choices=["process", "ray"], default="process", help="where runs are trained: "
                        "on this machine (default), or as jobs of a Ray cluster")  # fmt: skip
    parser.add_argument("--ray-address", metavar="ADDRESS", help="of the cluster's job server, as http://HEAD:8265")
    parser.add_argument("--root-path", type=_flag(read_root_path), default=os.environ.get(ROOT_PATH) or "",
                        help=f"where a proxy has put the page, as in /lab (default: ${ROOT_PATH})")  # fmt: skip
    parser.add_argument("--auth-file", type=_flag(read_logins),
                        help="who may come in: a file with one name:password a line")  # fmt: skip
    parser.add_argument("--embed-from", type=_flag(read_origin), nargs="+", default=[], metavar="ORIGIN",
                        help="sites that may show the page in a frame, as in https://lab.org")  # fmt: skip


def page(args: argparse.Namespace) -> None:
    """Serve the page until interrupted.

    Raises:
        GenClassError: ``no_page``, ``no_address``, ``port_taken`` or ``bad_choice``, or for a Ray cluster.
    """
    args.share = check_choice(SHARE, args.share.lower(), ["true", "false"]) == "true"
    check_address(args.host, args.port)
    for name in (HOST, PORT, ROOT_PATH, SHARE):
        os.environ.pop(name, None)  # read above; Gradio reads them once more, and takes no host of IPv6 from there
    keep_loopback_direct()
    gc.disable()  # until the page stands: all that is loaded stays, and going through it was a quarter of the start
    _serving().run(args)


def check_address(host: str, port: int | None) -> None:
    """Whether the page can be served there, on some port if none is given.

    Raises:
        GenClassError: ``port_taken``, or ``no_address`` for a host or port that this machine may not have.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host.strip("[]"), port or 0))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise GenClassError("port_taken", port=port) from error
        raise GenClassError("no_address", host=host, reason=error.strerror) from error


def keep_loopback_direct() -> None:
    """Whatever this process and those that it starts ask on this machine goes through no proxy."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    missing = [host for host in LOOPBACK if host not in map(str.strip, known.split(","))]
    if known != "*":
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(filter(None, [known, *missing]))


def _serving() -> ModuleType:
    try:
        return importlib.import_module(SERVING)
    except ModuleNotFoundError as error:
        raise GenClassError("no_page", name=error.name) from error


def _flag(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """A reader of ours as a type of ``argparse``."""

    def flag(text: str) -> Read:
        try:
            return read(text)
        except GenClassError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return flag


def read_port(text: str) -> int:
    """A port's number.

    Raises:
        GenClassError: ``bad_port``.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise GenClassError("bad_port", port=text)
    return int(text)


def read_root_path(text: str) -> str:
    """A path as a browser asks for it, or a whole address.

    Raises:
        GenClassError: ``bad_root_path``.
    """
    if text and not text.startswith(("/", "http://", "https://")):
        raise GenClassError("bad_root_path", path=text)
    return text


def read_origin(text: str) -> str:
    """A site as its pages name themselves, such as ``https://lab.org:8080``.

    Raises:
        GenClassError: ``bad_origin``.
    """
    if not ORIGIN.fullmatch(text):
        raise GenClassError("bad_origin", address=text)
    return text


def read_logins(path: str) -> list[tuple[str, str]]:
    """Who may come in: [(name, password)] from a text file with one ``name:password`` a line.

    Raises:
        GenClassError: ``no_logins`` for a file that can't be read or holds none, ``bad_login`` for another line.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise GenClassError("no_logins", path=path) from None
    pairs = [(number, line.partition(":")) for number, line in enumerate(lines, 1) if line.strip()]
    for number, (name, _, password) in pairs:
        if not name or not password:
            raise GenClassError("bad_login", path=path, line=number)
    if not pairs:
        raise GenClassError("no_logins", path=path)
    return [(name, password) for _, (name, _, password) in pairs]
