"""The panel All models: pictures, the table, the card of one of them, and what can be done with that one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from genclass.analysis import evaluate
from genclass.data import sources
from genclass.errors import GenClassError
from genclass.jobs import runs
from genclass.models import facts
from genclass.models.facts import Facts
from genclass.ui.common import html, kept_models, model_cache, model_zip, my_runs, page_button, text
from genclass.ui.common.events import (
    HIDDEN,
    LIVE,
    MEASURES,
    RAW,
    RUNS,
    WATCH,
    Event,
    Parts,
    answers,
    from_script,
    parts_of,
    safely,
    safely_each,
    stoppable,
    undims,
)
from genclass.ui.common.model_tabs import KINDS, ModelTabs, opened
from genclass.ui.common.text import say
from genclass.ui.models import best_models, model_card, models_plot, models_table
from genclass.ui.static import static

SCRIPT = static("table.js") + static("models.js")  # sorting, and choosing
TIMES: Event = {"concurrency_id": "times", "concurrency_limit": 1}
ASKED = "(chosen, mine) => [chosen || new URLSearchParams(genclassAddress.queries.models || '').get('model'), mine]"
# Cards come in the order in which they are asked for, so that of two the later stands.
CARDS: Event = {"concurrency_id": "cards", "concurrency_limit": 1}
TELL = "model => { genclassAddress.tell('models', model ? 'model=' + encodeURIComponent(model) : ''); }"
SAVE = "file => genclass.save({url: file.url, name: file.orig_name})"
OPENED = f"model => {{ genclass.given['models-all'] = model; ({TELL})(model); }}"
PICKED = """() => {
  genclass.markModel();
  document.body.classList.remove('gc-picking');
  document.getElementById('models-card').scrollIntoView({behavior: 'smooth', block: 'nearest'});
}"""


@dataclass
class DeleteQuestion:
    """What asks whether a model is to be deleted for good."""

    column: gr.Column
    yes: gr.Button
    no: gr.Button


@dataclass
class AllModelsPanel:
    """The components; ``every`` shows all models, the others belong to the ``chosen`` one."""

    every: gr.HTML
    chosen: gr.Textbox
    card: gr.HTML
    use_gan: gr.Button
    use_classifier: gr.Button
    evaluate: gr.Button
    stop: gr.Button
    download: gr.Button
    page: page_button.PageButton
    delete: gr.Button
    sure: DeleteQuestion
    bar: gr.HTML
    pictures: gr.HTML
    file: gr.File

    def following(self) -> Parts:
        """What follows the choice of a model, by the names of ``show``."""
        own = parts_of(self, "every", "chosen", "card", "pictures", "bar", "use_gan", "use_classifier", "delete")
        return {**own, "sure": self.sure.column}


def build() -> AllModelsPanel:
    """Lay the panel out."""
    gr.HTML(f"<h3>{say('choose_question')}</h3>", elem_id="models-help")
    every = gr.HTML(html.note(say("choose_wait")), js_on_load=SCRIPT, elem_id="models-all")
    chosen = gr.Textbox(visible=False, elem_id="models-chosen")
    card = gr.HTML(elem_id="models-card")
    with gr.Row(elem_classes="gc-buttons", elem_id="models-buttons"):
        use_gan, use_classifier = (_build_use(kind) for kind in KINDS)
        measure = gr.Button(say("card_evaluate"), elem_id="models-evaluate", min_width=130)
        stop = gr.Button(say("stop"), elem_id="models-stop", min_width=130, interactive=False)
        download = gr.Button(say("card_download"), elem_id="models-download", min_width=130)
        page = page_button.build("models-page")
        delete = gr.Button(say("delete"), variant="stop", visible=False, elem_id="models-delete", min_width=130)
    sure = _build_question()
    bar, pictures = gr.HTML(elem_id="models-bar"), gr.HTML(elem_id="models-pictures")
    file = gr.File(visible=False, elem_id="models-file")
    return AllModelsPanel(every, chosen, card, use_gan, use_classifier, measure, stop, download, page, delete, sure,
                          bar, pictures, file)  # fmt: skip


def _build_use(kind: str) -> gr.Button:
    return gr.Button(say(f"open_{kind}"), variant="primary", visible=False, min_width=130, elem_id=f"models-use-{kind}")


def _build_question() -> DeleteQuestion:
    with gr.Column(visible=False, elem_id="models-confirm") as column:
        gr.HTML(html.note(say("delete_sure"), "warning"), elem_id="models-confirm-words")
        with gr.Row(elem_classes="gc-buttons"):
            yes = gr.Button(say("delete_yes"), variant="stop", elem_id="models-delete-now")
            no = gr.Button(say("delete_no"), elem_id="models-keep")
    return DeleteQuestion(column, yes, no)


def connect(panel: AllModelsPanel, page: gr.Tab, mine: gr.BrowserState, model_tabs: ModelTabs) -> None:
    """Connect the events.

    Args:
        page: the tab around the panel, whose opening shows the models of that moment.
        mine: the browser's runs.
    """
    follow, chosen = panel.following(), panel.chosen
    shown = page.select(**answers(open_page, follow), inputs=[chosen, mine], js=ASKED, **HIDDEN, **RAW, **CARDS)
    shown.success(None, chosen, None, js=OPENED, **WATCH)
    timed = shown.then(time_all, None, None, **HIDDEN, **RAW, **TIMES)
    picked = panel.every.select(**answers(pick, follow), **from_script(panel.every, mine), **LIVE, **CARDS)
    picked.success(None, None, None, js=PICKED, **WATCH)
    picked.success(None, chosen, None, js=TELL, **WATCH)
    picked.failure(None, None, None, js=undims("gc-picking"), **WATCH)
    evaluated = stoppable(panel.evaluate, panel.stop, panel.bar, "card_stopped", fn=measure, inputs=chosen,
                          outputs=panel.bar, **MEASURES)  # fmt: skip
    # Which model was picked last is read only once all is measured: it may be another one by then.
    renewed = answers(refresh, parts_of(panel, "every", "card", "pictures"))
    for measured in (timed, evaluated):
        measured.success(**renewed, **from_script(panel.every), **HIDDEN, **RAW, **CARDS)
    packed = panel.download.click(pack, chosen, panel.file, **HIDDEN, **RAW, **RUNS)
    packed.success(None, panel.file, None, js=SAVE, **WATCH)
    page_button.connect(panel.page, take_page, chosen)
    _connect_delete(panel, mine)
    for kind, button in zip(KINDS, (panel.use_gan, panel.use_classifier)):
        model_tabs.connect(button, kind, use, chosen, **HIDDEN, **RAW, **RUNS)


def _connect_delete(panel: AllModelsPanel, mine: gr.BrowserState) -> None:
    panel.delete.click(lambda: gr.update(visible=True), None, panel.sure.column, **LIVE)
    panel.sure.no.click(lambda: gr.update(visible=False), None, panel.sure.column, **LIVE)
    gone = panel.sure.yes.click(**answers(delete, panel.following()), inputs=[panel.chosen, mine], **LIVE, **CARDS)
    gone.success(None, panel.chosen, None, js=OPENED, **WATCH)


def _find(name: Any) -> Facts:
    """What is known of a model with a public name.

    Raises:
        GenClassError: ``not_text`` or ``unknown_model``.
    """
    return facts.of(name, model_cache.folder_of(name))


def _every() -> list[Facts]:
    return facts.every(model_cache.folders())


def _overview(every: list[Facts], chosen: str | None) -> str:
    """Pictures and table, as HTML."""
    if not every:
        return html.note(say("choose_none"))
    found = {one.name: facts.milliseconds_so_far(one.sha256) for one in every}
    times = {name: time for name, time in found.items() if time is not None}
    answer = best_models.best(every) + html.note(say("choose_help"))
    return answer + models_plot.pictures(every, times) + models_table.table(every, times, chosen)


def show(name: Any, mine: Any) -> dict[str, Any]:
    """All models and the card of one of them (None: of the first), by the names of ``AllModelsPanel.following``."""
    every = _every()
    one = next((one for one in every if one.name == name), next(iter(every), None))
    return {"every": _overview(every, one.name if one else None), **_shown(one, mine)}


def _shown(one: Facts | None, mine: Any) -> dict[str, Any]:
    """All but the overview: what goes with the chosen model."""
    uses = {f"use_{kind}": gr.update(visible=one is not None and kind == one.kind) for kind in KINDS}
    own = gr.update(visible=one is not None and _own_run(one.name, mine) is not None)
    question = gr.update(visible=False)
    return {"chosen": one.name if one else None, **_card(one), "bar": "", **uses, "delete": own, "sure": question}


def _card(one: Facts | None) -> dict[str, str]:
    """The card and the pictures below it."""
    if one is None:
        return {"card": "", "pictures": ""}
    card = model_card.card(one, facts.milliseconds_so_far(one.sha256))
    return {"card": card, "pictures": model_card.pictures(one)}


@safely
def open_page(chosen: Any, mine: Any) -> dict[str, Any]:
    """The models of this moment, with the card that was open before, or the first one's."""
    return show(chosen, mine)


