"""A visitor's camera in a part of the page: its picture, its buttons, and a sentence for whatever keeps it back."""

import json
from html import escape

import gradio as gr

from genclass.ui.common.text import say
from genclass.ui.static import static

# What ``camera.js`` says: the labels of its button, its states, why there is no picture.
STATES = ("start", "stop", "asking", "off")
FAULTS = ("insecure", "unable", "denied", "framed", "missing", "taken", "ended", "other")


def build(elem_id: str, script: str, action: str, **words: str) -> gr.HTML:
    """The part, switched off; what it gives is told by ``events.from_script``.

    Args:
        script: the file name of what is done with the picture, which follows ``camera.js``.
        action: the label of the button beside the camera's own, which can be pressed while there is a picture.
        words: what the script says besides, ``on`` among it: that there is a picture.
    """
    told = {key: say(f"camera_{key}") for key in (*STATES, *FAULTS)} | words
    part = (
        f'<div class="gc-camera" data-words="{escape(json.dumps(told, ensure_ascii=False))}">'
        f'<video muted playsinline aria-label="{escape(say("camera"))}"></video>'
        f'<p class="gc-note" role="status">{escape(told["off"])}</p><div>'
        f'<button type="button" class="gc-plain">{escape(told["start"])}</button>'
        f'<button type="button" class="gc-plain" disabled>{escape(action)}</button>'
        f'<button type="button" class="gc-plain" hidden>{escape(say("camera_swap"))}</button></div></div>'
    )
    return gr.HTML(html_template=part, js_on_load=static("camera.js") + static(script), elem_id=elem_id)
