"""The tool Invert: an image is dropped, and the latent whose picture is nearest to it is looked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from genclass.analysis import inversion
from genclass.files import decode, images
from genclass.ui.common import decoded_upload, html, model_cache, render
from genclass.ui.common.events import answers, safely_each, stoppable
from genclass.ui.common.text import say
from genclass.ui.generate import browser_request, search_panel
from genclass.ui.generate.search_panel import SearchPanel, SheetBar
from genclass.ui.server import uploads

if TYPE_CHECKING:
    from genclass.ui.generate.tab import GenerateTab


@dataclass
class InvertPanel(SearchPanel):
    """The components that events read and write."""

    image: gr.Image


def build(shown: SheetBar) -> InvertPanel:
    """Lay the tool out; ``shown`` is its bar under the sheet."""
    with gr.Tab(say("invert"), id="invert", elem_id="tool-invert"):
        gr.HTML(html.note(say("invert_hint")), elem_id="invert-hint")
        image = gr.Image(label=say("invert_image"), type="filepath", format="png", sources=["upload", "clipboard"],
                         height=220, show_label=False, elem_id="invert-image", placeholder=say("invert_image"),
                         buttons=[])  # fmt: skip
        with gr.Row(elem_classes="gc-buttons"):
            go = gr.Button(say("invert_go"), variant="primary", elem_id="invert-go", min_width=110)
            stop = gr.Button(say("stop"), elem_id="invert-stop", min_width=80, interactive=False)
        search = search_panel.build_search("invert")
    return InvertPanel(go, stop, shown, **search, image=image)


def connect(panel: InvertPanel, tab: "GenerateTab") -> None:
    """Connect to the tab, whose model looks for the image, and which shows what is found."""
    decoded_upload.show_any(panel.image)
    searched = stoppable(panel.go, panel.stop, panel.shown.bar, first=search_panel.SEARCH,
                         **answers(invert, panel.report_parts(tab)), **tab.asks(panel.image))  # fmt: skip
    search_panel.connect(panel, tab, searched)


@safely_each
def invert(asked: object, file: object) -> Iterator[dict[str, Any]]:
    """Search with progress: what was found, on the sheet, and beside the image that is wanted."""
    sampler, recipe, _ = browser_request.prepare(asked)
    path = uploads.uploaded(file)
    yield search_panel.begun("invert", recipe)  # the first of the search takes seconds
    image, config = decode.decode(path), sampler.config
    small = images.fit(image, config["image_size"], config["channels"]).transpose(1, 2, 0)
    wanted = html.Side(say("wanted"), images.png_bytes(small), 1, [])
    for progress in inversion.invert(sampler, image, model_cache.judge(config["dataset"])):
        png = images.png_bytes(render.draw(sampler, progress.recipe)[0], progress.recipe.to_json())
        found = html.Side(say("found"), png, 1, [say("apart", share=f"{progress.score:.1%}")])
        yield search_panel.report("invert", sampler, progress, [], html.compare([wanted, found]))
