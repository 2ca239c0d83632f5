"""The command fetch."""

import argparse
import sys
from pathlib import Path

from genclass.cli.arguments import Commands
from genclass.files import sizes
from genclass.models import fetch


def add(commands: Commands) -> None:
    parser = commands.add_parser("fetch", help="download a pretrained classifier of the library timm")
    parser.add_argument("name", metavar="timm/NAME", help="timm's name, such as timm/resnet18")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="take them from this safetensors file instead of "
                        "downloading them")  # fmt: skip
    parser.add_argument("--yes", action="store_true", help="don't ask first")
    parser.set_defaults(command=fetched)


def fetched(args: argparse.Namespace) -> int:
    """1 where the answer is no, or nobody is there to give one."""
    offer = fetch.offered(args.name)
    told = f"timm/{offer.name}: about {sizes.in_words(offer.megabytes * 1e6)} are downloaded, licence {offer.licence}."
    if not args.weights and not args.yes and not _agreed(told):
        print("Nothing was downloaded.", file=sys.stderr)
        return 1
    fetch.fetch(offer, args.weights)
    print(offer.model)
    return 0


def _agreed(told: str) -> bool:
    print(f"{told} Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
