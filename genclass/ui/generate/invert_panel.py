"""The tool Invert: an image is dropped, and the latent whose picture is nearest to it is looked for."""

from dataclasses import dataclass

import gradio as gr

from genclass.analysis import inversion
from genclass.files import decode, images
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.events import LIVE, NETWORKS, safely_each, stoppable
from genclass.ui.common.text import say
from genclass.ui.generate.save_panel import taken
from genclass.ui.generate.search_parts import Search
from genclass.ui.server import uploads


@dataclass
class InvertPanel(Search):
    """The components that events read and write."""

    image: gr.Image

    def connect(self, tab, show):
        """Connect to the tab, whose model looks for the image; ``show`` makes what it finds the sheet."""
        going = stoppable(self.go, self.stop, self.bar, fn=invert, inputs=[self.image, tab.model],
                         outputs=self.reports())  # fmt: skip
        take = {"fn": taken(show), "inputs": self.found, "outputs": tab.everything(), **LIVE, **NETWORKS}
        tab.restored(going.success(**take))
        tab.restored(self.take.click(**take))


def build():
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


@safely_each
def invert(file, model):
    """Search with progress: (bar, the image and what was found, the button, its recipe)."""
    sampler = model_cache.load(model, "gan")
    image = decode.decode(uploads.uploaded(file))
    config = sampler.config
    small = images.fit(image, config["image_size"], config["channels"]).transpose(1, 2, 0)
    wanted = (say("wanted"), images.png_bytes(small), 1, [])
    for progress in inversion.invert(sampler, image, model_cache.judge(config["dataset"])):
        png = images.png_bytes(render.draw(sampler, progress.recipe)[0], progress.recipe.to_json())
        found = (say("found"), png, 1, [say("apart", share=f"{progress.score:.1%}")])
        yield _bar(progress), html.compare([wanted, found]), gr.update(visible=True), progress.recipe.to_json()


def _bar(progress):
    done = progress.step == progress.total
    facts = [say("searched_steps", step=progress.step, total=progress.total)]
    return html.progress("finished" if done else "running", say("invert"), progress.step / progress.total, facts)
