"""The command line: python -m genclass models | sample | classify | train | evaluate | closed-loop | export.

A document asked for with --json is last on standard output; progress and messages go to standard error.
"""

import argparse
import json
import sys

import genclass
from genclass.cli import classify, export, measure, sample, train
from genclass.errors import GenClassError

# What lies with the machine and not with the words of the command.
FAULTS = {
    "download_failed",
    "diverged",
    "crashed",
    "disk_full",
    "broken_checkpoint",
    "run_busy",
    "cannot_write",
    "export_differs",
    "process_lost",
}


def main(argv=None):
    """Run one command; returns its exit status: 0, 1 for a failure, 2 for wrong usage."""
    args = build_parser().parse_args(argv)
    try:
        return args.command(args) or 0
    except GenClassError as error:
        print(f"genclass: {error}", file=sys.stderr)
        return 1 if error.code in FAULTS else 2


def build_parser():
    parser = argparse.ArgumentParser(prog="python -m genclass", description=__doc__.split("\n")[0])
    parser.add_argument("--version", action="version", version=genclass.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    measures = measure.add_evaluate, measure.add_closed_loop
    for add in (_add_models, sample.add, classify.add, train.add, *measures, export.add):
        add(commands)
    return parser


def _add_models(commands):
    parser = commands.add_parser("models", help="list the models")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(command=models)


def models(args):
    listed = genclass.list_models()
    if args.json:
        print(json.dumps(listed))
        return
    for model in listed:
        figures = ", ".join(f"{key} {_figure(metric)}" for key, metric in model["metrics"].items())
        print(f"{model['name']:32} {model['kind']:11} {model['dataset']:20} {figures}")


def _figure(metric):
    value = metric["value"] if isinstance(metric, dict) else metric
    return f"{value:.4g}" if isinstance(value, (int, float)) else str(value)
