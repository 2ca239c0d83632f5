"""A training process kept ready, with everything loaded, so that a run starts at once.

``genclass.train.standby`` is its own side. It ends with this process unless it was given something to do.
"""

import atexit
import json
import subprocess
import threading
from pathlib import Path
from typing import IO, TypeGuard

import psutil

from genclass.jobs import local
from genclass.train import machine
from genclass.train.run import waiting

REST_SECONDS = 5  # before another process is made ready: the run that was just started goes first


def train(path: Path) -> None:
    """Train a run folder in the process kept ready, or in a new one. The status names it at once."""
    if not spare.take(path):
        local.train(path)


def keep_one_ready() -> None:
    """From now on keep a process ready; another measures this machine, once, if that was not done yet."""
    spare.wanted = True
    spare.renew()


class Spare:
    """The process that is kept ready, and the one that measures."""

    def __init__(self) -> None:
        self.wanted, self.lock = False, threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.measurer: subprocess.Popen[bytes] | None = None

    def renew(self) -> None:
        """Start those that are not there; one that measures only while there is something to measure."""
        with self.lock:
            if self.wanted and not _is_running(self.process):
                self.process = local.launch("--stdin", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            if self.wanted and not _is_running(self.measurer) and next(machine.unmeasured(), None) is not None:
                self.measurer = local.launch("--measure", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def take(self, path: Path) -> bool:
        """Let it train a run folder; False where none is ready. A run does not wait for what is being measured."""
        with self.lock:
            process, self.process = self.process, None
            if _is_running(self.measurer):
                self.measurer.kill()
        if self.wanted:
            later = threading.Timer(REST_SECONDS, self.renew)
            later.daemon = True
            later.start()
        if not _is_running(process):
            return False
        waiting.take_up(path, psutil.Process(process.pid))
        return _tell(process, ["--resume", str(path)])

    def close(self) -> None:
        """Keep none ready any more; those that wait end."""
        with self.lock:
            self.wanted = False
            for process in filter(None, (self.process, self.measurer)):
                _input_of(process).close()
                process.wait()
            self.process = self.measurer = None


def _is_running(process: subprocess.Popen[bytes] | None) -> TypeGuard[subprocess.Popen[bytes]]:
    return process is not None and process.poll() is None


def _tell(process: subprocess.Popen[bytes], words: list[str]) -> bool:
    """Send a waiting process its words; False if it has died meanwhile."""
    try:
        with _input_of(process) as pipe:
            pipe.write((json.dumps(words) + "\n").encode())
    except BrokenPipeError:
        return False
    return True


def _input_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None  # each was started with a pipe
    return process.stdin


spare = Spare()
atexit.register(spare.close)
