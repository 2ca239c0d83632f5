"""The command line of GenClass: sample images, classify, train, measure, export, open the page.

A document asked for with --json is last on standard output; progress and messages go to standard error.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import genclass
from genclass.cli import classify, export, faults, fetch, measure, models, page, sample, train

COMMANDS = (models, sample, classify, train, measure, export, fetch, page)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status, as ``faults.status_of``."""
    return faults.status_of(lambda: _run(argv))


def _run(argv: Sequence[str] | None) -> int | None:
    args = build_parser().parse_args(argv)
    return args.command(args)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    program = "genclass" if Path(sys.argv[0]).stem == "genclass" else "python -m genclass"
    parser = argparse.ArgumentParser(prog=program, description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--version", action="version", version=genclass.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    return parser
