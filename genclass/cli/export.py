"""The command export."""

from pathlib import Path

import genclass
from genclass.cli.arguments import MODEL, Commands
from genclass.models.formats import FORMATS


def add(commands: Commands) -> None:
    parser = commands.add_parser("export", help="write a model as a file or folder that serves without this package")
    parser.add_argument("model", metavar="MODEL", nargs="+", help=f"{MODEL}; several with --format web")
    parser.add_argument(
        "--format",
        choices=list(FORMATS),
        default="onnx",
        help="html: a page that answers by itself, offline; web: the same as a folder to host, of several models a "
        "gallery; default: onnx",
    )
    parser.add_argument("--out", type=Path, metavar="PATH", required=True,
                        help="the file that is written; with --format web a folder, new or empty")  # fmt: skip
    parser.set_defaults(command=lambda args: genclass.export(args.model, args.out, args.format))
