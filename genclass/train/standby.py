"""A process that has everything loaded before it is told what to train:  python -m genclass train --stdin"""

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

LIKELY = Request(
    "gan", "fashion-mnist-mini", "quick", threads=machine.threads_beside_page()
)  # what is warmed up: the page's first choice


def words():
    """Get ready, then wait for a line: what it says, a list of words.

    The process ends with its standard input, so that it never outlives whoever started it without having been asked for
    anything.

    Raises:
        GenClassError: ``bad_words`` if the line is no JSON list of texts.
    """
    lines = _listened()
    _warm_up()
    found = _parsed(lines.get())
    _log_into(found)
    return found


def measure():
    """Measure the presets that this machine does not know yet, while standard input is open."""
    _listened()
    for request in machine.unmeasured():
        machine.measure_if_free(request)


def _listened():
    lines = queue.Queue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    return lines


def _listen(lines):
    line = sys.stdin.readline()
    if not line.endswith("\n"):  # half a line is no order: whoever wrote it is gone
        os._exit(0)
    lines.put(line)


def _warm_up():
    """One step of the likeliest run: files are read, threads started, kernels built."""
    torch.set_num_threads(LIKELY.threads)
    trainer = make_trainer(LIKELY, sources.load(LIKELY.data), total=1)
    known = machine.known(LIKELY, machine.shape_of(trainer.imageset))
    trainer.precision = known["precision"] if known else "float32"
    trainer.step(0)


def _parsed(line):
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise GenClassError("bad_words")
    return found


def _log_into(words):
    """What is printed from now on goes into the log of the run that is resumed, if it is one."""
    if words[:1] == ["--resume"] and len(words) > 1 and Path(words[1]).is_dir():
        log = os.open(Path(words[1]) / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