@safely
def pick(name: Any, mine: Any) -> dict[str, Any]:
    """The card of the model that was clicked; the table stays as it was sorted."""
    return _shown(_find(name), mine)


@safely
def time_all() -> None:
    """Measure of every model how long one image takes; ``refresh`` shows it."""
    for one in _every():
        facts.milliseconds_per_image(one.folder, one.sha256)


@safely_each
def measure(name: Any) -> Iterator[str]:
    """Evaluate with progress, and keep what is found; ``refresh`` shows it."""
    one = _find(name)
    for progress in evaluate.measuring(one.folder, model_cache.images_of(one.folder, sources.at_hand)):
        yield _bar(one, progress)
    model_card.keep(one, progress)


@safely
def refresh(chosen: Any) -> dict[str, str]:
    """All models, and the card and pictures of the chosen one, with all that was measured meanwhile."""
    every = _every()
    return {"every": _overview(every, chosen), **_card(next((one for one in every if one.name == chosen), None))}


def _bar(one: Facts, progress: evaluate.EvaluationProgress) -> str:
    state = "finished" if progress.figures else "running"
    words = say("card_images_done", done=f"{progress.done:,}", total=f"{progress.total:,}")
    return html.progress(state, say("card_evaluating", name=one.name), progress.done / progress.total, [words])


