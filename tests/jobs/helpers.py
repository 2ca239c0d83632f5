"""Runs in processes of their own: small ones asked for, and waited for."""

import time

from genclass.jobs import runs
from genclass.train.settings import Request
from tests.stand_ins import know

TINY = {"width": 4, "discriminator_width": 8, "batch": 16, "epochs": 50, "features": False}


def request(**changes):
    values = {"kind": "gan", "data": "fashion-mnist-mini", "preset": "gan", "overrides": TINY, "threads": 1}
    return know(Request(**values | changes))


def wait(run_id, until, seconds=240):
    """The first status for which ``until`` holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status = runs.status(run_id)
        if until(status):
            return status
        time.sleep(0.1)
    raise AssertionError(f"still {status} after {seconds} s")


def ended(status):
    return status["state"] not in ("queued", "running", "stopping")
