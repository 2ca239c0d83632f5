"""The tab Classify: an image in, the five likeliest classes and the small image that the network saw out."""

from dataclasses import dataclass

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from genclass import checkpoint, data, decode, images
from genclass.ui import html, models, uploads
from genclass.ui.handlers import LIVE, NETWORKS, safely
from genclass.ui.text import say

TOP = 5
EXAMPLES = 5  # of each bundled data set


@dataclass
class Tab:
    """The components that events read and write."""

    model: gr.Dropdown
    image: gr.Image
    examples: gr.Dataset
    answer: gr.Label
    seen: gr.HTML

    def after_choice(self, event):
        """Ask the chosen model once ``event`` has put it into the list."""
        event.then(answer, [self.image, self.model], [self.answer, self.seen], **LIVE, **NETWORKS)


def build(demo):
    """Build the tab and connect its events.

    Returns:
        The ``Tab``.
    """
    samples = example_files()
    with gr.Tab(say("classify"), id="classify", elem_id="tab-classify"), gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=5, min_width=320):
            asked = _build_question(samples)
        with gr.Column(scale=4, min_width=320):
            answer = gr.Label(label=say("answer"), num_top_classes=TOP, elem_id="classify-answer")
            seen = gr.HTML(html.note(say("seen_nothing")), elem_id="classify-seen", label=say("seen"),
                           show_label=True, container=True)  # fmt: skip
    tab = Tab(*asked, answer, seen)
    _connect(tab, samples, demo)
    return tab


def _build_question(samples):
    model = gr.Dropdown(models.names("classifier"), label=say("model"), allow_custom_value=True,
                        elem_id="classify-model")  # fmt: skip
    image = gr.Image(label=say("image"), type="filepath", format="png", sources=["upload", "webcam", "clipboard"],
                     height=340, elem_id="classify-image", placeholder=say("image_hint"))  # fmt: skip
    examples = gr.Dataset(label=say("examples"), components=[gr.Image(render=False, format="png")], type="index",
                          samples=[[path] for path, _ in samples], samples_per_page=20, layout="gallery",
                          elem_id="classify-examples")  # fmt: skip
    return model, image, examples


def _connect(tab, samples, demo):
    results = [tab.answer, tab.seen]
    tab.examples.click(lambda index: _example(samples, index), tab.examples, [tab.image, tab.model],
                       api_visibility="private", show_progress="hidden")  # fmt: skip
    gr.on([tab.image.change, tab.model.input], answer, [tab.image, tab.model], results, **LIVE, **NETWORKS)
    demo.load(_first_model, None, tab.model, api_visibility="private", show_progress="hidden")


def _first_model():
    """The models of this moment: those of build time may be long gone."""
    names = models.names("classifier")
    return gr.update(choices=names, value=names[0] if names else None)


def example_files():
    """``[(path, model)]`` of a few test images of each bundled data set, with the shipped model that knows them."""
    found = []
    for name, full in data.MINI.items():
        imageset = data.load_mini(name)
        step = len(imageset.test_images) // EXAMPLES
        for image in imageset.test_images[step // 2 :: step].permute(0, 2, 3, 1).numpy():
            path = save_bytes_to_cache(images.png_bytes(image), f"{name}.png", str(uploads.folder()))
            found.append((path, f"{full}-airnet"))
    return found


@safely
def _example(samples, index):
    path, model = samples[index]
    return path, gr.update(value=model) if (checkpoint.SHIPPED / model).exists() else gr.skip()


@safely
def answer(file, model):
    """The likeliest classes of an upload in ``gr.Label``'s form, and the small image that the network saw."""
    if file is None:
        return None, html.note(say("seen_nothing"))
    classifier = models.load(model, "classifier")
    small = classifier.prepare([decode.decode(uploads.uploaded(file))])
    best = classifier.top(classifier.predict_prepared(small)[0], TOP)
    pixels = small[0].permute(1, 2, 0).numpy()
    words = say("seen_caption", width=pixels.shape[1], height=pixels.shape[0],
                channels=say("grey" if pixels.shape[2] == 1 else "colour"))  # fmt: skip
    shown = html.picture(images.png_bytes(pixels), 1, words, "seen.png")
    return {entry["class"]: entry["probability"] for entry in best}, shown + html.note(words)