@safely
def pack(name: Any) -> str:
    """A zip of the model's folder, for ``page.js`` to save."""
    return model_zip.saved_zip(_find(name).folder)


@safely
def take_page(name: Any) -> dict[str, str]:
    """The model as a page, for ``page.js`` to save."""
    return page_button.page_of(_find(name).folder)


@safely
def use(name: Any) -> tuple[gr.Tabs, dict[str, Any]]:
    """Go to the tab that uses the model."""
    one = _find(name)
    return opened(one.kind, one.name)


def _own_run(name: str, mine: Any) -> str | None:
    """The id of the run of this browser that made the model, or None."""
    for run_id in my_runs.run_ids(mine):
        try:
            if runs.status(run_id)["name"] == name:
                return run_id
        except GenClassError:  # it is gone
            continue
    return None


@safely
def delete(name: Any, mine: Any) -> dict[str, Any]:
    """Delete the run that made the model, if it is one of this browser's own.

    Raises:
        GenClassError: ``not_your_run``.
    """
    one = _find(name)
    run_id = None if one.shipped else _own_run(one.name, mine)
    if run_id is None:
        raise GenClassError("not_your_run", name=one.name)
    runs.delete(run_id)
    kept_models.drop_deleted()
    gr.Info(text.say("card_deleted", name=one.name), title="")
    return show(None, mine)
