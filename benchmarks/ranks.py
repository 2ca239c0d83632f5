"""N processes beside one:  python -m benchmarks.ranks losses | throughput | kill

losses: each preset on one process and on two: how far apart the losses of the same step are, in float32 and in float64.
Beside it what float32 alone does: one process that takes the images of every batch in the opposite order.
throughput: images a second of two processes with a thread each, and of one process with two threads.
kill: a run under torchrun --max-restarts, one of whose processes is killed (SIGKILL) at a random moment: it must end
with the weights of an uninterrupted run, bit for bit.
"""

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import torch

from benchmarks.latency import free_port
from genclass.cli import main as cli
from genclass.data import sources
from genclass.models import checkpoint, store
from genclass.train import loop
from genclass.train.distributed import ranks
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request
from genclass.train.trainer import make_trainer

PRESETS = {
    "airnet": ("classifier", "cifar10-mini", {"batch": 64, "width": 16}),
    "classic-cnn": ("classifier", "cifar10-mini", {}),
    "gan": ("gan", "fashion-mnist-mini", {}),
    "classic-gan": ("gan", "fashion-mnist-mini", {"batch": 32}),
    "transfer": ("gan", "fashion-mnist-mini", {}),  # augmented
}
WARM = 3  # steps before time is taken
TINY = ["--set", "width=4", "--set", "discriminator_width=8", "--set", "features=false", "--set", "batch=64"]
KILLED = ["gan", "--data", "fashion-mnist-mini", *TINY, "--epochs", "0.2", "--threads", "1", "--name", "killed"]
fork = multiprocessing.get_context("fork")  # torch is loaded once


def together(count, work, *arguments):
    """``work(*arguments)`` in ``count`` processes, as torchrun would start them: what each returns, in their order."""
    torch.optim.SGD([torch.zeros(1)])  # what optimizers import takes seconds: once, not in each process
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


class Reversed(ranks.Alone):
    """One process that takes a batch from its end: the same sums, rounded otherwise."""

    def slices(self, *batch):
        return [None if tensor is None else tensor.flip(0) for tensor in batch]


def in_float64():
    """From now on this process computes in float64 where it would in float32."""
    torch.set_default_dtype(torch.float64)
    torch.Tensor.float = torch.Tensor.double


def steps(request, count, double=False, alone=ranks.ALONE):
    """(losses of ``count`` steps, a dict each, or None in a process that follows; seconds a step took; bytes of a step
    that left this machine)."""
    torch.set_num_threads(request.threads)
    if double:
        in_float64()
    trainer = make_trainer(request, sources.load(request.data), total=count)
    trainer.ranks = alone
    with ranks.joined() as group:
        group.share(trainer)
        group = trainer.ranks
        if not ranks.leads():
            return group.follow(trainer), None, None
        found = [group.step(trainer, step) for step in range(WARM)]
        begun, before, timed = time.perf_counter(), sent(), max(count - WARM, 1)
        found += [group.step(trainer, step) for step in range(WARM, count)]
        seconds, each = (time.perf_counter() - begun) / timed, (sent() - before) / timed
    return [{key: float(value) for key, value in metrics.items()} for metrics in found], seconds, each


def sent():
    """Bytes that have left this machine since it was switched on."""
    devices = psutil.net_io_counters(pernic=True)
    return sum(counted.bytes_sent for name, counted in devices.items() if name != "lo")


def request_of(preset, threads=1):
    kind, source, changes = PRESETS[preset]
    return Request(kind, source, preset, changes, threads=threads)


def apart(one, other):
    """For each step the largest difference of a loss."""
    return [max(abs(a[key] - b[key]) for key in a if "loss" in key) for a, b in zip(one, other)]


