"""The tab Choose: all models side by side, the card of one of them, and in a tab of its own the closed loop."""

from dataclasses import dataclass

import gradio as gr

from genclass.analysis import evaluate
from genclass.data import sources
from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import facts
from genclass.ui.common import html, model_cache, model_zip, my_runs, text
from genclass.ui.common.events import (
    HIDDEN,
    LIVE,
    MEASURES,
    RAW,
    RUNS,
    WATCH,
    from_script,
    safely,
    safely_each,
    stoppable,
)
from genclass.ui.common.text import say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.models import closed_loop_panel, model_card, models_table
from genclass.ui.static import static

SCRIPT = static("table.js") + static("models.js")  # sorting, and choosing
TIMES = {"concurrency_id": "times", "concurrency_limit": 1}
KINDS = ("gan", "classifier")
ASKED = "(chosen, mine) => [chosen || new URLSearchParams(genclassAddress.queries.models || '').get('model'), mine]"
# Cards come in the order in which they are asked for, so that of two the later stands.
CARDS = {"concurrency_id": "cards", "concurrency_limit": 1}
TELL = "model => { genclassAddress.tell('models', model ? 'model=' + encodeURIComponent(model) : ''); }"
SAVE = "file => genclass.save({url: file.url, name: file.orig_name})"
OPENED = f"model => {{ genclass.given['models-all'] = model; ({TELL})(model); }}"
PICKED = """() => {
  genclass.markModel();
  document.getElementById('models-card').scrollIntoView({behavior: 'smooth', block: 'nearest'});
}"""


@dataclass
class ModelsTab:
    """The components that events read and write."""

    every: gr.HTML
    chosen: gr.Textbox
    card: gr.HTML
    pictures: gr.HTML
    bar: gr.HTML
    use: dict
    evaluate: gr.Button
    stop: gr.Button
    download: gr.Button
    file: gr.File
    delete: gr.Button
    confirm: gr.Column
    confirm_delete: gr.Button
    keep: gr.Button

    def shown(self):
        """What ``show`` sets."""
        return [self.every, self.chosen, self.card, self.pictures, self.bar, *self.use.values(), self.delete,
                self.confirm]  # fmt: skip


def build(memory, generate, classify, tabs):
    """Build the tab and connect its events.

    Args:
        memory: what Train keeps in the browser: which runs are the visitor's own.
        generate, classify: the tabs in which a model is used.
        tabs: the ``gr.Tabs`` around them all.
    """
    with titled_tab("choose", "models") as panel, gr.Tabs(elem_id="models-kinds"):
        with gr.Tab(say("choose_all"), id="all-models", elem_id="models-compare"):
            tab = _build_models()
        with gr.Tab(say("loop"), id="loop", elem_id="models-loop"):
            loop = closed_loop_panel.build()
    shown = panel.select(open_tab, [tab.chosen, memory.mine], tab.shown(), js=ASKED, **HIDDEN, **RAW, **CARDS)
    shown.success(None, tab.chosen, None, js=OPENED, **WATCH)
    _refresh_after(tab, shown.then(time_all, None, None, **HIDDEN, **RAW, **TIMES))
    closed_loop_panel.connect(loop, panel)
    _connect_card(tab, memory)
    _connect_use(tab, generate, classify, tabs)


def _build_models():
    gr.HTML(f"<h3>{say('choose_question')}</h3>{html.note(say('choose_help'))}", elem_id="models-help")
    every = gr.HTML(html.note(say("choose_wait")), js_on_load=SCRIPT, elem_id="models-all")
    chosen = gr.Textbox(visible=False, elem_id="models-chosen")
    card = gr.HTML(elem_id="models-card")
    with gr.Row(elem_classes="gc-buttons", elem_id="models-buttons"):
        use = {kind: gr.Button(say(f"open_{kind}"), variant="primary", visible=False, min_width=130,
                         elem_id=f"models-use-{kind}")
               for kind in KINDS}  # fmt: skip
        measure = gr.Button(say("card_evaluate"), elem_id="models-evaluate", min_width=130)
        stop = gr.Button(say("stop"), elem_id="models-stop", min_width=130, interactive=False)
        download = gr.Button(say("card_download"), elem_id="models-download", min_width=130)
        delete = gr.Button(say("delete"), variant="stop", visible=False, elem_id="models-delete", min_width=130)
    with gr.Column(visible=False, elem_id="models-confirm") as confirm:
        gr.HTML(html.note(say("delete_sure"), "warning"), elem_id="models-confirm-words")
        with gr.Row(elem_classes="gc-buttons"):
            confirm_delete = gr.Button(say("delete_yes"), variant="stop", elem_id="models-delete-now")
            keep = gr.Button(say("delete_no"), elem_id="models-keep")
    bar, pictures = gr.HTML(elem_id="models-bar"), gr.HTML(elem_id="models-pictures")
    file = gr.File(visible=False, elem_id="models-file")
    return ModelsTab(every, chosen, card, pictures, bar, use, measure, stop, download, file, delete, confirm,
                     confirm_delete,
               keep)  # fmt: skip


