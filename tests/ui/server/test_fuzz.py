"""Every event of the page and of the web API, called with whatever JSON can hold: an answer, or one of our sentences.

Values reach the events as they would from the network: through Gradio's own processing, with foreign files taken out.
``GENCLASS_FUZZ=2000`` calls each event so many times; without it each is called up to 200 times within a fraction of
a second.
"""

import asyncio
import json
import math
import os
import random
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.requests import Request

from genclass.analysis import evaluate
from genclass.files.images import png_bytes
from genclass.models.classifier import Classifier
from genclass.models.recipe import KEYS
from genclass.models.sampler import Sampler
from genclass.train import closed_loop
from genclass.ui.common import events
from genclass.ui.generate import guide_panel
from genclass.ui.generate.browser_request import MOVED
from genclass.ui.server import gradio_patches, limits, own_files, quota

EXAMPLES = int(os.environ.get("GENCLASS_FUZZ", 200))  # calls of each event
SECONDS = math.inf if "GENCLASS_FUZZ" in os.environ else 0.2  # for each, after the first few
LEAST = 8
WORDS = ["fashion-mnist-gan", "plain-gan", "fashion-mnist-airnet", "abc-airnet", "class-1", "a", "all", "gan", "z0",
         "classifier", "fashion-mnist-mini", "own", "ring", "hinge", "grad-cam", "../../etc/passwd", "/etc/passwd",
         "d1", "\0", "\ud800", "NaN", "<b>", "{}", "{", "0" * 32, "x" * 100_000, "", "{0.__class__}", "%s"]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 0.5, 65, 2**31, 2**32, 2**64, -(2**63), 10**400, 1e308, 1e-308, float("nan"), float("inf"),
           float("-inf"), True, False]  # fmt: skip
scalars = st.one_of(st.none(), st.sampled_from(NUMBERS), st.sampled_from(WORDS), st.integers(), st.floats(), st.text())
junk = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(WORDS) | st.text(), inner, max_size=4)
    ),
    max_leaves=8,
) | st.sampled_from([[0] * 5000, ["x"] * 5000, json.loads("[" * 200 + "]" * 200)])


def file_at(path):
    return {"path": path, "orig_name": "a.png", "meta": {"_type": "gradio.FileData"}}


def asked():
    """What ``page.js`` sends as one text: a recipe, and what was moved since."""
    names = st.sampled_from(KEYS) | st.sampled_from(MOVED)
    likely = st.sampled_from(["fashion-mnist-gan", "plain-gan", "class-1", 0, 1, 4, 0.5, None, {"z0": 1.5}, {"d1": -1}])
    values = st.dictionaries(names, likely | junk, max_size=4)
    recipe = values.map(lambda found: {"model": "fashion-mnist-gan", "count": 4} | found)
    whole = st.fixed_dictionaries({"recipe": recipe.map(json.dumps), "moved": values, "chosen": junk})
    return whole.map(json.dumps) | recipe.map(json.dumps) | junk


def pooled(strategy, count):
    """So many values of a strategy, drawn once: combining them is a hundred times cheaper than drawing each anew."""
    found, shared = [], {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

    @settings(max_examples=count, derandomize="GENCLASS_FUZZ" not in os.environ, phases=[Phase.generate], **shared)
    @given(strategy)
    def collect(value):
        found.append(value)

    collect()
    return found


def usual(component, picture, pool):
    """Values for one input such as the page sends."""
    if isinstance(component, (gr.Image, gr.File)):
        return [file_at(picture), [file_at(picture)], file_at("/etc/passwd"), file_at("http://x/y.png")]
    if isinstance(component, gr.Textbox):
        return pool
    likely = [getattr(component, "value", None), *WORDS[:4]]
    return [value for value in likely if isinstance(value, (str, int, float))]


def drawn(event, picture, pools, draw):
    """Values for the inputs of an event: at times one of them is junk, at times half of them are."""
    share = draw.choice((0.5, 1 / max(len(event.inputs), 1)))
    kinds = (pools["junk"] if draw.random() < share else usual(one, picture, pools["asked"]) for one in event.inputs)
    return [draw.choice(kind) for kind in kinds]


def request():
    headers = [(b"referer", b"http://lab.example/zh"), (b"cookie", b"genclass-language=xx")]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"model=%00&direction=z0:NaN&seed=x",
             "headers": headers, "client": ("192.0.2.1", 1)}  # fmt: skip
    return gr.Request(Request(scope), session_hash="fuzz")


