"""One of the page's tabs, with a heading for screen readers."""

import contextlib
from collections.abc import Iterator

import gradio as gr

from genclass.ui.common.text import say


@contextlib.contextmanager
def titled_tab(key: str, name: str) -> Iterator[gr.Tab]:
    """A ``gr.Tab`` that begins with a heading for screen readers alone: others see the tab's button.

    Args:
        key: of its words.
        name: its ``id``, and its ``elem_id`` after ``tab-``.
    """
    with gr.Tab(say(key), id=name, elem_id=f"tab-{name}") as tab:
        gr.HTML(f"<h2>{say(key)}</h2>", elem_id=f"title-{name}", elem_classes="gc-unseen")
        yield tab
