"""The ways by which an image comes: as a photo, drawn, from the camera. What is said is of what the open one shows."""

from dataclasses import dataclass

import gradio as gr

from genclass.ui.classify import drawing_pad, live_camera
from genclass.ui.common import html
from genclass.ui.common.events import WATCH
from genclass.ui.common.text import say

# Browsers keep camera and clipboard to pages that come by https or from the machine itself.
IF_INSECURE = "element.firstElementChild.hidden = window.isSecureContext"
# What is said is of the image that Photo shows. A drawing that is still there is asked about again.
OPENED = {
    "photo": live_camera.SHOWN,
    "draw": "() => { genclass.unshown(true); genclass.redraw?.(); }",
    "live": "() => { genclass.unshown(true); }",
}


@dataclass
class Ways:
    """The components; ``tabs`` by the names in ``OPENED``."""

    tabs: dict[str, gr.Tab]
    image: gr.Image
    pad: gr.HTML
    live: gr.HTML


def build() -> Ways:
    """Lay the ways out."""
    with gr.Tabs(elem_id="classify-ways"):
        with gr.Tab(say("photo"), id="photo", elem_id="classify-photo") as photo:
            image = gr.Image(label=say("image"), type="filepath", format="png", height=320, show_label=False,
                             sources=["upload", "webcam", "clipboard"], elem_id="classify-image",
                             placeholder=say("image_hint"))  # fmt: skip
            gr.HTML(html.note(say("insecure")), js_on_load=IF_INSECURE, elem_id="classify-insecure")
        with gr.Tab(say("draw"), id="draw", elem_id="classify-draw") as draw:
            pad = drawing_pad.build()
        with gr.Tab(say("live"), id="live", elem_id="classify-live") as camera:
            live = live_camera.build()
    return Ways({"photo": photo, "draw": draw, "live": camera}, image, pad, live)


def connect(ways: Ways) -> None:
    """Until the way that is opened shows a picture, what is said is of another one, and pale."""
    for name, tab in ways.tabs.items():
        tab.select(None, None, None, js=OPENED[name], **WATCH)
