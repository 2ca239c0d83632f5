"""The command models."""

import argparse
import json

import genclass
from genclass.cli.arguments import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("models", help="list the models")
    parser.add_argument("--json", action="store_true", help="a list of objects, for programs")
    parser.set_defaults(command=models)


def models(args: argparse.Namespace) -> None:
    listed = genclass.list_models()
    if args.json:
        print(json.dumps(listed))
        return
    for model in listed:
        figures = ", ".join(f"{key} {_figure(metric)}" for key, metric in model["metrics"].items())
        print(f"{model['name']:32} {model['kind']:11} {model['dataset']:20} {figures}")


def _figure(metric: object) -> str:
    value = metric["value"] if isinstance(metric, dict) else metric
    return f"{value:.4g}" if isinstance(value, (int, float)) else str(value)
