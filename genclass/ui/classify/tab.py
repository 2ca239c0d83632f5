"""The tab Classify: one image asked about and explained, or many at once."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from genclass import paths
from genclass.files import images
from genclass.models import store
from genclass.models.classifier import Classifier
from genclass.ui.classify import (
    batch_panel,
    compare_models,
    drawing_pad,
    explain_panel,
    fragility_panel,
    known_classes,
    live_camera,
    verdict,
    ways,
)
from genclass.ui.classify.examples import example_files
from genclass.ui.classify.question import Question
from genclass.ui.common import decoded_upload, html, model_cache
from genclass.ui.common.events import (
    CLASSIFIERS,
    LIVE,
    WATCH,
    Event,
    Parts,
    answers,
    chosen_example,
    dims,
    nothing_to_do,
    parts_of,
    safely,
    undims,
)
from genclass.ui.common.text import class_choices, name_of, say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.server import limits

ANSWER: Event = {**LIVE, **CLASSIFIERS}
TELL = "model => { genclassAddress.tell('classify', 'model=' + encodeURIComponent(model)); }"


@dataclass
class ClassifyTab:
    """The components.

    Attributes:
        known: says what the model can tell apart.
        ways_on: holds what can be done where none of the known kinds is seen.
        closer: holds the panels below the answer.
        offered: hidden; whose classes those panels offer, as the hash of its weights.
    """

    page: gr.Tab
    question: Question
    known: gr.HTML
    ways_in: ways.Ways
    examples: gr.Dataset
    answer: gr.Label
    doubts: gr.HTML
    ways_on: gr.Row
    ask_large: gr.Button
    teach: gr.Button
    seen: gr.HTML
    closer: gr.Column
    offered: gr.Textbox
    why: explain_panel.ExplainPanel
    fragile: fragility_panel.FragilityPanel
    compare: compare_models.ComparePanel
    batch: batch_panel.BatchPanel

    @property
    def model(self) -> gr.Dropdown:
        """Where the model is chosen."""
        return self.question.model

    @property
    def image(self) -> gr.Image:
        """The image that is asked about."""
        return self.question.image

    def verdict_parts(self) -> Parts:
        """What ``verdict.told`` and ``verdict.nothing`` fill."""
        return parts_of(self, "answer", "doubts", "ways_on", "ask_large", "seen", "closer")

    def answer_parts(self) -> Parts:
        """What ``answer`` fills."""
        shown = {**self.verdict_parts(), "offered": self.offered}
        return {**shown, "evidence": self.why.class_name, "target": self.fragile.target}

    def asked(self) -> list[Component]:
        """What ``answer`` takes."""
        return [*self.question.inputs(), self.offered]

    def after_choice(self, event: Dependency) -> None:
        """Ask again once ``event`` has put a model or an image there: what Gradio changes itself is no input."""
        self.ask_after(event)

    def ask_after(self, event: Dependency) -> Dependency:
        """``after_choice``, with the event that answers, for what follows it."""
        answered = event.success(**answers(answer, self.answer_parts()), inputs=self.asked(), **ANSWER)
        self.after_answer(answered)
        return answered

    def after_answer(self, answered: Dependency) -> None:
        """Once the answer stands, fill the panels below it; where there is none, that to the image before goes."""
        freed = {**self.verdict_parts(), "image": self.image}
        answered.failure(**answers(verdict.unread, freed), inputs=self.image, **ANSWER)
        explain_panel.tidy(answered.then, self.why, self.question)
        shown = {"heat": self.why.heat, "maps": self.why.maps, "fooled": self.fragile.fooled,
                 "damaged": self.fragile.damaged}  # fmt: skip
        asked = [*self.question.inputs(), self.why.class_name, self.why.method, *self.fragile.attack(),
                 *self.fragile.damages]  # fmt: skip
        parts = {**self.verdict_parts(), **shown}
        answered.success(None, None, None, js=dims("gc-explaining"), **WATCH)  # what is there is another image's
        explained = answered.success(**answers(explain_answer, parts), inputs=asked, **ANSWER)
        explained.then(None, None, None, js=undims("gc-explaining"), **WATCH)
        explained.success(**compare_models.comparison(self.compare, self.question))


def build() -> ClassifyTab:
    """Lay the tab out."""
    with titled_tab("classify", "classify") as page, gr.Tabs(elem_id="classify-kinds"):
        with gr.Tab(say("one_image"), id="one", elem_id="classify-one"):
            with gr.Row(elem_classes="gc-split"):
                with gr.Column(scale=5, min_width=320):
                    asked = _build_question()
                with gr.Column(scale=4, min_width=320):
                    answered = _build_answer()
            panels = _build_panels()
        with gr.Tab(say("many_images"), id="many", elem_id="classify-many"):
            batch = batch_panel.build()
    return ClassifyTab(page=page, **asked, **answered, **panels, batch=batch)


def _build_question() -> dict[str, Any]:
    with gr.Row():
        model = gr.Dropdown(model_cache.names("classifier"), label=say("model"), scale=3, elem_id="classify-model")
        how = gr.Radio([(name_of("fit", name), name) for name in images.FITS], value="crop", label=say("fit"), scale=2,
                       min_width=200, elem_id="classify-fit")  # fmt: skip
    known = gr.HTML(js_on_load=known_classes.SEARCH, elem_id="classify-known")
    by = ways.build()
    examples = gr.Dataset(label=say("examples"), components=[gr.Image(render=False, format="png")], type="index",
                          samples=[[path] for path, _ in example_files()], samples_per_page=20, layout="gallery",
                          elem_id="classify-examples")  # fmt: skip
    return {"question": Question(by.image, model, how), "known": known, "ways_in": by, "examples": examples}


def _build_answer() -> dict[str, Any]:
    answer = gr.Label(label=say("answer"), num_top_classes=verdict.TOP, elem_id="classify-answer")
    doubts = gr.HTML(elem_id="classify-doubts")
    with gr.Row(visible=False, elem_id="classify-ways-on") as ways_on:
        ask_large = gr.Button(say("ask_large"), elem_id="classify-ask-large")
        teach = gr.Button(say("teach_own"), visible=limits.now.train, elem_id="classify-teach")
    seen = gr.HTML(html.note(say("seen_nothing")), elem_id="classify-seen", label=say("seen"), show_label=True,
                   container=True)  # fmt: skip
    return {
        "answer": answer,
        "doubts": doubts,
        "ways_on": ways_on,
        "ask_large": ask_large,
        "teach": teach,
        "seen": seen,
    }


def _build_panels() -> dict[str, Any]:
    with gr.Column(visible=False, elem_id="classify-closer") as closer, gr.Tabs(elem_id="classify-panels"):
        with gr.Tab(say("why"), id="why", elem_id="classify-why"):
            why = explain_panel.build()
        with gr.Tab(say("fragile"), id="fragile", elem_id="classify-fragile"):
            fragile = fragility_panel.build()
        with gr.Tab(say("compare"), id="compare", elem_id="classify-compare"):
            compare = compare_models.build()
    offered = gr.Textbox(visible=False, elem_id="classify-offered")
    return {"closer": closer, "offered": offered, "why": why, "fragile": fragile, "compare": compare}


def connect(tab: ClassifyTab, demo: gr.Blocks) -> None:
    """Connect the events; the opening of ``demo`` shows the model of a link."""
    question = tab.question
    taken = answers(take_example, parts_of(question, "image", "model"))
    tab.after_choice(tab.examples.click(**taken, inputs=tab.examples, **WATCH))
    ways.connect(tab.ways_in)
    drawn = tab.ask_after(drawing_pad.connect(tab.ways_in.pad, question))
    drawn.then(None, None, None, js=live_camera.SHOWN, **WATCH)
    tab.after_choice(live_camera.connect(tab.ways_in.live, question, tab.examples, tab.verdict_parts()))
    decoded_upload.show_any(tab.image)
    tab.after_choice(tab.page.select(opening_example, [tab.image, tab.model], tab.image, **ANSWER))
    changed = [tab.image.input, tab.model.select, question.how.input]  # not `change`: an upload changes the image twice
    tab.after_answer(gr.on(changed, **answers(answer, tab.answer_parts()), inputs=tab.asked(), **ANSWER))
    tab.after_choice(tab.ask_large.click(large_model, None, tab.model, **ANSWER))
    explain_panel.connect(tab.why, question, tab.answer)
    fragility_panel.connect(tab.fragile, question)
    compare_models.connect(tab.compare, question, demo)
    batch_panel.connect(tab.batch, demo)
    opened = demo.load(_present_models, None, tab.model, **WATCH)
    for model_is_known in (opened.then, tab.model.change):
        model_is_known(what_it_knows, tab.model, tab.known, **LIVE)
    tab.after_choice(opened.success(asked_already, tab.image, None, **ANSWER))
    tab.model.change(None, tab.model, None, js=TELL, api_visibility="private")


def _present_models(request: gr.Request) -> dict[str, Any]:
    """The models of this moment: those of build time may be long gone; of a link, the one that it names."""
    names = model_cache.names("classifier")
    return gr.update(choices=names, value=_linked(request) or next(iter(names), None))


def _linked(request: gr.Request) -> str | None:
    """The model that the opened link names, if it is there."""
    asked = request.query_params
    return next((name for name in model_cache.names("classifier") if asked.get("tab") == "classify"
                 and name == asked.get("model")), None)  # fmt: skip


@safely
def opening_example(file: object, model: object, request: gr.Request) -> str:
    """When the tab opens without an image: an example of what its model knows."""
    known = [path for path, knower in example_files() if knower == (_linked(request) or model)]
    if file is not None or not known:
        raise nothing_to_do()
    return known[0]


@safely
def asked_already(file: object) -> None:
    """End silently unless an image stands there: one that came before the model of a link was answered by another."""
    if file is None:
        raise nothing_to_do()


@safely
def take_example(index: object) -> dict[str, Any]:
    """The example that was pressed, and the model that knows it."""
    path, model = chosen_example(example_files(), index)
    return {"image": path} | (
        {"model": model_cache.choice("classifier", model)} if (paths.SHIPPED / model).exists() else {}
    )


@safely
def large_model() -> dict[str, Any]:
    """The model that knows most, chosen.

    Raises:
        GenClassError: ``unknown_model`` where it is not.
    """
    model_cache.load(store.KNOWS_MOST, "classifier")
    return model_cache.choice("classifier", store.KNOWS_MOST)


@safely
def what_it_knows(model: object) -> str:
    """What a model can tell apart, in words."""
    return known_classes.told(model_cache.load(model, "classifier"))


@safely
def answer(file: object, model: object, how: object, offered: object = None) -> dict[str, Any]:
    """What is said of the image, what was seen of it; the classes that the panels below choose."""
    if file is None:
        return verdict.nothing()
    upload = decoded_upload.classify(file, model, how)
    best = upload.top(2)
    return {
        **verdict.told(upload),
        "seen": verdict.seen(upload),
        "closer": gr.update(visible=True),
        **_chosen_classes(upload.classifier, offered, best[0]["class"], best[-1]["class"]),
    }


def _chosen_classes(classifier: Classifier, offered: object, evidence: str, target: str) -> dict[str, Any]:
    """The two classes that the panels below begin with; where they offer another model's, all of this one's with them:
    a thousand would be most of an answer."""
    weights = classifier.config["sha256"]["model.safetensors"]
    choices: dict[str, Any] = {} if offered == weights else {"choices": class_choices(classifier.classes)}
    updates = {"evidence": gr.update(value=evidence, **choices), "target": gr.update(value=target, **choices)}
    return {**updates, "offered": weights}


@safely
def explain_answer(file: object, model: object, how: object, name: Any, method: Any, target: Any, attack: Any,
                   step: Any, *damages: Any) -> dict[str, Any]:  # fmt: skip
    """Every panel of the image that is shown: heat, feature maps, two of fragility.

    When an image is taken away, Gradio still has it in the event that tells so: that it is gone is only known here.
    Where another model was chosen since the answer, nothing: its own is about to come.
    """
    if file is None:
        nothing = html.note(say("why_nothing"))
        return {**verdict.nothing(), **dict.fromkeys(("heat", "maps", "fooled", "damaged"), nothing)}
    classes = model_cache.load(model, "classifier").classes
    if name not in classes or target not in classes:
        raise nothing_to_do()
    return {
        "heat": explain_panel.draw_heat(file, model, how, name, method),
        "maps": explain_panel.stage_pictures(decoded_upload.classify(file, model, how)),
        "fooled": fragility_panel.fool(file, model, how, target, attack, step),
        "damaged": fragility_panel.damage(file, model, how, *damages),
    }
