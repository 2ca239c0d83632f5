"""The tab Train: ask for a run, watch it learn, stop it, go on with it, compare it with others.

Training is a process of its own; a timer looks at its folder. Which runs are a visitor's own is kept in the browser, so
that a reloaded page finds them again.
"""

from dataclasses import dataclass

import gradio as gr

from genclass.errors import GenClassError
from genclass.jobs import drafts, runs
from genclass.ui.common import model_zip, text
from genclass.ui.common.events import RAW, RUNS, STARTS, safely, user_input
from genclass.ui.common.text import say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.server import limits
from genclass.ui.train import compare_runs, own_images, run_view
from genclass.ui.train import form as run_form
from genclass.ui.train import start as run_start
from genclass.ui.train.form import OWN, QUIET

SECONDS = 1.0
KEPT_RUNS = 30
ACCENT, CONTRAST = "#0d9488", "#f59e0b"
TELL = "run => { genclassAddress.tell('train', run ? 'run=' + encodeURIComponent(run) : ''); }"
SHOW = "() => document.getElementById('train-mine').scrollIntoView({ behavior: 'smooth', block: 'nearest' })"


@dataclass
class Memory:
    """What stands outside the tabs, because Gradio wakes a tab's own parts only when it is first opened."""

    timer: gr.Timer
    mine: gr.BrowserState
    seen: gr.JSON
    draft: gr.BrowserState


def build_memory():
    """The timer, the runs that the browser remembers and the marks of what it shows."""
    mine = gr.BrowserState({"ids": [], "watched": None}, storage_key="genclass-runs", secret="genclass")
    seen = gr.JSON({}, visible=False, elem_id="train-seen")
    return Memory(gr.Timer(SECONDS), mine, seen, own_images.build_memory())


def build(demo, memory, generate, classify, tabs):
    """Build the tab and connect its events.

    Args:
        memory: as ``build_memory`` made it, outside the tabs.
        generate, classify: the other tabs, whose model lists a run adds to.
        tabs: the ``gr.Tabs`` around them all.

    Returns:
        The ``Form``.
    """
    with titled_tab("train", "train") as tab:
        with gr.Row(elem_classes="gc-split"):
            with gr.Column(scale=3, min_width=300):
                form = run_form.build(memory.draft)
            with gr.Column(scale=6, min_width=320):
                shown, taken = _build_watch()
        shown |= _build_all()
        brought = model_zip.build(*taken)
    shown |= {"gan_models": generate.model, "classifier_models": classify.model}
    run_form.connect(form, tab)
    look = _connect_watch(demo, shown, memory)
    started = form.start.click(start, [*form.values(), memory.mine], [memory.mine, shown["mine"]], **RAW, **STARTS)
    started.success(None, None, None, js=SHOW, **QUIET)
    started.then(**look)
    _connect_controls(shown, memory, look)
    model_zip.connect(brought, shown["mine"], _watch_new, memory.mine, look)
    _connect_open(shown, generate, classify, tabs)
    return form


def _build_watch():
    """The components of ``watching.PARTS`` that show one run, by name, and those of ``bringing`` that take it away."""
    parts = {}
    info = say("my_runs_info") if limits.now.public else say("my_runs_local")
    parts["mine"] = gr.Dropdown([], label=say("my_runs"), info=info, allow_custom_value=True, elem_id="train-mine")
    parts["status"] = gr.HTML(elem_id="train-status")
    with gr.Column(visible=False, elem_id="train-run") as parts["run"]:
        buttons, taken = _build_buttons()
        parts |= buttons
        parts["picture"] = gr.HTML(elem_id="train-picture")
        parts["look"] = gr.Slider(0, 1, 1, step=1, label=say("look_back"), visible=False, buttons=[],
                                  elem_id="train-look")  # fmt: skip
        with gr.Row(elem_classes="gc-plots"):
            parts |= _build_plots()
        parts["mistakes"] = gr.HTML(elem_id="train-mistakes")
        parts["command"] = gr.Code(label=say("command"), language="shell", interactive=False, wrap_lines=True, lines=1,
                                   elem_id="train-command")  # fmt: skip
    return parts, taken


