"""The web API: named events that a ``gradio_client`` calls. Values come raw and are checked by the core."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
import torch

from genclass.analysis import evaluate, explain, heat_palette
from genclass.data import sources
from genclass.errors import check_number
from genclass.files import images
from genclass.jobs import runs
from genclass.ui.common import decoded_upload, model_cache, render
from genclass.ui.common.events import CLASSIFIERS, MEASURES, NETWORKS, RUNS, STARTS, safely
from genclass.ui.server import limits, quota, visitors
from genclass.ui.train import start

Handler = Callable[..., Any]
MOST_TOP = 1000  # classes of an answer
ASKED_RUNS = 200  # of ids that are given, so many are looked at, the last ones
PRIVATE = ("id",)  # who holds a run's id may stop it: the list does not give it away


@dataclass(frozen=True)
class Call:
    """A call of the web API.

    Attributes:
        name: under which it is called, without the slash.
        handler: of raw values, which Gradio describes by the annotations and the docstring.
        queue: that it waits in, with events of the page: one of ``ui.common.events``.
    """

    name: str
    handler: Handler
    queue: dict[str, Any]


CALLS: list[Call] = []


def call(name: str, queue: dict[str, Any]) -> Callable[[Handler], Handler]:
    """Make a function a call of the web API."""

    def register(handler: Handler) -> Handler:
        CALLS.append(Call(name, handler, queue))
        return handler

    return register


def build() -> None:
    """Add the calls to the page that is being built."""
    for each in CALLS:
        gr.api(safely(each.handler), api_name=each.name, **each.queue)


@call("models", RUNS)
def list_models() -> list:
    """Every model: dicts with name, kind, dataset, classes and metrics."""
    return model_cache.listed()


@call("sample", NETWORKS)
def sample(model: Any = None, class_name: Any = None, seed: Any = 0, count: Any = 16, truncation: Any = 1.0,
           directions: Any = None, recipe: Any = None, size: Any = "stored") -> tuple[list, dict]:  # fmt: skip
    """Draw at most 64 images: a gallery of PNGs, each of which carries its own recipe, and the recipe of all.

    A whole ``recipe`` (a dict, as this call returns it) takes the place of everything else. ``size`` is "stored", or
    "large": at least 512 pixels a side, each pixel a square.
    """
    values = {"model": model, "class": class_name, "seed": seed, "count": count, "truncation": truncation}
    whole = {**values, "directions": {} if directions is None else directions} if recipe is None else recipe
    sampler, complete = render.prepare(render.recipe_from(whole))
    pngs = enumerate(render.single_pngs(sampler, complete, size))
    paths = [quota.save(png, f"{complete.model}-{index}.png") for index, png in pngs]
    return [{"image": _file(path), "caption": None} for path in paths], complete.to_dict()


def complete(path: str, sent: Any) -> Any:
    """The JSON of a raw call of ``/sample`` by position, with the defaults of what its end leaves out.

    Gradio knows defaults only where values have names (``gradio_client``, ``/call/v2``).
    """
    if path.rstrip("/").endswith("/call/sample") and isinstance(sent, dict) and isinstance(sent.get("data"), list):
        defaults = [parameter.default for parameter in inspect.signature(sample).parameters.values()]
        return {**sent, "data": [*sent["data"], *defaults[len(sent["data"]) :]]}
    return sent


def _file(path: str) -> dict[str, Any]:
    return {"path": path, "mime_type": "image/png", "meta": {"_type": "gradio.FileData"}}


@call("classify", CLASSIFIERS)
def classify(image: Any, model: str, top_k: Any = 5) -> dict:
    """The likeliest classes of an image, as gr.Label gives them, with confidences from 0 to 1.

    ``doubt`` is null, "unsure", or "unfamiliar": the image shows none of the classes. ``notes`` are sentences, where
    there is something to know of the file.
    """
    check_number("top_k", top_k, 1, MOST_TOP, whole=True)
    seen = decoded_upload.classify(image, model)
    best = seen.top(int(top_k))
    confidences = [{"label": entry["class"], "confidence": entry["probability"]} for entry in best]
    notes = {"notes": [str(note) for note in seen.notes]} if seen.notes else {}
    return {"label": best[0]["class"], "confidences": confidences, "doubt": seen.answer.doubt, **notes}


@call("explain", CLASSIFIERS)
def explain_class(image: Any, model: str, class_name: Any = None, method: Any = "grad-cam") -> dict:
    """A PNG of the image under the heat of a class (by default the likeliest): grad-cam or occlusion."""
    look = decoded_upload.classify(image, model)
    index = look.best() if class_name is None else look.classifier.class_index(class_name)
    heat = explain.heat(look.classifier, look.small, torch.tensor([index]), method)[0]
    png = images.png_bytes(heat_palette.overlay(look.square, heat))
    return _file(quota.save(png, f"{method}.png"))


@call("train", STARTS)
def train(kind: Any = "classifier", dataset: Any = "fashion-mnist-mini", preset: Any = None, minutes: Any = 2.0,
          name: Any = None, classes_from: Any = None, request: gr.Request | None = None) -> str:  # fmt: skip
    """Start a training run on a named data set or an uploaded zip; gives its secret id.

    ``classes_from`` is which reading of a zip's classes is taken, if not the likeliest; ``/run`` tells what there is.
    """
    source = {"upload" if isinstance(dataset, dict) else "dataset": dataset}
    return start.start(kind, preset, minutes, name, **source, owner=visitors.owner(request), classes_from=classes_from)


@call("run", RUNS)
def run(id: Any) -> dict:
    """What a run is doing, with its last metrics; ``told`` is what there is to say of images of one's own."""
    return {**runs.status(id), "told": runs.told(id)}


@call("runs", RUNS)
def list_runs(ids: Any = None) -> list:
    """What every run is doing, newest first, without the ids; on a public page only those whose ``ids`` are given."""
    known = [run_id for run_id in ids[-ASKED_RUNS:] if isinstance(run_id, str)] if isinstance(ids, list) else []
    listed = runs.list_runs(known if limits.now.public else None)
    return [{key: value for key, value in status.items() if key not in PRIVATE} for status in listed]


@call("stop", RUNS)
def stop(id: Any) -> dict:
    """Ask a run to stop between two steps; it can be resumed."""
    runs.stop(id)
    return runs.status(id)


@call("resume", RUNS)
def resume(id: Any, minutes: Any = None, request: gr.Request | None = None) -> dict:
    """Go on with a run that was stopped, failed or interrupted; or with any for ``minutes`` longer."""
    limits.check_resume(id, minutes, visitors.owner(request))
    runs.resume(id, minutes, limits.now.launch)
    return runs.status(id)


@call("evaluate", MEASURES)
def measure(model: str) -> dict:
    """A model's figures, measured on the images of its own run, else on the bundled small set of its data."""
    folder = model_cache.folder_of(model)
    *_, last = evaluate.measuring(folder, model_cache.images_of(folder, sources.smallest_at_hand))
    return last.figures or {}
