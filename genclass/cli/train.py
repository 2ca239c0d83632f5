"""The command train."""

import argparse
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from genclass.cli.arguments import Commands, pair
from genclass.errors import GenClassError
from genclass.train import ending, loop, standby
from genclass.train.distributed import ranks
from genclass.train.distributed.follow import follow
from genclass.train.presets import LASTING, PRESETS
from genclass.train.run import layout as run_folder
from genclass.train.run.longer import lengthen
from genclass.train.settings import Request


def add(commands: Commands) -> None:
    parser = commands.add_parser("train", help="train a model, or go on with a run")
    parser.add_argument("kind", nargs="?", choices=list(PRESETS), help="what to train")
    parser.add_argument("--resume", type=Path, metavar="RUN_DIR", help="go on with a run; with --epochs N until it has "
                        "N epochs in all, with --minutes X for X minutes more than it was to last so far")  # fmt: skip
    parser.add_argument("--stdin", action="store_true", help="get ready, then wait on standard input for one line: a "
                        "JSON list of the words that would follow `train`")  # fmt: skip
    parser.add_argument("--measure", action="store_true", help="measure what presets take on this machine, as the page "
                        "does once; ends with standard input")  # fmt: skip
    parser.add_argument("--data", metavar="NAME|FOLDER|ZIP", help="a data set's name, or one's own pictures in "
                        "a folder for each class")  # fmt: skip
    parser.add_argument("--classes-from", metavar="WHAT", help="what tells the classes of a folder or zip: "
                        "folder-N, names, column-NAME or nothing; what there is is said first")  # fmt: skip
    parser.add_argument("--preset", metavar="NAME", help="network and settings (default: airnet or gan)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides", type=pair,
                        help="a setting that differs from the preset's, as in flip=false; repeatable")  # fmt: skip
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=float, metavar="N", help="passes over the images (default: the preset's)")
    length.add_argument("--minutes", type=float, metavar="X", help="instead of epochs, about so long on this machine")
    parser.add_argument("--seed", type=int, default=0, help="the same one gives the same weights (default: 0)")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"], help="default: cpu")
    parser.add_argument("--threads", type=int, metavar="N", help="of the processor (default: one a core)")
    parser.add_argument("--name", help="public name of the run and its model")
    parser.add_argument("--out", type=Path, metavar="RUN_DIR", help="the run's folder; one that holds the same run "
                        "goes on")  # fmt: skip
    parser.set_defaults(command=lambda args: train(args, parser))


def train(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    if args.stdin:
        return train(parser.parse_args(standby.words()), parser)
    if args.measure:
        return standby.measure()
    if args.resume is None and (args.kind is None or args.data is None or args.out is None):
        parser.error("give a kind, --data and --out, or --resume RUN_DIR")
    path = args.resume or args.out
    if not ranks.leads():
        follow(path, lambda: _heed_signals(path))
        return
    if args.resume is None:
        request = request_of(args)
        ranks.check(request)
        run_folder.create(path, request)
    elif not ranks.restarted() and (args.epochs is not None or args.minutes is not None):
        lengthen(path, args.epochs, args.minutes)
    if ranks.restarted() and run_folder.read_status(path)["state"] == "finished":  # another failed after its last step
        with ranks.joined():
            return
    _train_telling(_resumed(path))


def request_of(args: argparse.Namespace) -> Request:
    """What the words ask for.

    Raises:
        GenClassError: as ``Request`` checks it.
    """
    overrides = dict(args.overrides) | ({} if args.epochs is None else {"epochs": args.epochs})
    where = Path(args.data)
    return Request(
        kind=args.kind,
        data=str(where.resolve()) if where.exists() else args.data,
        preset=args.preset or LASTING[args.kind],
        overrides=overrides,
        minutes=args.minutes,
        seed=args.seed,
        device=args.device,
        threads=args.threads,
        name=args.name,
        classes_from=args.classes_from,
    )


def _resumed(path: Path) -> Path:
    """The run folder, with no request to stop left over from before.

    Raises:
        GenClassError: ``not_a_run`` or ``run_over``.
    """
    state = run_folder.read_status(path)["state"]
    if state == "finished":
        raise GenClassError("run_over", action="resume")
    if state not in run_folder.LIVE:
        (path / "stop").unlink(missing_ok=True)
    return path


def _heed_signals(path: Path) -> None:
    """From now on Ctrl-C and SIGTERM ask for a clean stop, a second Ctrl-C kills."""

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        (path / "stop").touch()
        signal.signal(signum, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)


def _train_telling(path: Path) -> None:
    """Train with a line for each report, and of each warning when it comes."""
    _heed_signals(path)
    told: list[str] = []
    for progress in loop.train(path):
        warnings = progress.metrics["warnings"]
        warned = [warning["message"] for warning in warnings if warning["code"] != "mirror_twins"]  # the log has told
        figures = [f"{key} {value:.4g}" for key, value in progress.metrics.items() if key != "warnings"]
        new = [message for message in warned if message not in told]  # what goes on is said once
        told = warned
        print("  ".join([f"step {progress.step}/{progress.total}", *figures, *new]), file=sys.stderr, flush=True)
    for line in _ended(path):
        print(line, file=sys.stderr)


def _ended(path: Path) -> Iterator[str]:
    """How a run stands now that its training is over, and why it took less time than it was given, if it did."""
    status, score = run_folder.read_status(path), ending.score(run_folder.read_pictures(path))
    told = f", {score[0]} of {score[1]} test images right ({score[0] / score[1]:.0%})" if score else ""
    yield f"{status['name']}: {status['state']} at step {status['step']}{told}"
    early = ending.why_early(run_folder.read_request(path), run_folder.read_config(path), status)
    if early:
        yield str(early)
