"""The tab Train: ask for a run, watch it learn, stop it, go on with it.

Training is a process of its own; a timer looks at its folder. Which runs are a visitor's own is kept in the browser, so
that a reloaded page finds them again.
"""

from dataclasses import dataclass

import gradio as gr

from genclass import data, drafts, runs
from genclass.train.settings import PRESETS
from genclass.ui import bringing, own, starting, watching
from genclass.ui.handlers import RAW, RUNS, STARTS, safely
from genclass.ui.text import say

OWN = ""  # the choice of a zip instead of a named set
SECONDS = 1.5
KEPT_RUNS = 30
ACCENT, CONTRAST = "#0d9488", "#f59e0b"
COLOURS = {
    say(f"curve_{name}"): colour
    for names in watching.CURVES.values()
    for name, colour in zip(names, (ACCENT, ACCENT, CONTRAST) if "loss" in names else (ACCENT, CONTRAST))
}
QUIET = {**RAW, "show_progress": "hidden"}


@dataclass
class Memory:
    """What stands outside the tabs, because Gradio wakes a tab's own parts only when it is first opened."""

    timer: gr.Timer
    mine: gr.BrowserState
    seen: gr.JSON
    draft: gr.BrowserState


@dataclass
class Form:
    """What is asked for."""

    kind: gr.Radio
    data: gr.Dropdown
    own: own.Panel
    preset: gr.Dropdown
    minutes: gr.Number
    name: gr.Textbox
    start: gr.Button

    def values(self):
        return [self.kind, self.data, self.own.draft, self.preset, self.minutes, self.name]


def build_memory():
    """The timer, the runs that the browser remembers and the marks of what it shows."""
    mine = gr.BrowserState({"ids": [], "watched": None}, storage_key="genclass-runs", secret="genclass")
    seen = gr.JSON({}, visible=False, elem_id="train-seen")
    return Memory(gr.Timer(SECONDS), mine, seen, own.build_memory())


def build(demo, memory, generate, classify, tabs):
    """Build the tab and connect its events.

    Args:
        memory: as ``build_memory`` made it, outside the tabs.
        generate, classify: the other tabs, whose model lists a run adds to.
        tabs: the ``gr.Tabs`` around them all.

    Returns:
        The ``Form``.
    """
    with gr.Tab(say("train"), id="train", elem_id="tab-train"), gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=3, min_width=300, elem_classes="gc-controls"):
            form = _build_form(memory.draft)
        with gr.Column(scale=6, min_width=320):
            shown, brought = _build_watch()
    shown |= {"gan_models": generate.model, "classifier_models": classify.model}
    _connect_form(form, memory.mine, shown["mine"])
    look = _connect_watch(demo, shown, memory)
    bringing.connect(brought, shown["mine"], _watch_new, memory.mine, look)
    _connect_open(shown, generate, classify, tabs)
    return form


def _build_form(draft):
    kind = gr.Radio([(say(kind), kind) for kind in PRESETS], value="gan", label=say("kind"), elem_id="train-kind")
    named = gr.Dropdown([*data.NAMES, (say("own_data"), OWN)], value="fashion-mnist-mini", label=say("data"),
                        elem_id="train-data")  # fmt: skip
    own_images = own.build(draft)
    preset = gr.Dropdown(list(PRESETS["gan"]), value="gan", label=say("preset"), elem_id="train-preset")
    minutes = gr.Number(2, label=say("minutes"), info=say("minutes_info"), minimum=starting.LEAST_MINUTES, step=1,
                        elem_id="train-minutes")  # fmt: skip
    name = gr.Textbox(label=say("name"), info=say("name_info"), max_lines=1, elem_id="train-name")
    start = gr.Button(say("start"), variant="primary", elem_id="train-start")
    return Form(kind, named, own_images, preset, minutes, name, start)


def _build_watch():
    """The components of ``watching.PARTS`` by name, and those of ``bringing``."""
    parts = {}
    parts["mine"] = gr.Dropdown([], label=say("my_runs"), info=say("my_runs_info"), allow_custom_value=True,
                                elem_id="train-mine")  # fmt: skip
    parts["status"] = gr.HTML(elem_id="train-status")
    with gr.Column(visible=False, elem_id="train-run") as parts["run"]:
        with gr.Row(elem_classes="gc-buttons"):
            parts["stop"] = gr.Button(say("stop"), variant="stop", elem_id="train-stop", interactive=False)
            parts["resume"] = gr.Button(say("resume"), elem_id="train-resume", interactive=False)
            for kind in ("gan", "classifier"):
                parts[f"open_{kind}"] = gr.Button(say(f"open_{kind}"), variant="primary", visible=False,
                                                  elem_id=f"train-open-{kind}")  # fmt: skip
            taken = bringing.build_take()
        parts["picture"] = gr.HTML(elem_id="train-picture")
        with gr.Row(elem_classes="gc-plots"):
            parts |= _build_plots()
        parts["command"] = gr.Code(label=say("command"), language="shell", interactive=False, wrap_lines=True, lines=1,
                                   elem_id="train-command")  # fmt: skip
    with gr.Accordion(say("all_runs"), open=False, elem_id="train-runs-fold"):
        parts["table"] = gr.HTML(elem_id="train-runs")
    return parts, bringing.build(*taken)