def _build_buttons():
    """What steers the run, by name, and what takes its model away, as ``bringing.build_take`` gives it."""
    parts = {}
    with gr.Row(elem_classes="gc-buttons gc-steer"):
        parts["stop"] = gr.Button(say("pause"), variant="stop", elem_id="train-stop", interactive=False)
        parts["resume"] = gr.Button(say("resume"), elem_id="train-resume", visible=False)
        for kind in ("gan", "classifier"):
            parts[f"open_{kind}"] = gr.Button(say(f"open_{kind}"), variant="primary", visible=False,
                                              elem_id=f"train-open-{kind}")  # fmt: skip
        taken = model_zip.build_take()
        parts["delete"] = gr.Button(say("delete"), elem_id="train-delete", visible=False)
    with gr.Row(visible=False, elem_classes="gc-sure", elem_id="train-sure") as parts["sure"]:
        gr.Markdown(say("delete_sure"), elem_id="train-sure-words")
        parts["delete_yes"] = gr.Button(say("delete_yes"), variant="stop", elem_id="train-delete-yes")
        parts["delete_no"] = gr.Button(say("delete_no"), elem_id="train-delete-no")
    with gr.Row(visible=False, elem_classes="gc-longer", elem_id="train-longer-row") as parts["longer"]:
        parts["more"] = gr.Number(2, label=say("longer_minutes"), minimum=limits.LEAST_MINUTES, step=1,
                                  elem_id="train-longer-minutes")  # fmt: skip
        parts["go_longer"] = gr.Button(say("longer"), elem_id="train-longer")
    return parts, taken


def _colours():
    """Colours by the names that curves have in the page's language."""
    return {
        say(f"curve_{name}"): colour
        for names in run_view.CURVES.values()
        for name, colour in zip(names, (ACCENT, ACCENT, CONTRAST) if "loss" in names else (ACCENT, CONTRAST))
    }


def _build_plots():
    parts = {}
    labels = {"losses": "losses", "accuracy": "shares", "realness": "shares_gan"}
    for name, label in labels.items():
        limits = None if name == "losses" else [0, 1]
        with gr.Column(visible=False, min_width=280) as parts[f"{name}_box"]:
            parts[name] = gr.LinePlot(x="step", y="value", color="curve", title=say(label), x_title=say("step"),
                                      y_title=" ", color_title=" ", y_lim=limits, height=240, buttons=[],
                                      show_label=False, color_map=_colours(), elem_id=f"train-{name}")  # fmt: skip
    return parts


def _build_all():
    """What shows several runs."""
    parts = {}
    with gr.Accordion(say("compare_runs"), open=False, elem_id="train-compare-fold"):
        with gr.Row():
            parts["compared"] = gr.Dropdown([], multiselect=True, max_choices=compare_runs.MOST,
                                            allow_custom_value=True,
                                            label=say("compare_which"), scale=3, elem_id="train-compare")  # fmt: skip
            curves = [(say(f"figure_{name}"), name) for name in compare_runs.CURVES]
            parts["curve"] = gr.Dropdown(curves, value=curves[0][1], label=say("compare_curve"), elem_id="train-curve")
            axes = [(say(f"axis_{name}"), name) for name in compare_runs.AXES]
            parts["axis"] = gr.Radio(axes, value="step", label=say("compare_axis"), elem_id="train-axis")
        parts["comparison"] = gr.LinePlot(x="x", y="value", color="run", x_title=" ", y_title=" ", color_title=" ",
                                          height=280, buttons=[], show_label=False,
                                          elem_id="train-comparison")  # fmt: skip
        parts["differences"] = gr.HTML(elem_id="train-differences")
    title = say("all_mine") if limits.now.public else say("all_runs")
    with gr.Accordion(title, open=False, elem_id="train-runs-fold"):
        parts["table"] = gr.HTML(elem_id="train-runs")
    return parts


@safely
def start(request: gr.Request, kind, name, draft, preset, minutes, run_name, epochs, seed, *fields_and_mine):
    """Start a run and watch it: the browser's runs with the new one, and the choice of it."""
    *fields, mine = fields_and_mine
    source = {"imageset": drafts.read(draft).imageset()} if name == OWN else {"dataset": name}
    run_id = run_start.start(kind, preset, minutes, run_name, **source, epochs=epochs, seed=seed,
                            fields=dict(zip(run_form.FIELDS, fields)), owner=limits.visitor(request),
                            session=request.session_hash)  # fmt: skip
    return _watch_new(run_id, mine)


def _watch_new(run_id, mine):
    """The browser's runs with a new one, and the choice of it."""
    return _kept(mine, run_id), gr.update(value=run_id, choices=[(runs.status(run_id)["name"], run_id)])


def _kept(mine, run_id):
    """What the browser keeps once a run is watched, or None is: its newest runs, each once."""
    ids = [*run_ids(mine), *([run_id] if run_id else [])]
    return {"ids": [*dict.fromkeys(ids)][-KEPT_RUNS:], "watched": run_id}


