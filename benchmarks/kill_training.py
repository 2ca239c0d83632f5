"""Training survives kill -9:  python -m benchmarks.kill_training [--random N] [--writes EVERY] [--cut N] [--kind gan]

A small run that reports and saves at every step is killed (SIGKILL) at N random moments, and at every EVERY-th access
to a file of its folder, one kill for each try. After each: its folder can be read, no state that was there is lost, and
resuming it ends with the weights of an uninterrupted run, bit for bit.

With ``--cut N`` the newest state of such a run is cut off, or one byte of it changed, at N random places: what is read
is the state before it, exactly, and of every 100th the run is resumed, says so, and ends with the same weights.
"""

import argparse
import dataclasses
import functools
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import load_file

from genclass.data import imageset, sources
from genclass.models import checkpoint, store
from genclass.train import loop
from genclass.train.run import layout as run_folder
from genclass.train.run.writer import RunFolder
from genclass.train.settings import Request

SMALL = {
    "classifier": ("airnet", {"width": 4, "batch": 64, "epochs": 1}),
    "gan": ("gan", {"width": 4, "discriminator_width": 8, "z_dim": 6, "batch": 64, "epochs": 1, "features": False}),
}
EVENTS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.listdir", "os.scandir")
RESUMED = 100  # of so many spoilt states one is gone on with
DATA = "fashion-mnist-mini"
KEPT = {"trai": 400, "test": 50}
processes = multiprocessing.get_context("fork")  # torch is loaded once


def make(path, kind):
    """A run folder of a handful of steps."""
    preset, settings = SMALL[kind]
    run_folder.create(path, Request(kind, DATA, preset, settings, threads=1, name="killed"))
    return path


def train(path, kill_at=None, counted=None):
    """Train to the end, in a process of its own; or until the access number ``kill_at`` to a file of the run."""
    loop.REPORT_SECONDS = loop.SAVE_SECONDS = loop.PICTURE_SECONDS = -1.0  # everything at every step
    loop.PICTURE_SHARE = 1e9
    torch.set_num_threads(1)
    if kill_at is not None or counted is not None:
        sys.addaudithook(_counting(str(path), kill_at, counted))
    for _ in loop.train(path):
        pass


def _counting(inside, kill_at, counted):
    count = 0

    def seen(event, arguments):
        nonlocal count
        if event in EVENTS and arguments and str(arguments[0]).startswith(inside):
            count += 1
            if counted is not None:
                counted.value = count
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    return seen


def run(path, seconds=None, **options):
    """Train in a process; kill it after so many seconds, if it still goes on. Returns its exit code and seconds."""
    process = processes.Process(target=train, args=(path,), kwargs=options)
    begun = time.monotonic()
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
    process.join()
    return process.exitcode, time.monotonic() - begun


def weights(path):
    """Hashes of the finished model's weights."""
    return checkpoint.read_config(store.newest_model(path))["sha256"]


def check(path, expected, least_step=0):
    """After a kill: what must hold. Returns the step of the newest state."""
    assert run_folder.read_status(path)["state"] in ("interrupted", "queued", "finished"), run_folder.read_status(path)
    run_folder.read_metrics(path), run_folder.last_metrics(path), run_folder.read_pictures(path)
    step = run_folder.newest_step(path)
    assert step >= least_step, f"state {least_step} was there, now {step} is"
    code, _ = run(path)
    assert code == 0 and run_folder.read_status(path)["state"] == "finished", (code, run_folder.read_status(path))
    assert weights(path) == expected, "other weights"
    assert not list(path.rglob("*.partial"))
    return step


