"""The command export."""

from pathlib import Path

from genclass.cli.arguments import Commands
from genclass.models import store
from genclass.models.export import FORMATS


def add(commands: Commands) -> None:
    parser = commands.add_parser("export", help="write a model as one file that serves without this package")
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("--format", choices=list(FORMATS), default="onnx")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True)
    parser.set_defaults(command=lambda args: FORMATS[args.format](store.find(args.model), args.out))
