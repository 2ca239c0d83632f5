"""The camera in Classify: what it sees is answered as it moves, and nothing of it is kept unless that is asked for."""

from typing import Any

import gradio as gr
import numpy as np
from gradio.events import Dependency

from genclass.files import decode, images
from genclass.ui.classify import verdict
from genclass.ui.classify.question import Question
from genclass.ui.common import camera, decoded_upload
from genclass.ui.common.events import CLASSIFIERS, LIVE, WATCH, Event, Parts, answers, from_script, safely, tell_script
from genclass.ui.common.text import say
from genclass.ui.server import quota, uploads

PREFIX = "data:image/jpeg;base64,"
MOST = 600_000  # letters of a frame: one that is kept has up to 300,000, the others a tenth of it
# Another image comes, as a photo does.
STOP = "() => { genclass.unlive?.(); document.getElementById('classify-photo-button')?.click(); }"
SHOWN = "() => { genclass.unshown(false); }"
EVENT: Event = {**LIVE, **CLASSIFIERS}


def build() -> gr.HTML:
    """The part; ``connect`` makes it work."""
    words = {key: say(f"live_{key}") for key in ("on", "silent")}
    return camera.build("classify-camera", "live_camera.js", say("live_keep"), **words)


def connect(part: gr.HTML, question: Question, examples: gr.Dataset, shown: Parts) -> Dependency:
    """Answer frame after frame while the camera is on, and let a frame become the image that is asked about.

    Args:
        examples: bring another image: the camera is off before it comes, or an answer of its could come after.
        shown: what ``verdict.told`` and ``verdict.nothing`` fill.

    Returns:
        The event that puts a frame into the place of the image, for what follows it.
    """
    begun = part.clear(**answers(begin, {**shown, "image": question.image}), inputs=None, **EVENT)
    begun.then(None, None, None, js=SHOWN, **WATCH)
    frame = answers(answer_frame, shown)
    live = part.input(**frame, **from_script(part, question.model, question.how), **EVENT)
    examples.click(None, None, None, js=STOP, **WATCH)
    kept = part.submit(**answers(keep_frame, {"image": question.image}), **from_script(part), **EVENT)
    tell_script(part, clear=begun, input=live)
    return kept


@safely
def begin() -> dict[str, Any]:
    """As long as the camera is on there is no other image."""
    return {**verdict.nothing(), "image": None}


@safely
def answer_frame(frame: object, model: object, how: object) -> dict[str, Any]:
    """What is said of one frame, as of any photo, and no more, whatever came late of another; nothing remembers it."""
    content = uploads.content(frame, PREFIX, MOST)
    return {**verdict.nothing(), **verdict.told(decoded_upload.classify_content(content, model, how))}


@safely
def keep_frame(frame: object) -> dict[str, Any]:
    """A frame as the image that is asked about and explained: a file like an upload."""
    pixels = np.asarray(decode.decode(uploads.content(frame, PREFIX, MOST)))
    return {"image": quota.save(images.png_bytes(pixels), "camera.png")}
