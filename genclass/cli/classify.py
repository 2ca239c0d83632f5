"""The command classify."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from genclass.analysis import explain, heat_palette
from genclass.analysis.batch_classify import Verdict, verdicts
from genclass.cli.arguments import MODEL, Commands
from genclass.errors import GenClassError
from genclass.files import images, walk
from genclass.models import pictures, store
from genclass.models.answerer import Answerer
from genclass.models.classifier import Classifier

DOUBTS = {"unfamiliar": " (unlike anything in the training data)", "unsure": " (not sure)"}
EXPLAINED = 320  # pixels of a side of the picture that --explain draws


def add(commands: Commands) -> None:
    parser = commands.add_parser("classify", help="say what images show")
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="images, or folders of them")
    parser.add_argument(
        "--top", type=int, default=5, metavar="K", help="classes that are told of each image (default: 5)"
    )
    parser.add_argument("--explain", type=Path, metavar="FILE.png", help="draw why: Grad-CAM of one image's best class")
    parser.add_argument("--json", action="store_true", help="one object a line, for programs")
    parser.set_defaults(command=classify)


def classify(args: argparse.Namespace) -> int:
    classifier = Classifier.load(store.find(args.model))
    if not 1 <= args.top <= 1000:
        raise GenClassError("out_of_range", field="top", low=1, high=1000)
    if args.explain is not None and args.explain.suffix.lower() != ".png":
        raise GenClassError("not_png", path=str(args.explain))
    paths = list(_walk(args.paths))
    if args.explain is not None and len(paths) != 1:
        raise GenClassError("one_image", count=len(paths))
    failed = False
    with tqdm(total=len(paths), unit=" images", disable=None) as bar:  # shown on a terminal only
        for verdict in verdicts(Answerer.of(classifier), paths):
            line = _line(classifier, verdict, args.top)
            failed |= verdict.error is not None
            tqdm.write(json.dumps(line) if args.json else _in_words(line), file=sys.stdout)
            bar.update()
            if args.explain is not None:
                _explain(classifier, verdict, args.explain)
    return int(failed)


def _line(classifier: Classifier, verdict: Verdict, count: int) -> dict:
    """A verdict as ``--json`` prints it."""
    if verdict.answer is None:
        return {"path": str(verdict.path), "top": [], "unfamiliar": None, "error": str(verdict.error)}
    top = classifier.top(verdict.answer.probabilities.numpy(), count)
    unfamiliar, doubt, notes = verdict.answer.unfamiliar, verdict.answer.doubt, [str(note) for note in verdict.notes]
    more = ({"doubt": doubt} if doubt else {}) | ({"notes": notes} if notes else {})
    return {"path": str(verdict.path), "top": top, "unfamiliar": unfamiliar, "error": None, **more}


def _explain(classifier: Classifier, verdict: Verdict, out: Path) -> None:
    """Write the picture, cropped as the network saw it, under the heat of its best class; nothing of a bad file."""
    if verdict.small is None or verdict.answer is None:
        return
    heat = explain.heat(classifier, verdict.small[None], verdict.answer.probabilities.argmax()[None])[0]
    picture = images.fit(pictures.read(verdict.path), EXPLAINED, 3, preprocess=classifier.preprocess).transpose(1, 2, 0)
    try:
        out.write_bytes(images.png_bytes(heat_palette.overlay(picture, heat)))
    except OSError as error:
        raise GenClassError("cannot_write", path=str(out)) from error
    print(f"{out}: where {classifier.name} looks", file=sys.stderr)


def _in_words(line: dict) -> str:
    found = ", ".join(f"{entry['class']} {entry['probability']:.1%}" for entry in line["top"])
    doubt = DOUBTS[line["doubt"]] if "doubt" in line else ""
    if line["error"] is not None and line["path"] in line["error"]:
        return line["error"]  # which names it already
    return f"{line['path']}: {line['error'] or ' '.join([found + doubt, *line.get('notes', [])])}"


def _walk(paths: list[Path]) -> Iterator[Path]:
    """Files as given; of folders what may be a picture, or one without any itself: it is told like a bad file."""
    for path in paths:
        yield from path.is_dir() and walk.pictures(path) or [path]
