"""The tab Classify: one image asked about and explained, or many at once."""

import functools
from dataclasses import dataclass

import gradio as gr

from genclass import paths
from genclass.data import catalog, sources
from genclass.files import images
from genclass.ui.classify import batch_panel, compare_models, drawing_pad, explain_panel, fragility_panel
from genclass.ui.common import decoded_upload, figures, html, model_cache
from genclass.ui.common.events import CLASSIFIERS, LIVE, WATCH, chosen_example, nothing_to_do, safely
from genclass.ui.common.text import class_choices, class_name, say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.server import quota

TOP = 5
EXAMPLES = 5  # of each bundled data set
# Browsers keep camera and clipboard to pages that come by https or from the machine itself.
TELL = "model => { genclassAddress.tell('classify', 'model=' + encodeURIComponent(model)); }"
IF_INSECURE = "element.firstElementChild.hidden = window.isSecureContext"


@dataclass
class ClassifyTab:
    """The components that events read and write."""

    model: gr.Dropdown
    how: gr.Radio
    known: gr.HTML
    image: gr.Image
    board: gr.HTML
    examples: gr.Dataset
    answer: gr.Label
    doubts: gr.HTML
    seen: gr.HTML
    why: explain_panel.ExplainPanel
    fragile: fragility_panel.FragilityPanel
    compared: tuple
    closer: gr.Column

    def question(self):
        return [self.image, self.model, self.how]

    def first_answers(self):
        return [self.answer, self.doubts, self.seen, self.why.class_name, self.fragile.target,
                self.closer]  # fmt: skip

    def after_choice(self, event):
        """Ask again once ``event`` has put a model or an image there: what Gradio changes itself is no input."""
        self.explain(event.success(answer, self.question(), self.first_answers(), **LIVE, **CLASSIFIERS))

    def explain(self, answered):
        """Once the answer stands, fill the panels below it; where there is none, that to the image before goes."""
        answered.failure(unanswered, None, self.first_answers(), **LIVE, **CLASSIFIERS)
        panels = [self.why.picture, self.why.maps, self.why.nearest, self.fragile.fooled, self.fragile.damaged]
        given = [*self.question(), self.why.class_name, self.why.method, *self.fragile.attack(), *self.fragile.damages]
        shown = answered.success(explain_all, given, panels, **LIVE, **CLASSIFIERS)
        chosen, answers = self.compared
        shown.success(compare_models.compare, [self.image, chosen, self.how], answers, **LIVE, **CLASSIFIERS)


def build(demo):
    """Build the tab and connect its events; returns the ``ClassifyTab``."""
    samples = example_files()
    with titled_tab("classify", "classify") as page, gr.Tabs(elem_id="classify-kinds"):
        with gr.Tab(say("one_image"), id="one", elem_id="classify-one"):
            with gr.Row(elem_classes="gc-split"):
                with gr.Column(scale=5, min_width=320):
                    asked = _build_question(samples)
                with gr.Column(scale=4, min_width=320):
                    told = _build_answer()
            tab = ClassifyTab(**asked, **told, **_build_panels())
        with gr.Tab(say("many_images"), id="many", elem_id="classify-many"):
            batch_panel.build(demo)
    _connect(tab, samples, demo)
    _connect_opening(tab, page, samples)
    return tab


def _build_question(samples):
    with gr.Row():
        model = gr.Dropdown(model_cache.names("classifier"), label=say("model"), scale=3, elem_id="classify-model")
        how = gr.Radio([(say(f"fit_{name}"), name) for name in images.FITS], value="crop", label=say("fit"), scale=2,
                       min_width=200, elem_id="classify-fit")  # fmt: skip
    known = gr.HTML(elem_id="classify-known")
    with gr.Tabs(elem_id="classify-ways"):
        with gr.Tab(say("photo"), id="photo", elem_id="classify-photo"):
            image = gr.Image(label=say("image"), type="filepath", format="png", height=320, show_label=False,
                             sources=["upload", "webcam", "clipboard"], elem_id="classify-image",
                             placeholder=say("image_hint"))  # fmt: skip
            gr.HTML(html.note(say("insecure")), js_on_load=IF_INSECURE, elem_id="classify-insecure")
        with gr.Tab(say("draw"), id="draw", elem_id="classify-draw"):
            board = drawing_pad.build()
    examples = gr.Dataset(label=say("examples"), components=[gr.Image(render=False, format="png")], type="index",
                          samples=[[path] for path, _ in samples], samples_per_page=20, layout="gallery",
                          elem_id="classify-examples")  # fmt: skip
    return {"model": model, "how": how, "known": known, "image": image, "board": board, "examples": examples}


def _build_answer():
    answer = gr.Label(label=say("answer"), num_top_classes=TOP, elem_id="classify-answer")
    doubts = gr.HTML(elem_id="classify-doubts")
    seen = gr.HTML(html.note(say("seen_nothing")), elem_id="classify-seen", label=say("seen"), show_label=True,
                   container=True)  # fmt: skip
    return {"answer": answer, "doubts": doubts, "seen": seen}


def _build_panels():
    with gr.Column(visible=False, elem_id="classify-closer") as closer, gr.Tabs(elem_id="classify-panels"):
        with gr.Tab(say("why"), id="why", elem_id="classify-why"):
            reasons = explain_panel.build()
        with gr.Tab(say("fragile"), id="fragile", elem_id="classify-fragile"):
            weakness = fragility_panel.build()
        with gr.Tab(say("compare"), id="compare", elem_id="classify-compare"):
            compared = compare_models.build()
    return {"why": reasons, "fragile": weakness, "compared": compared, "closer": closer}


