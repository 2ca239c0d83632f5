"""The command line: python -m genclass models | sample | classify | train | evaluate | closed-loop | export.

A document asked for with --json is last on standard output; progress and messages go to standard error.
"""

import argparse
import json
import signal
import sys
from pathlib import Path

from tqdm import tqdm

import genclass
from genclass import checkpoint, cli_measure, cli_sample, decode, explain, images
from genclass.classify import Classifier
from genclass.errors import GenClassError
from genclass.export import export
from genclass.many import verdicts
from genclass.train import folder as run_folder
from genclass.train import ranks, warm
from genclass.train.follow import follow
from genclass.train.loop import train
from genclass.train.settings import LASTING, PRESETS, Request

EXPLAINED = 320  # pixels of a side of the picture that --explain draws
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
    measures = cli_measure.add_evaluate, cli_measure.add_closed_loop
    for add in (_add_models, cli_sample.add, _add_classify, _add_train, *measures, _add_export):
        add(commands)
    return parser


def _add_models(commands):
    parser = commands.add_parser("models", help="list the models")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(command=models)


def _add_classify(commands):
    parser = commands.add_parser("classify", help="say what images show")
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="images, or folders of them")
    parser.add_argument("--top", type=int, default=5, metavar="K")
    parser.add_argument("--explain", type=Path, metavar="FILE.png", help="draw why: Grad-CAM of one image's best class")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(command=classify)


def _add_train(commands):
    parser = commands.add_parser("train", help="train a model, or go on with a run")
    parser.add_argument("kind", nargs="?", choices=list(PRESETS))
    parser.add_argument("--resume", type=Path, metavar="RUN_DIR", help="go on with a run; with --epochs N until it has "
                        "N epochs in all, with --minutes X for X minutes more than it was to last so far")  # fmt: skip
    parser.add_argument("--stdin", action="store_true", help="get ready, then wait on standard input for one line: a "
                        "JSON list of the words that would follow `train`")  # fmt: skip
    parser.add_argument("--measure", action="store_true", help="measure what presets take on this machine, as the page "
                        "does once; ends with standard input")  # fmt: skip
    parser.add_argument("--data", metavar="NAME|FOLDER|ZIP")
    parser.add_argument("--preset", metavar="NAME", help="default: airnet or gan")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides", type=cli_sample.pair
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=float)
    length.add_argument("--minutes", type=float)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--threads", type=int)
    parser.add_argument("--name", help="public name of the run and its model")
    parser.add_argument("--out", type=Path, metavar="RUN_DIR")
    parser.set_defaults(command=lambda args: train_command(args, parser))


def _add_export(commands):
    parser = commands.add_parser("export", help="write a model as one file that serves without this package")
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("--format", choices=["onnx"], default="onnx")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True)
    parser.set_defaults(command=lambda args: export(checkpoint.find(args.model), args.out))


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


def _load(name, kind):
    return kind.load(checkpoint.find(name))


def classify(args):
    classifier = _load(args.model, Classifier)
    if not 1 <= args.top <= 1000:
        raise GenClassError("out_of_range", field="top", low=1, high=1000)
    paths = list(_walk(args.paths))
    if args.explain is not None and len(paths) != 1:
        raise GenClassError("one_image", count=len(paths))
    failed = False
    with tqdm(total=len(paths), unit=" images", disable=None) as bar:  # shown on a terminal only
        for verdict in verdicts(classifier, paths):
            line = _line(classifier, verdict, args.top)
            failed |= verdict.error is not None
            tqdm.write(json.dumps(line) if args.json else _in_words(line), file=sys.stdout)
            bar.update()
            if args.explain is not None and verdict.error is None:
                _explain(classifier, verdict, args.explain)
    return int(failed)


def _line(classifier, verdict, count):
    """A verdict as ``--json`` prints it."""
    if verdict.error is not None:
        return {"path": str(verdict.path), "top": [], "unfamiliar": None, "error": str(verdict.error)}
    top = classifier.top(verdict.probabilities.numpy(), count)
    return {"path": str(verdict.path), "top": top, "unfamiliar": verdict.unfamiliar, "error": None}


def _explain(classifier, verdict, out):
    """Write the picture, cropped as the network saw it, under the heat of its best class."""
    heat = explain.heat(classifier, verdict.small[None], verdict.probabilities.argmax()[None])[0]
    picture = images.fit(decode.decode(verdict.path), EXPLAINED, 3).transpose(1, 2, 0)
    try:
        out.write_bytes(images.png_bytes(explain.overlay(picture, heat, 0.6)))
    except OSError as error:
        raise GenClassError("cannot_write", path=str(out)) from error
    print(f"{out}: where {classifier.name} looks", file=sys.stderr)


def _in_words(line):
    found = ", ".join(f"{entry['class']} {entry['probability']:.1%}" for entry in line["top"])
    doubt = " (unlike anything in the training data)" if line["unfamiliar"] else ""
    return f"{line['path']}: {line['error'] or found + doubt}"


def _walk(paths):
    """Files as given; of folders every visible file inside."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        else:
            yield path


def train_command(args, parser):
    if args.stdin:
        return train_command(parser.parse_args(warm.words()), parser)
    if args.measure:
        return warm.measure()
    if args.resume is None and (args.kind is None or args.data is None or args.out is None):
        parser.error("give a kind, --data and --out, or --resume RUN_DIR")
    path = args.resume or args.out
    if not ranks.leads():
        follow(path, lambda: _heed_signals(path))
        return
    if args.resume is None:
        request = _request(args)
        ranks.check(request)
        run_folder.create(path, request)
    elif not ranks.restarted() and (args.epochs is not None or args.minutes is not None):
        run_folder.lengthen(path, args.epochs, args.minutes)
    if ranks.restarted() and run_folder.read_status(path)["state"] == "finished":  # another failed after its last step
        with ranks.joined():
            return
    _train(_resumed(path))


def _request(args):
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
    )


def _resumed(path):
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


def _heed_signals(path):
    """From now on Ctrl-C and SIGTERM ask for a clean stop, a second Ctrl-C kills."""

    def ask_to_stop(signum, frame):
        (path / "stop").touch()
        signal.signal(signum, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)


def _train(path):
    """Train with a line for each report."""
    _heed_signals(path)
    for progress in train(path):
        warned = [warning["message"] for warning in progress.metrics["warnings"]]
        figures = [f"{key} {value:.4g}" for key, value in progress.metrics.items() if key != "warnings"]
        print("  ".join([f"step {progress.step}/{progress.total}", *figures, *warned]), file=sys.stderr, flush=True)
    status = run_folder.read_status(path)
    print(f"{status['name']}: {status['state']} at step {status['step']}", file=sys.stderr)
