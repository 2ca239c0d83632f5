"""A process that has everything loaded before it is told what to train:  python -m genclass train --stdin

This is its own side; ``genclass.jobs.prewarm`` starts it and hands it a run.
"""

import importlib
import json
import os
import queue
import sys
import threading
from pathlib import Path

import torch

from genclass.data import sources
from genclass.errors import GenClassError
from genclass.train import machine
from genclass.train.settings import Request
from genclass.train.trainer import make_trainer

OPENING = 15.0  # seconds in which the page is likely to be opened for the first time, with which nothing should compete
THREADS = machine.threads_beside_page()
LIKELY = Request("gan", "fashion-mnist-mini", "quick", threads=THREADS)  # what is warmed up: the page's first choice


def words() -> list[str]:
    """Get ready, then wait for a line on standard input: a JSON list of the words that would follow ``train``.

    The process ends with its standard input, so that it does not outlive the page unless it was given a run.

    Raises:
        GenClassError: ``bad_words`` if the line is no JSON list of texts.
    """
    lines = _listened()
    _warm_up()
    found = _parsed(_ordered(lines))
    _log_into(found)
    return found


def measure() -> None:
    """Measure the presets that this machine does not know yet, while standard input is open."""
    _listened()
    for request in machine.unmeasured():
        machine.measure_if_free(request)


def _listened() -> queue.Queue[str]:
    """Where the first line of standard input arrives."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    return lines


def _listen(lines: queue.Queue[str]) -> None:
    line = sys.stdin.readline()
    if not line.endswith("\n"):  # half a line is no order: its writer is gone
        os._exit(0)
    lines.put(line)


def _warm_up() -> None:
    """One step of the likeliest run: files are read, threads started, kernels built."""
    torch.set_num_threads(THREADS)
    trainer = make_trainer(LIKELY, sources.load(LIKELY.data), total=1)
    known = machine.known(LIKELY, machine.shape_of(trainer.imageset))
    trainer.precision = known["precision"] if known else "float32"
    trainer.step(0)


def _ordered(lines: queue.Queue[str]) -> str:
    """The line, once it is there. If that takes a while, what a run on photos imports is there as well: it takes some
    seconds."""
    try:
        return lines.get(timeout=OPENING)
    except queue.Empty:
        importlib.import_module("timm")
        return lines.get()


def _parsed(line: str) -> list[str]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise GenClassError("bad_words")
    return found


def _log_into(words: list[str]) -> None:
    """What is printed from now on goes into the log of the run that is resumed, if it is one."""
    if words[:1] == ["--resume"] and len(words) > 1 and Path(words[1]).is_dir():
        log = os.open(Path(words[1]) / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
