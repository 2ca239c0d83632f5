"""The command export."""

from pathlib import Path

from genclass.cli.arguments import MODEL, Commands
from genclass.models import store
from genclass.models.export import FORMATS


def add(commands: Commands) -> None:
    parser = commands.add_parser("export", help="write a model as one file that serves without this package")
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument("--format", choices=list(FORMATS), default="onnx", help="default: onnx")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="what is written")
    parser.set_defaults(command=lambda args: FORMATS[args.format](store.find(args.model), args.out))
