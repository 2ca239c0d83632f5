"""Training processes: each is the command a person would type, and outlives the page and its server.

One may be kept ready, with everything loaded, so that a run starts at once. It ends with this process unless it was
given something to do.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil

from genclass.train import machine
from genclass.train.run import layout as run_folder

ROOT = Path(__file__).parents[2]
NICE = 10  # steps below this process: visitors' pictures come before training, which takes what is left
REST_SECONDS = 5  # before another process is made ready: the run that was just started goes first


def command(*words):
    """The command line of a training: a list of words."""
    return [sys.executable, "-m", "genclass", "train", *words]


def train(path):
    """Train a run folder in a process of its own: the one kept ready, if there is one. The status names it at once."""
    words = ["--resume", str(path)]
    if not _spare.take(path, words):
        with open(path / "log.txt", "a") as log:
            process = _launch(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        run_folder.take_up(path, psutil.Process(process.pid))


def keep_one_ready():
    """From now on keep a process ready; another measures this machine, once, if that was not done yet."""
    _spare.wanted = True
    _spare.renew()


def waiting():
    """The process that is kept ready (a ``subprocess.Popen``), or None."""
    return _spare.process


def let_go():
    """Keep none ready any more; the one that waits ends."""
    _spare.close()


def _launch(words, **streams):
    """Start a training process, detached, at low priority.

    Threads that wait for each other give way instead of spinning: where cores are shared, spinning costs ten times the
    speed (benchmarks/RESULTS.md).
    """
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command(*words), start_new_session=True, env=environment, **streams)
    _lower(psutil.Process(process.pid))
    return process


def _lower(process):
    if os.name == "posix":
        process.nice(min(psutil.Process().nice() + NICE, 19))
    else:
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)


class _Spare:
    """The process that is kept ready, and the one that measures."""

    def __init__(self):
        self.wanted, self.process, self.measurer, self.lock = False, None, None, threading.Lock()

    def renew(self):
        """Start those that are not there; one that measures only while there is something to measure."""
        with self.lock:
            if self.wanted and not _goes_on(self.process):
                self.process = _launch(["--stdin"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=None)
            if self.wanted and not _goes_on(self.measurer) and next(machine.unmeasured(), None) is not None:
                self.measurer = _launch(["--measure"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def take(self, path, words):
        """Give it its words; False where there is none that listens. A run does not wait for what is being measured."""
        with self.lock:
            process, self.process = self.process, None
            if _goes_on(self.measurer):
                self.measurer.kill()
        if self.wanted:
            later = threading.Timer(REST_SECONDS, self.renew)
            later.daemon = True
            later.start()
        if not _goes_on(process):
            return False
        run_folder.take_up(path, psutil.Process(process.pid))
        return _said(process, words)

    def close(self):
        with self.lock:
            self.wanted = False
            for process in filter(None, (self.process, self.measurer)):
                process.stdin.close()
                process.wait()
            self.process = self.measurer = None


def _goes_on(process):
    return process is not None and process.poll() is None


def _said(process, words):
    try:
        process.stdin.write((json.dumps(words) + "\n").encode())
        process.stdin.close()
    except BrokenPipeError:  # it died meanwhile
        return False
    return True


_spare = _Spare()
atexit.register(let_go)