def _connect_card(tab, memory):
    picked = tab.every.select(pick, **from_script(tab.every, memory.mine), outputs=tab.shown(), **LIVE, **CARDS)
    picked.success(None, None, None, js=PICKED, **WATCH)
    picked.success(None, tab.chosen, None, js=TELL, **WATCH)
    going = stoppable(tab.evaluate, tab.stop, tab.bar, "card_stopped", fn=measure, inputs=tab.chosen, outputs=tab.bar,
                     **MEASURES)  # fmt: skip
    _refresh_after(tab, going)
    packed = tab.download.click(pack, tab.chosen, tab.file, **HIDDEN, **RAW, **RUNS)
    packed.success(None, tab.file, None, js=SAVE, **WATCH)
    for button, visible in ((tab.delete, True), (tab.keep, False)):
        button.click(lambda visible=visible: gr.update(visible=visible), None, tab.confirm, **LIVE)
    deleted = tab.confirm_delete.click(delete, [tab.chosen, memory.mine], tab.shown(), **LIVE, **CARDS)
    deleted.success(None, tab.chosen, None, js=OPENED, **WATCH)


def _refresh_after(tab, measured):
    """Show what an event has measured. Which model was picked last is read only then: it may be another one by now."""
    parts = [tab.every, tab.card, tab.pictures]
    measured.success(refresh, **from_script(tab.every), outputs=parts, **HIDDEN, **RAW, **CARDS)


def _connect_use(tab, generate, classify, tabs):
    for kind, other in zip(KINDS, (generate, classify)):
        opened = tab.use[kind].click(use, tab.chosen, [tabs, other.model], **HIDDEN, **RAW, **RUNS)
        other.after_choice(opened)


def _find(name):
    """``facts.Facts`` of a model by its public name.

    Raises:
        GenClassError: ``not_text`` or ``unknown_model``.
    """
    return facts.of(name, model_cache.folder_of(name))


def _table(every, chosen):
    times = {one.name: facts.milliseconds_so_far(one.sha256) for one in every}
    return models_table.page(every, {name: time for name, time in times.items() if time is not None}, chosen)


def show(name, mine):
    """The table and the card of a model (None: of the first), in the order of ``Tab.shown``."""
    every = facts.every(model_cache.folders())
    one = next((one for one in every if one.name == name), next(iter(every), None))
    return [_table(every, one and one.name), *_shown(one, mine)]


def _shown(one, mine):
    """All but the table: what goes with ``facts.Facts`` of the chosen model, or None."""
    uses = [gr.update(visible=one is not None and kind == one.kind) for kind in KINDS]
    own = gr.update(visible=one is not None and _own_run(one.name, mine) is not None)
    return [one and one.name, *_card(one), "", *uses, own, gr.update(visible=False)]


def _card(one):
    """The card and the pictures below it."""
    if one is None:
        return "", ""
    return model_card.card(one, facts.milliseconds_so_far(one.sha256)), model_card.pictures(one)


@safely
def open_tab(chosen, mine):
    """The models of this moment, with the card that was open before, or the first one's."""
    return show(chosen, mine)


@safely
def pick(name, mine):
    """The card of the model that was clicked; the table stays as it was sorted."""
    return [gr.skip(), *_shown(_find(name), mine)]


@safely
def time_all():
    """Measure of every model how long one image takes; ``refresh`` shows it."""
    for one in facts.every(model_cache.folders()):
        facts.milliseconds_per_image(one.folder, one.sha256)


@safely_each
def measure(name):
    """Evaluate with progress, and keep what is found; ``refresh`` shows it."""
    one = _find(name)
    for progress in evaluate.measuring(one.folder, model_cache.images_of(one.folder, sources.at_hand)):
        yield _bar(one, progress)
    model_card.keep(one, progress)


@safely
def refresh(chosen):
    """The table, and the card and pictures of the chosen model, with all that was measured meanwhile."""
    every = facts.every(model_cache.folders())
    return _table(every, chosen), *_card(next((one for one in every if one.name == chosen), None))


def _bar(one, progress):
    state = "finished" if progress.figures else "running"
    words = say("card_images_done", done=f"{progress.done:,}", total=f"{progress.total:,}")
    return html.progress(state, say("card_evaluating", name=one.name), progress.done / progress.total, [words])


@safely
def pack(name):
    """A zip of the model's folder, for ``page.js`` to save."""
    return model_zip.saved_zip(_find(name).folder)


@safely
def use(name):
    """Go to the tab that uses the model."""
    one = _find(name)
    return gr.Tabs(selected={"gan": "generate", "classifier": "classify"}[one.kind]), one.name


def _own_run(name, mine):
    """The id of the run of this browser that made the model, or None."""
    for run_id in my_runs.run_ids(mine):
        try:
            if runs.status(run_id)["name"] == name:
                return run_id
        except GenClassError:  # it is gone
            continue
    return None


@safely
def delete(name, mine):
    """Delete the run that made the model, if it is one of this browser's own.

    Raises:
        GenClassError: ``not_your_run``.
    """
    one = _find(name)
    run_id = None if one.shipped else _own_run(one.name, mine)
    if run_id is None:
        raise GenClassError("not_your_run", name=one.name)
    runs.delete(run_id)
    gr.Info(text.say("card_deleted", name=one.name), title="")
    return show(None, mine)
