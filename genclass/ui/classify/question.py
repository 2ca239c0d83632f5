"""What Classify is asked: an image, the model that is to tell what it shows, and how the image is fitted."""

from dataclasses import dataclass

import gradio as gr
from gradio.components import Component


@dataclass
class Question:
    """The components."""

    image: gr.Image
    model: gr.Dropdown
    how: gr.Radio

    def inputs(self) -> list[Component]:
        """What handlers take as ``file``, ``model`` and ``how``."""
        return [self.image, self.model, self.how]