def run_ids(mine):
    """Ids of the browser's runs; what is kept there may be anything."""
    ids = mine.get("ids") if isinstance(mine, dict) else None
    return [run_id for run_id in ids if isinstance(run_id, str)] if isinstance(ids, list) else []


def _connect_watch(demo, shown, memory):
    """Keep what is shown up to date; returns the event that does so, to follow others."""
    outputs = [memory.seen, *(shown[name] for name in run_view.PARTS)]
    inputs = [shown["mine"], memory.mine, memory.seen, shown["look"], shown["compared"], shown["curve"], shown["axis"]]
    look = {"fn": tick, "inputs": inputs, "outputs": outputs, **QUIET, **RUNS}
    memory.timer.tick(**look)
    demo.load(_reattach, memory.mine, shown["mine"], **QUIET).then(**look)
    shown["mine"].change(None, shown["mine"], None, js=TELL, **QUIET)
    shown["mine"].input(_watch, [shown["mine"], memory.mine], memory.mine, **QUIET).then(**look)
    shown["look"].input(**look | {"trigger_mode": "always_last"})
    for part in (shown["compared"], shown["curve"], shown["axis"]):
        user_input(part)(**look)
    return look


@safely
def tick(run_id, mine, seen, look, compared, curve, axis):
    """What has changed since the browser last asked."""
    marks, updates = run_view.changes(seen, run_view.Asked(run_id, run_ids(mine), look, compared, curve, axis))
    return [marks, *updates]


@safely
def _reattach(mine, request: gr.Request):
    """The run that the opened link names; after a reload the one that was watched before; on one's own machine else
    the one that is being trained.
    """
    linked = request.query_params.get("run")
    if linked and request.query_params.get("tab") == "train":
        try:
            return runs.find(linked).name
        except GenClassError as error:
            gr.Warning(text.sentence(error))
    watched = mine.get("watched") if isinstance(mine, dict) else None
    if watched or limits.now.public:
        return watched
    return next((status["id"] for status in runs.list_runs() if status["state"] in ("running", "queued")), None)


@safely
def _watch(run_id, mine):
    if run_id:
        runs.find(run_id)  # a pasted id may be wrong: say so
    return _kept(mine, run_id)


def _connect_controls(shown, memory, look):
    shown["stop"].click(stop_watched, shown["mine"], None, **QUIET, **RUNS).then(**look)
    shown["resume"].click(resume_watched, shown["mine"], None, **QUIET, **RUNS).then(**look)
    shown["go_longer"].click(lengthen_watched, [shown["mine"], shown["more"]], None, **QUIET, **RUNS).then(**look)
    shown["delete"].click(lambda: gr.update(visible=True), None, shown["sure"], **QUIET)
    for answered in (shown["delete_no"].click, shown["mine"].change):  # another run: it was not asked about
        answered(lambda: gr.update(visible=False), None, shown["sure"], **QUIET)
    gone = [memory.mine, shown["mine"], shown["sure"]]
    shown["delete_yes"].click(delete_watched, [shown["mine"], memory.mine], gone, **QUIET, **RUNS).then(**look)


@safely
def stop_watched(run_id):
    """Ask the run to stop between two steps."""
    runs.stop(run_id)


@safely
def resume_watched(run_id, request: gr.Request):
    """Go on with the run."""
    limits.check_resume(run_id, None, limits.visitor(request))
    runs.resume(run_id, launch=limits.now.launch)


@safely
def lengthen_watched(run_id, minutes, request: gr.Request):
    """Go on with the run for longer than it was to last."""
    limits.check_resume(run_id, minutes, limits.visitor(request))
    runs.resume(run_id, minutes, limits.now.launch)


@safely
def delete_watched(run_id, mine):
    """Remove the run; nothing is watched then."""
    runs.delete(run_id)
    return {"ids": [kept for kept in run_ids(mine) if kept != run_id], "watched": None}, None, gr.update(visible=False)


def _connect_open(shown, generate, classify, tabs):
    for kind, tab in (("gan", generate), ("classifier", classify)):
        opened = shown[f"open_{kind}"].click(_open, shown["mine"], [tabs, tab.model], **QUIET)
        tab.after_choice(opened)


@safely
def _open(run_id):
    """Go to the tab that uses the run's model."""
    status = runs.status(run_id)
    return gr.Tabs(selected={"gan": "generate", "classifier": "classify"}[status["kind"]]), status["name"]
