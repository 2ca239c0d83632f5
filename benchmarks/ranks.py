"""N processes beside one:  python -m benchmarks.ranks losses | throughput | kill

losses: the same run, each preset, on one process and on two, float32: how far apart the losses of each step are.
throughput: images a second of two processes with a thread each, and of one process with two threads.
kill: a run under torchrun --max-restarts, one of whose processes is killed (SIGKILL) at a random moment: it must end with
the weights of an uninterrupted run, bit for bit.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import torch

from genclass import checkpoint, data
from genclass.train import folder as run_folder
from genclass.train import ranks
from genclass.train.settings import Request
from genclass.train.trainers import make_trainer

PRESETS = [
    ("classifier", "airnet"),
    ("classifier", "classic-cnn"),
    ("gan", "gan"),
    ("gan", "classic-gan"),
    ("gan", "transfer"),
]
WARM = 3  # steps before time is taken
SMALL = ["--set", "width=4", "--set", "batch=64"]
SMALL_GAN = [*SMALL, "--set", "discriminator_width=8", "--set", "features=false"]
fork = multiprocessing.get_context("fork")  # torch is loaded once


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def together(count, work, *arguments):
    """``work(*arguments)`` in ``count`` processes, as torchrun would start them: what each returns, in their order."""
    where = {"TORCHELASTIC_RUN_ID": "here", "TORCHELASTIC_RESTART_COUNT": "0", "MASTER_ADDR": "127.0.0.1",
             "MASTER_PORT": str(free_port()), "WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count)}  # fmt: skip
    pipes = [fork.Pipe(duplex=False) for _ in range(count)]
    started = [fork.Process(target=_one, args=(where, rank, pipes[rank][1], work, arguments)) for rank in range(count)]
    for process in started:
        process.start()
    for _, writing in pipes:
        writing.close()  # so that a process that dies is noticed
    found = [reading.recv() for reading, _ in pipes]
    for process in started:
        process.join()
    return found


def _one(where, rank, pipe, work, arguments):
    os.environ |= where | {"RANK": str(rank), "LOCAL_RANK": str(rank)}
    pipe.send(work(*arguments))


def steps(request, imageset, count, threads=1):
    """(the losses of ``count`` steps, a dict each; seconds a step took, but for the first few)."""
    torch.set_num_threads(threads)
    trainer = make_trainer(request, imageset, total=count)
    with ranks.joined() as group:
        group.share(trainer)
        found = [group.step(trainer, step) for step in range(WARM)] if ranks.leads() else group.follow(trainer)
        begun = time.perf_counter()
        found = found and found + [group.step(trainer, step) for step in range(WARM, count)]
        seconds = (time.perf_counter() - begun) / max(count - WARM, 1)
    return found and [{key: float(value) for key, value in metrics.items()} for metrics in found], seconds


def losses(count, sources):
    """Largest difference of a loss between one process and two, over ``count`` steps."""
    found = {}
    print("| preset | data | batch | apart, first step | at most | last step |\n|---|---|---|---|---|---|")
    for kind, preset in PRESETS:
        request = Request(kind, sources[kind], preset, threads=1)
        imageset = data.load(request.data)
        one, two = (together(processes, steps, request, imageset, count)[0][0] for processes in (1, 2))
        apart = [max(abs(a[key] - b[key]) for key in a if "loss" in key) for a, b in zip(one, two)]
        found[preset] = {"first": apart[0], "most": max(apart), "last": apart[-1]}
        print(f"| `{preset}` ({kind}) | {request.data} | {request.settings().batch} | {apart[0]:.1e} | {max(apart):.1e} "
              f"| {apart[-1]:.1e} |", flush=True)  # fmt: skip
    return found
