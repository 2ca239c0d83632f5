"""Two hosts inside this machine, joined by a cable:  python -m benchmarks.two_hosts torchrun|speed|ray|page|all

Linux, root; page needs caddy, ray needs Ray, libfaketime, sshfs, socat and openssh-sftp-server. Each host has its own
network, name and processes, and both see one folder: ``hosts.py``.

torchrun: a GAN and a classifier on both hosts: the weights of a run on one, also where a host's process is killed, a
host is switched off, or the cable is pulled, for 20 s or for good.
speed: images a second and bytes sent a step by what the cable carries, beside one host. Nothing else may run meanwhile.
ray: a head and a worker: placed, watched, stopped, resumed; a worker that dies, whose clock differs, or that does not
see the runs; ten runs at once.
page: a copy on each host behind Caddy on one, and a host that goes away in the middle of 20 visitors.
"""

import argparse
import importlib
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import hosts

PARTS = ("torchrun", "speed", "ray", "page")


def tried(part: str, two: hosts.Two, args: argparse.Namespace) -> dict[str, Any]:
    """What came of one part. What it takes is loaded for it alone: Gradio, for one, takes seconds."""
    module = importlib.import_module(f"benchmarks.hosts_{'torchrun' if part == 'speed' else part}")
    if part == "speed":
        return module.speeds(two, args.steps)
    return module.tried(two, args.trial or list(module.TRIALS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=[*PARTS, "all"])
    parser.add_argument("--trial", nargs="+", help="these alone, as the table names them")
    parser.add_argument("--steps", type=int, default=13, help="of speed; the first three warm up")
    args = parser.parse_args()
    if told := hosts.missing():
        parser.error(told)
    found = {}
    for part in PARTS if args.what == "all" else [args.what]:
        with tempfile.TemporaryDirectory(prefix="two-hosts-") as shared, hosts.two(Path(shared)) as two:
            found[part] = tried(part, two, args)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
