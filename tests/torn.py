"""A run's folder as it is when all is well, and all the ways in which a crash or an editor may spoil it."""

import copy
import json
import time

import torch

from genclass import paths
from genclass.models import checkpoint
from genclass.train.run import layout
from genclass.train.settings import Request
from tests.stand_ins import config_of

WHOLE, TORN = "a" * 32, "b" * 32
CONTENTS = [b"", b"{", b'{"state": "running"', b"\0" * 64, b"\xff\xfe{}", b"null", b"[]", b"7", b'"running"', b"{}",
            b"[" * 9999]  # fmt: skip
VALUES = [None, True, -1, 0.5, 10**400, float("nan"), float("inf"), "", "x", [], [None], ["x"], [{}], {}, {"": None}]
FILES = ("status.json", "config.json", "metrics.jsonl", "model/7/config.json", "state/7/state.json", "samples/7.json")


def make_run(run_id, name):
    """A run that has finished, with a report, a picture, a state that is none, and a model; its folder."""
    path = paths.runs_dir() / run_id
    layout.create(path, Request("gan", "fashion-mnist-mini", "quick", name=name), layout.Owner("somebody", "somewhere"))
    edit(path / "config.json", fixed={"total": 7, "steps_per_epoch": 7}, lengthened=[{"step": 3, "total": 7}])
    error = {"code": "diverged", "values": {"step": 7}, "message": "The loss became infinite."}
    edit(path / "status.json", state="failed", step=7, total=7, seconds=2.5, error=error, pid=1, started=time.time())
    report = {"step": 7, "seconds": 2.5, "loss_d": 0.5, "images_per_second": 9.5, "warnings": [error]}
    (path / "metrics.jsonl").write_text(2 * (json.dumps(report) + "\n"))
    _save_model(path / "model" / "7", name)
    for file, content in (("state/7/state.json", {"step": 7, "sha256": "0"}), ("samples/7.json", RECORD)):
        (path / file).parent.mkdir(parents=True, exist_ok=True)
        (path / file).write_text(json.dumps(content))
    for picture in ("7.png", "7-wrong.png"):
        (path / "samples" / picture).write_bytes(b"a picture")
    return path


RECORD = {"classes": ["a", "b"], "wrong": [{"truth": 0, "said": 1, "probability": 0.5}], "confusion": [[1, 2], [0, 3]]}


def _save_model(folder, name):
    config = config_of("gan", {"name": "gan", "z_dim": 4, "width": 4, "discriminator": {"width": 4}}, name=name)
    torch.manual_seed(0)
    training = {"recipe": {"preset": "quick"}, "data": {"name": "small", "images": 60}, "steps": 7, "seconds": 2.5,
                "versions": {"torch": "2"}, "date": "2026-01-01"}  # fmt: skip
    metrics = {"accuracy": 0.5, "frechet_airnet": {"value": 3.5, "samples": 60}}
    checkpoint.save(folder, config | {"training": training, "metrics": metrics}, {"model": checkpoint.build(config)})


def edit(file, **changes):
    """Change entries of a JSON file."""
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def spoil(path, values=VALUES):
    """Spoil a run's folder in one way after another, and mend it each time: yields what was done.

    ``values`` are put in the place of every entry, one after the other.
    """
    for name in FILES:
        file = path / name
        whole = file.read_bytes()
        one = json.loads(whole.splitlines()[0] if file.suffix == ".jsonl" else whole)
        for content in [*CONTENTS, *_with_wrong_entries(one, values)]:
            file.write_bytes(content + b"\n")
            yield f"{name}: {content[:60]!r}"
        file.unlink()
        yield f"{name}: gone"
        file.mkdir()
        yield f"{name}: a folder"
        file.rmdir()
        file.symlink_to(file)
        yield f"{name}: a link to itself"
        file.unlink()
        file.write_bytes(whole)


def _with_wrong_entries(whole, values):
    """The JSON of an object, as bytes, with each entry missing or of another kind, also in the objects inside it."""
    for keys in _places(whole):
        for value in [..., *values]:
            changed = copy.deepcopy(whole)
            inner = changed
            for key in keys[:-1]:
                inner = inner[key]
            if value is ...:
                del inner[keys[-1]]
            else:
                inner[keys[-1]] = value
            yield json.dumps(changed).encode()


def _places(value, above=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*above, key)
        yield from _places(inner, (*above, key))
