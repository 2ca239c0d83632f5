"""What goes wrong, told in a sentence on standard error, and the exit status that goes with it."""

import contextlib
import io
import os
import sys
from collections.abc import Callable

from genclass.errors import GenClassError

# What lies with the machine and not with the words of the command.
FAULTS = {
    "download_failed",
    "download_cut_off",
    "fetch_failed",
    "diverged",
    "crashed",
    "disk_full",
    "broken_checkpoint",
    "run_busy",
    "cannot_write",
    "export_differs",
    "not_made",
    "process_lost",
    "no_page",
    "no_address",
    "port_taken",
    "no_ray",
    "no_cluster",
    "cluster_full",
    "not_on_cluster",
    "not_on_node",
}
HUNG_UP, INTERRUPTED = 128 + 13, 128 + 2  # and the number of the signal


def status_of(command: Callable[[], int | None]) -> int:
    """Run a command; returns its exit status: 0, 1 for a failure, 2 for wrong usage, and what a shell says of a program
    that was interrupted or whose reader went away, as ``head`` does."""
    _write_any_letter()
    try:
        status = command() or 0
        print(end="", flush=True)  # or what is left to be written would fail unseen
        return status
    except GenClassError as error:
        print(f"genclass: {error}", file=sys.stderr)
        return 1 if error.code in FAULTS else 2
    except BrokenPipeError:
        _write_no_more()
        return HUNG_UP
    except KeyboardInterrupt:
        return INTERRUPTED


def _write_any_letter() -> None:
    """What a terminal or pipe has no letter for, a file's name above all, is written as its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _write_no_more() -> None:
    """Nobody reads any longer: what is still to be flushed goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, AttributeError):
            os.dup2(nowhere, stream.fileno())