def losses(count, presets):
    print(
        "| preset | batch | first step | most | float64, most | reversed batches, first step | most |\n|" + "---|" * 7
    )
    found = {}
    for preset in presets:
        request, told = request_of(preset), {}
        one, two = (together(processes, steps, request, count)[0][0] for processes in (1, 2))
        told["float32"] = apart(one, two)
        told["reversed"] = apart(one, together(1, steps, request, count, False, Reversed())[0][0])
        told["float64"] = apart(*(together(processes, steps, request, count, True)[0][0] for processes in (1, 2)))
        found[preset] = {key: {"first": values[0], "most": max(values)} for key, values in told.items()}
        cells = [
            told["float32"][0],
            max(told["float32"]),
            max(told["float64"]),
            told["reversed"][0],
            max(told["reversed"]),
        ]
        print(
            f"| `{preset}` | {request.settings().batch} | " + " | ".join(f"{cell:.1e}" for cell in cells) + " |",
            flush=True,
        )
    return found


def throughput(count, presets):
    print("| preset | batch | one process, one thread | one, two threads | two, one thread each |\n|" + "---|" * 5)
    found = {}
    for preset in presets:
        batch, speeds = request_of(preset).settings().batch, {}
        for label, processes, threads in (("1x1", 1, 1), ("1x2", 1, 2), ("2x1", 2, 1)):
            speeds[label] = batch / together(processes, steps, request_of(preset, threads), count)[0][1]
        found[preset] = speeds
        print(f"| `{preset}` | {batch} | " + " | ".join(f"{speed:.0f}" for speed in speeds.values()) + " |", flush=True)
    return found


def eager(words):
    """The command line, with a report, a state and a model at every step."""
    loop.REPORT_SECONDS = loop.SAVE_SECONDS = -1.0
    return cli.main(words)


def under_torchrun(path, disturb=lambda agent: None):
    """Train by two processes of torchrun, in fresh interpreters; returns the hashes of the weights.

    Args:
        disturb: is given torchrun's process while they train.
    """
    start = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--max-restarts", "4"]
    start += ["--rdzv-backend", "c10d", "--rdzv-endpoint", f"127.0.0.1:{free_port()}"]
    words = ["-m", "benchmarks.ranks", "eager", "train", *KILLED, "--out", str(path)]
    with subprocess.Popen([*start, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as agent:
        log = []
        reader = threading.Thread(target=lambda: log.extend(agent.stderr))
        reader.start()
        try:
            disturb(agent)
            agent.wait()
        finally:
            agent.terminate()
            reader.join()
    state = run_folder.read_status(path)
    assert agent.returncode == 0 and state["state"] == "finished", (agent.returncode, state, "".join(log)[-3000:])
    return checkpoint.read_config(store.newest_model(path))["sha256"]


def killed(path, generator):
    """The same, one of the two processes killed after a random step."""
    return under_torchrun(path, lambda agent: _kill_one(agent, path, generator))


def _kill_one(agent, path, generator):
    """Wait for a random step and a moment more, then kill a random one of the agent's two processes."""
    after = generator.randint(1, 8)
    while len(run_folder.read_metrics(path)) < after:
        assert agent.poll() is None, "it ended by itself"
        time.sleep(0.01)
    workers = [child for child in psutil.Process(agent.pid).children() if "benchmarks.ranks" in child.cmdline()]
    assert len(workers) == 2, workers
    time.sleep(generator.uniform(0, 0.2))
    generator.choice(workers).kill()


def kill(count, seed):
    generator = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        expected = under_torchrun(Path(folder, "whole"))
        for tried in range(count):
            assert killed(Path(folder, str(tried)), generator) == expected, "other weights"
            print(f"killed {tried + 1} of {count} times: the same weights", flush=True)
    return {"killed": count, "the_same": count}


def main():
    if sys.argv[1:2] == ["eager"]:
        sys.exit(eager(sys.argv[2:]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["losses", "throughput", "kill"])
    parser.add_argument("--count", type=int, help="steps (default: 100, for throughput 20), or kills (20)")
    parser.add_argument("--preset", action="append", choices=list(PRESETS))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    presets = args.preset or list(PRESETS)
    measure = {
        "losses": lambda: losses(args.count or 100, presets),
        "throughput": lambda: throughput(args.count or 20, presets),
        "kill": lambda: kill(args.count or 20, args.seed),
    }
    print(json.dumps({args.what: measure[args.what]()}))


if __name__ == "__main__":
    main()