def few(load, name, size=32, classes_from=None):
    """A part of a set, so that steps and reports take no time."""
    whole = load(name, size, classes_from)
    thin = {part: getattr(whole, part)[:: len(getattr(whole, part)) // KEPT[part[:4]]] for part in imageset.PARTS}
    return dataclasses.replace(whole, **thin)


class Trial:
    """An uninterrupted run to compare with, and a folder for all others."""

    def __init__(self, folder, kind):
        os.environ["GENCLASS_RUNS"] = str(folder / "elsewhere")
        sources.load = functools.cache(functools.partial(few, sources.load))
        sources.load(DATA)
        torch.optim.SGD([torch.zeros(1)])  # what optimizers import takes seconds: once, not in each process
        self.folder, self.kind, counted = folder, kind, processes.Value("i", 0)
        whole = make(folder / "whole", kind)
        code, _ = run(whole)
        assert code == 0
        self.expected = weights(whole)
        again = make(folder / "again", kind)
        _, self.seconds = run(again, counted=counted)
        assert weights(again) == self.expected
        self.accesses = counted.value

    def at_random(self, generator):
        """Kill at a random moment."""
        path = make(self.folder / "run", self.kind)
        code, _ = run(path, seconds=generator.uniform(0.02, self.seconds))
        assert code in (0, -signal.SIGKILL), code  # it had ended, or was killed
        check(path, self.expected)
        shutil.rmtree(path)
        return code == -signal.SIGKILL

    def at_access(self, number, least_step):
        """Kill at the access to a file with this number; returns the newest state's step."""
        path = make(self.folder / "run", self.kind)
        code, _ = run(path, kill_at=number)
        assert code == -signal.SIGKILL, code
        step = check(path, self.expected, least_step)
        shutil.rmtree(path)
        return step

    def spoilt(self, count, generator):
        """Spoil the newest of two states at so many places; returns at how many it was read all the same."""
        path = make(self.folder / "run", self.kind)
        run(path, kill_at=self.accesses * 3 // 4)
        newest, before = store.numbered(path / "state")
        tensors = {state: load_file(state / "state.safetensors") for state in (newest, before)}
        unharmed = 0
        for tried in range(1, count + 1):
            file = newest / generator.choice(("state.safetensors",) * 4 + ("state.json",))
            sound = file.read_bytes()
            file.write_bytes(spoil(sound, generator))
            step, read = RunFolder(path).newest_state()
            found = newest if step == int(newest.name) else before
            assert step == int(found.name) and read.keys() == tensors[found].keys()
            assert all(torch.equal(value, read[key]) for key, value in tensors[found].items())
            assert run_folder.spoilt_step(path) == (int(newest.name) if found is before else None)
            unharmed += found is newest
            if found is before and tried % RESUMED == 0:
                self._resumes(path, newest, before)
            file.write_bytes(sound)
            told(tried, count, f"spoilt at {tried} places, at {unharmed} without harm; else the one before is read")
        return unharmed

    def _resumes(self, path, newest, before):
        """A copy of a run whose newest state is spoilt goes on from the one before, and says so."""
        copy = self.folder / "copy"
        shutil.copytree(path, copy)
        check(copy, self.expected, int(before.name))
        warned = [warning for line in run_folder.read_metrics(copy) for warning in line["warnings"]]
        assert {"step": int(newest.name), "kept": int(before.name)} in [one["values"] for one in warned], warned
        shutil.rmtree(copy)


def spoil(data, generator):
    """Bytes cut off, or with one of them changed, at a random place."""
    place = generator.randrange(len(data))
    if generator.random() < 0.5:
        return data[:place]
    return data[:place] + bytes([data[place] ^ generator.randrange(1, 256)]) + data[place + 1 :]


def told(count, most, words):
    """Say so now and then."""
    if count % 50 == 0 or count == most:
        print(words, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=100)
    parser.add_argument("--writes", type=int, default=1, metavar="EVERY", help="0: not at all")
    parser.add_argument("--cut", type=int, default=0, metavar="N")
    parser.add_argument("--kind", choices=list(SMALL), default="classifier")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial, generator = Trial(Path(folder), args.kind), random.Random(args.seed)
        print(f"{args.kind}: {trial.accesses} accesses to files in {trial.seconds:.1f} s", flush=True)
        killed = 0
        for tried in range(1, args.random + 1):
            killed += trial.at_random(generator)
            told(tried, args.random, f"killed {killed} times at random, the other runs had ended before: nothing lost")
        step, tries = 0, range(1, trial.accesses + 1, args.writes) if args.writes else ()
        for tried, number in enumerate(tries, 1):
            step = trial.at_access(number, step)
            told(tried, len(tries), f"killed at {tried} of {trial.accesses} accesses: nothing lost")
        unharmed = trial.spoilt(args.cut, generator) if args.cut else 0
    found = {"random": killed, "accesses": len(tries), "spoilt": args.cut, "spoilt_unharmed": unharmed, "lost": 0}
    print(json.dumps({"kind": args.kind, **found}))


if __name__ == "__main__":
    main()