@pytest.fixture(scope="module")
def calm(blocks):
    """What takes long or outlives the tests is not begun: no training process, no clock of a game."""
    patch = pytest.MonkeyPatch()
    patch.setattr(limits.now, "launch", lambda path: None)
    patch.setattr("genclass.analysis.evaluate.measuring", lambda *_, **__: iter([evaluate.EvaluationProgress(0, 1)]))
    for search in ("analysis.inversion.invert", "train.closed_loop.material"):
        patch.setattr(f"genclass.{search}", lambda *_, **__: iter(()))
    for table in (guide_panel.SEARCH, closed_loop.EXPERIMENTS):
        for name in table:
            patch.setitem(table, name, lambda *_, **__: iter(()))
    for kind, check in ((Sampler, check_latents), (Classifier, check_images)):
        name = "draw" if kind is Sampler else "answer"
        patch.setattr(kind, name, checked(getattr(kind, name), check))
    yield patch
    patch.undo()


def checked(function, check):
    def call(self, *arguments):
        check(self, *arguments)
        return function(self, *arguments)

    return call


def check_latents(sampler, z, class_weights=None, *_):
    assert z.isfinite().all() and z.abs().max() < 1000 and len(z) <= 4096
    assert class_weights is None or (
        class_weights.isfinite().all() and class_weights.min() >= 0 and (class_weights.sum(1) - 1).abs().max() < 1e-4
    )


def check_images(classifier, small, *_):
    assert small.dtype == torch.uint8 and small.shape[1:] == (classifier.channels, *[classifier.image_size] * 2)


@pytest.fixture(scope="module")
def picture(blocks, tmp_path_factory):
    return quota.save(png_bytes(np.zeros((40, 40, 3), np.uint8)), "a.png")


async def call(blocks, state, event, values, sent):
    """One call; of an event that reports as it goes, up to its first report."""
    common = {"request": request(), "state": state, "event_data": gr.EventData(None, sent), "session_hash": "fuzz"}
    answer = await blocks.process_api(event, own_files._without_foreign(values), **common)
    if answer["is_generating"]:
        await answer["iterator"].aclose()


def distinct(blocks):
    """``{name: event}``, one of each handler: the page is built once for each language."""
    found = {}
    for event in blocks.fns.values():
        if event.fn is not None:
            found.setdefault(f"{event.fn.__module__}.{event.fn.__qualname__}", event)
    return found


async def attack(blocks, state, event, picture, pools, faults):
    """Call one event with anything, as often as it may be within its time; returns how often."""
    draw, end, count = random.Random(event.fn.__qualname__), time.monotonic() + SECONDS, 0
    while count < LEAST or count < EXAMPLES and time.monotonic() < end:
        count += 1
        faults.clear()
        values, sent = drawn(event, picture, pools, draw), draw.choice(pools["junk"])
        try:
            await call(blocks, state, event, list(values), sent)
        except ValidationError:
            pass  # Gradio's own refusal of what is no file where there must be one
        except gr.Error as error:
            assert not faults, "".join(faults)[-500:] + repr(values)[:300]
            assert "/tmp" not in str(error) and len(str(error)) < 3000
    return count


@pytest.fixture(scope="module")
def pools():
    count = max(400, EXAMPLES)
    return {"junk": pooled(junk, count), "asked": pooled(asked(), count)}


def test_every_event_survives_anything(blocks, calm, picture, pools, monkeypatch, subtests):
    faults, counts, state, loop = [], {}, gradio_patches.Session(blocks), asyncio.new_event_loop()
    thread = ThreadPoolExecutor(1)  # without an event loop, which browser tests leave in this one
    monkeypatch.setattr(events.log, "exception", lambda *_: faults.append(traceback.format_exc()))
    for name, event in distinct(blocks).items():
        with subtests.test(name):
            attacking = attack(blocks, state, event, picture, pools, faults)
            counts[name] = thread.submit(loop.run_until_complete, attacking).result()
    few = sum(count < EXAMPLES for count in counts.values())
    print(f"{sum(counts.values())} calls of {len(counts)} events, {few} of them less than {EXAMPLES} times")