def _build_plots():
    parts = {}
    labels = {"losses": "losses", "accuracy": "shares", "realness": "shares_gan"}
    for name, label in labels.items():
        limits = None if name == "losses" else [0, 1]
        with gr.Column(visible=False, min_width=280) as parts[f"{name}_box"]:
            parts[name] = gr.LinePlot(x="step", y="value", color="curve", title=say(label), x_title=say("step"),
                                      y_title=" ", color_title=" ", y_lim=limits, height=240, buttons=[],
                                      show_label=False, color_map=COLOURS, elem_id=f"train-{name}")  # fmt: skip
    return parts


def _connect_form(form, mine, watched):
    show_own = own.connect(form.own, form.kind, form.preset)
    form.kind.input(_presets, [form.kind, form.data, form.own.draft], form.preset, **QUIET)
    show_own(form.data.input(lambda name: gr.update(visible=name == OWN), form.data, form.own.box, **QUIET))
    form.start.click(start, [*form.values(), mine], [mine, watched], **RAW, **STARTS)


@safely
def _presets(kind, name, draft):
    names = list(PRESETS.get(kind, ()))
    usual = own.usual_preset(kind, draft) if names and name == OWN else next(iter(names), None)
    return gr.update(choices=names, value=usual)


@safely
def start(kind, name, draft, preset, minutes, run_name, mine):
    """Start a run and watch it: the browser's runs with the new one, and the choice of it."""
    source = {"imageset": drafts.read(draft).imageset()} if name == OWN else {"dataset": name}
    run_id = starting.start(kind, preset, minutes, run_name, **source)
    return _watch_new(run_id, mine)


def _watch_new(run_id, mine):
    """The browser's runs with a new one, and the choice of it."""
    ids = [*_ids(mine), run_id][-KEPT_RUNS:]
    return {"ids": ids, "watched": run_id}, gr.update(value=run_id, choices=[(runs.status(run_id)["name"], run_id)])


def _ids(mine):
    """Ids of the browser's runs; what is kept there may be anything."""
    ids = mine.get("ids") if isinstance(mine, dict) else None
    return [run_id for run_id in ids if isinstance(run_id, str)] if isinstance(ids, list) else []


def _connect_watch(demo, shown, memory):
    outputs = [memory.seen, *(shown[name] for name in watching.PARTS)]
    look = {"fn": tick, "inputs": [shown["mine"], memory.mine, memory.seen], "outputs": outputs, **QUIET, **RUNS}
    memory.timer.tick(**look)
    demo.load(_reattach, memory.mine, shown["mine"], **QUIET).then(**look)
    shown["mine"].input(_watch, [shown["mine"], memory.mine], memory.mine, **QUIET).then(**look)
    shown["stop"].click(stop_watched, shown["mine"], None, **QUIET, **RUNS).then(**look)
    shown["resume"].click(resume_watched, shown["mine"], None, **QUIET, **RUNS).then(**look)
    return look


@safely
def tick(run_id, mine, seen):
    """What has changed since the browser last asked."""
    marks, updates = watching.changes(seen, run_id, _ids(mine))
    return [marks, *updates]


@safely
def _reattach(mine):
    """After a reload: the run that was watched before."""
    return mine.get("watched") if isinstance(mine, dict) else None


@safely
def _watch(run_id, mine):
    if run_id:
        runs.find(run_id)  # a pasted id may be wrong: say so
    return {"ids": [*dict.fromkeys([*_ids(mine), *([run_id] if run_id else [])])], "watched": run_id}


@safely
def stop_watched(run_id):
    """Ask the run to stop between two steps."""
    runs.stop(run_id)


@safely
def resume_watched(run_id):
    """Go on with the run."""
    runs.resume(run_id)


def _connect_open(shown, generate, classify, tabs):
    for kind, tab in (("gan", generate), ("classifier", classify)):
        opened = shown[f"open_{kind}"].click(_open, shown["mine"], [tabs, tab.model], **QUIET)
        tab.after_choice(opened)


@safely
def _open(run_id):
    """Go to the tab that uses the run's model."""
    status = runs.status(run_id)
    return gr.Tabs(selected={"gan": "generate", "classifier": "classify"}[status["kind"]]), status["name"]
