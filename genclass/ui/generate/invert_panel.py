"""The tool Invert: an image is dropped, and the latent whose picture is nearest to it is looked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from genclass.analysis import inversion
from genclass.files import decode, images
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.events import LIVE, NETWORKS, answers, safely_each, stoppable
from genclass.ui.common.text import say
from genclass.ui.generate.search_panel import SearchPanel, report
from genclass.ui.server import uploads

if TYPE_CHECKING:
    from genclass.ui.generate.tab import GenerateTab


@dataclass
class InvertPanel(SearchPanel):
    """The components that events read and write."""

    image: gr.Image


def build() -> InvertPanel:
    """Lay the tool out."""
    with gr.Tab(say("invert"), id="invert", elem_id="tool-invert"):
        gr.HTML(html.note(say("invert_hint")), elem_id="invert-hint")
        with gr.Row(elem_classes="gc-tool"):
            image = gr.Image(label=say("invert_image"), type="filepath", format="png", sources=["upload", "clipboard"],
                             height=220, elem_id="invert-image", min_width=240)  # fmt: skip
            with gr.Column(min_width=240):
                with gr.Row(elem_classes="gc-buttons"):
                    go = gr.Button(say("invert_go"), variant="primary", elem_id="invert-go", min_width=110)
                    stop = gr.Button(say("stop"), elem_id="invert-stop", min_width=80, interactive=False)
                    take = gr.Button(say("take"), elem_id="invert-take", visible=False, min_width=110)
                bar, compare = gr.HTML(elem_id="invert-bar"), gr.HTML(elem_id="invert-compare")
        found = gr.Textbox(visible=False, elem_id="invert-found")
    return InvertPanel(go, stop, take, bar, compare, found, image)


def connect(panel: InvertPanel, tab: "GenerateTab") -> None:
    """Connect to the tab, whose model looks for the image, and which shows what is found."""
    searched = stoppable(panel.go, panel.stop, panel.bar, **answers(invert, panel.report_parts()),
                         inputs=[panel.image, tab.model])  # fmt: skip
    for event in (searched.success, panel.take.click):
        tab.show_recipe(event, render.parse, inputs=panel.found, **LIVE, **NETWORKS)


@safely_each
def invert(file: object, model: object) -> Iterator[dict[str, Any]]:
    """Search with progress: the image and what was found, and its recipe."""
    sampler = model_cache.load(model, "gan")
    image = decode.decode(uploads.uploaded(file))
    config = sampler.config
    small = images.fit(image, config["image_size"], config["channels"]).transpose(1, 2, 0)
    wanted = html.Side(say("wanted"), images.png_bytes(small), 1, [])
    for progress in inversion.invert(sampler, image, model_cache.judge(config["dataset"])):
        png = images.png_bytes(render.draw(sampler, progress.recipe)[0], progress.recipe.to_json())
        found = html.Side(say("found"), png, 1, [say("apart", share=f"{progress.score:.1%}")])
        yield report("invert", progress, [], [wanted, found])
