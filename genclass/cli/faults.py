"""What goes wrong, told in a sentence on standard error, and the exit status that goes with it."""

import sys
from collections.abc import Callable

from genclass.errors import GenClassError

# What lies with the machine and not with the words of the command.
FAULTS = {
    "download_failed",
    "download_cut_off",
    "diverged",
    "crashed",
    "disk_full",
    "broken_checkpoint",
    "run_busy",
    "cannot_write",
    "export_differs",
    "process_lost",
    "no_page",
    "no_address",
    "port_taken",
    "no_ray",
    "no_cluster",
    "cluster_full",
    "not_on_cluster",
}


def status_of(command: Callable[[], int | None]) -> int:
    """Run a command; returns its exit status: 0, 1 for a failure, 2 for wrong usage."""
    try:
        return command() or 0
    except GenClassError as error:
        print(f"genclass: {error}", file=sys.stderr)
        return 1 if error.code in FAULTS else 2
