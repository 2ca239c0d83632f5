"""The command export."""

from collections.abc import Callable
from pathlib import Path

from genclass.cli.arguments import MODEL, Commands
from genclass.models import store
from genclass.models.export import write_onnx
from genclass.models.web.page_file import write_html

# What may be written: (checkpoint folder, file) -> None.
FORMATS: dict[str, Callable[[Path, Path], None]] = {"onnx": write_onnx, "html": write_html}


def add(commands: Commands) -> None:
    parser = commands.add_parser("export", help="write a model as one file that serves without this package")
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument(
        "--format",
        choices=list(FORMATS),
        default="onnx",
        help="html: a page that answers by itself, offline; default: onnx",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="what is written")
    parser.set_defaults(command=lambda args: FORMATS[args.format](store.find(args.model), args.out))
