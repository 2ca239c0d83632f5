"""Training processes on this machine: each is the command a person would type, and outlives the page and its server."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import psutil

from genclass import paths
from genclass.train.run import waiting

NICE = 10  # steps below this process: visitors' pictures come before training, which takes what is left
Stream = IO[str] | int | None


def train(path: Path) -> None:
    """Train a run folder in a process of its own, whose output goes into the folder. The status names it at once."""
    with open(path / "log.txt", "a") as log:
        process = launch("--resume", str(path), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    waiting.take_up(path, psutil.Process(process.pid))


def command(*words: str) -> list[str]:
    """The command line of a training: a list of words."""
    return [sys.executable, "-m", "genclass", "train", *words]


def launch(*words: str, stdin: Stream, stdout: Stream, stderr: Stream = None) -> subprocess.Popen[bytes]:
    """Start a training process as ``start`` does."""
    return start(command(*words), stdin, stdout, stderr)


def start(words: list[str], stdin: Stream, stdout: Stream, stderr: Stream = None) -> subprocess.Popen[bytes]:
    """Start a process of this package, detached, at low priority.

    Threads that wait for each other give way instead of spinning: where cores are shared, spinning costs ten times the
    speed (benchmarks/RESULTS.md).
    """
    found = os.pathsep.join(filter(None, [str(paths.ROOT), os.environ.get("PYTHONPATH")]))
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "PYTHONPATH": found}
    process = subprocess.Popen(
        words, start_new_session=True, env=environment, stdin=stdin, stdout=stdout, stderr=stderr
    )
    _lower(psutil.Process(process.pid))
    return process


def _lower(process: psutil.Process) -> None:
    if os.name == "posix":
        process.nice(min(psutil.Process().nice() + NICE, 19))
    else:
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
