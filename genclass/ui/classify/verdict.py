"""What is said of one image: classes or a headline in their place, doubts, ways on; and what the network saw of it."""

from typing import Any

import gradio as gr

from genclass.models import store
from genclass.ui.classify import compare_models
from genclass.ui.common import decoded_upload, figures, html, model_cache, text
from genclass.ui.common.decoded_upload import DecodedUpload
from genclass.ui.common.text import class_name, name_of, say

TOP = 5


def told(upload: DecodedUpload) -> dict[str, Any]:
    """The likeliest classes in ``gr.Label``'s form, or a headline in their place; doubts, and what can be done."""
    return {
        "answer": headline(upload) or {class_name(entry["class"]): entry["probability"] for entry in upload.top(TOP)},
        "ways_on": gr.update(visible=upload.answer.unfamiliar),
        "ask_large": gr.update(visible=_may_ask_large(upload.classifier.name)),
        "doubts": doubts(upload),
    }


def nothing() -> dict[str, Any]:
    """What stands where no image is."""
    return {
        "ways_on": gr.update(visible=False),
        "ask_large": gr.update(),
        "answer": None,
        "doubts": "",
        "seen": html.note(say("seen_nothing")),
        "closer": gr.update(visible=False),
    }


def unread(file: object) -> dict[str, Any]:
    """What stands where an image got no answer: why, if it can't be read; its own place is free for the next."""
    fault = decoded_upload.fault(file)
    if fault is None:
        return nothing()
    why = html.note(text.sentence(fault), "error")
    return {**nothing(), "answer": say("headline_unread"), "doubts": why, "image": None}


def headline(upload: DecodedUpload) -> str | None:
    """What is said instead of a class where none is to be believed."""
    closest = class_name(upload.top(1)[0]["class"])
    if upload.answer.unfamiliar:
        count = len(upload.classifier.classes)
        key = "headline_neither" if count == 2 else "headline_none"
        return say(key, count=name_of("count", str(count)), closest=closest)
    return say("headline_unsure", closest=closest) if upload.answer.unsure else None


def _may_ask_large(name: str) -> bool:
    return name != store.KNOWS_MOST and store.KNOWS_MOST in model_cache.names("classifier")


def doubts(upload: DecodedUpload) -> str:
    """What there is to know before one believes the answer."""
    unlike = upload.answer.unfamiliar
    words = [figures.bars(upload.top(TOP))] if headline(upload) else []
    words += [html.note(compare_models.unlike_training_data(upload), "warning")] if unlike else []
    words += [html.note(text.sentence(note), "warning") for note in upload.notes]
    words += [html.note(say("first_frame"))] if upload.animated else []
    words += [html.note(say("inverted"))] if upload.inverted else []
    return "".join(words)


def seen(upload: DecodedUpload) -> str:
    """The square that was cut out or padded, and the pixels that are left of it."""
    size, grey = upload.classifier.image_size, upload.classifier.channels == 1
    words = say("seen_caption", size=size, channels=say("grey" if grey else "colour"))
    width, height = upload.size
    whole = say("square" if width == height else f"square_{upload.how}", width=width, height=height)
    return figures.row(
        figures.photo(upload.square, whole),
        figures.photo(upload.pixels, words),
        between=("→",),
    )