def _connect(tab, samples, demo):
    tab.after_choice(tab.examples.click(lambda index: _example(samples, index), tab.examples, [tab.image, tab.model],
                                        **WATCH))  # fmt: skip
    tab.after_choice(drawing_pad.connect(tab.board, tab.image, tab.model))
    changed = [tab.image.input, tab.model.select, tab.how.input]  # not `change`: an upload changes the image twice
    tab.explain(gr.on(changed, answer, tab.question(), tab.first_answers(), **LIVE, **CLASSIFIERS))
    explain_panel.connect(tab.why, tab.question(), tab.answer)
    fragility_panel.connect(tab.fragile, tab.question())
    compare_models.connect(*tab.compared, tab.question(), demo)
    opened = demo.load(_first_model, None, tab.model, **WATCH)
    for model_is_known in (opened.then, tab.model.change):
        model_is_known(known_classes, tab.model, tab.known, **LIVE)


def _connect_opening(tab, page, samples):
    """The address names the model; the tab ``page`` opens with an example of what it knows."""
    tab.model.change(None, tab.model, None, js=TELL, api_visibility="private")

    def opening(file, model, request: gr.Request):
        known = [path for path, knower in samples if knower == (_linked(request) or model)]
        if file is not None or not known:
            raise nothing_to_do()
        return known[0]

    tab.after_choice(page.select(safely(opening), [tab.image, tab.model], tab.image, **LIVE, **CLASSIFIERS))


def _linked(request):
    """The model that the opened link names, if it is there."""
    asked = request.query_params
    return next((name for name in model_cache.names("classifier") if asked.get("tab") == "classify"
                 and name == asked.get("model")), None)  # fmt: skip


def _first_model(request: gr.Request):
    """The models of this moment: those of build time may be long gone; of a link, the one that it names."""
    names = model_cache.names("classifier")
    return gr.update(choices=names, value=_linked(request) or next(iter(names), None))


@functools.cache
def example_files():
    """``[(path, model)]`` of a few test images of each bundled data set, with the shipped model that knows them."""
    found = []
    for name in catalog.bundled():
        tests = sources.read_mini(name, "test")
        step = len(tests) // EXAMPLES
        for image in tests[step // 2 :: step].permute(0, 2, 3, 1).numpy():
            path = quota.save(images.png_bytes(image), f"{name}.png", keep=True)
            found.append((path, f"{catalog.whole_name(name)}-airnet"))
    return found


@safely
def _example(samples, index):
    path, model = chosen_example(samples, index)
    return path, gr.update(value=model) if (paths.SHIPPED / model).exists() else gr.skip()


@safely
def known_classes(model):
    """What a model can tell apart, in words."""
    return html.note(say("knows", classes=compare_models.named(model_cache.load(model, "classifier"))))


def unanswered():
    """What ``answer`` gives where no image is."""
    return None, "", html.note(say("seen_nothing")), gr.skip(), gr.skip(), gr.update(visible=False)


@safely
def answer(file, model, how):
    """The likeliest classes in ``gr.Label``'s form, doubts, what was seen; two lists of classes; the panels below."""
    if file is None:
        return unanswered()
    look = decoded_upload.look(file, model, how)
    best = look.top(TOP)
    classes = class_choices(look.classifier.classes)
    rival = best[1]["class"] if len(best) > 1 else best[0]["class"]
    return (
        {class_name(entry["class"]): entry["probability"] for entry in best},
        doubts(look),
        seen(look),
        gr.update(choices=classes, value=best[0]["class"]),
        gr.update(choices=classes, value=rival),
        gr.update(visible=True),
    )


def doubts(look):
    """What there is to know before one believes the answer."""
    told = [html.note(compare_models.out_of_distribution(look), "warning")] if look.out_of_distribution else []
    if look.animated:
        told.append(html.note(say("first_frame")))
    if look.inverted:
        told.append(html.note(say("inverted")))
    return "".join(told)


def seen(look):
    """The square that was cut out or padded, and the pixels that are left of it."""
    size, grey = look.classifier.image_size, look.classifier.channels == 1
    words = say("seen_caption", size=size, channels=say("grey" if grey else "colour"))
    width, height = look.size
    square = look.square
    crisp = len(square) <= decoded_upload.CRISP
    whole = say("square" if width == height else f"square_{look.how}", width=width, height=height)
    return figures.row(
        figures.figure(square, whole, crisp=crisp),
        figures.figure(decoded_upload.pixels(look.small[0]), words),
        between=("→",),
    )


@safely
def explain_all(file, model, how, class_name, why_method, target, attack, step, *damages):
    """Every panel of the image that is shown: heat, feature maps, neighbours (asked for later), two of fragility."""
    if file is None:
        nothing = html.note(say("why_nothing"))
        return nothing, nothing, "", nothing, nothing
    look = decoded_upload.look(file, model, how)
    return (
        explain_panel.draw(file, model, how, class_name, why_method),
        explain_panel.stage_pictures(look),
        "",
        fragility_panel.fool(file, model, how, target, attack, step),
        fragility_panel.damage(file, model, how, *damages),
    )
