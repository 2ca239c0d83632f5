"""The tabs in which models are used, as the others know them: a press there opens one with a model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from genclass.ui.common import model_cache
from genclass.ui.common.events import WATCH

KINDS = ("gan", "classifier")
# In Classify the part for many images, which has a model of its own, may have been open last.
SHOW_ONE = "() => { document.getElementById('classify-one-button')?.click(); }"
# An image that comes from another tab comes as a photo does.
SHOW_IMAGE = (
    "() => { for (const part of ['one', 'photo']) document.getElementById(`classify-${part}-button`)?.click(); }"
)
IDS = {"gan": "generate", "classifier": "classify"}  # of the tab that uses a kind of model


class ModelTab(Protocol):
    """A tab that uses one model at a time."""

    @property
    def model(self) -> gr.Dropdown:
        """The choice of the model."""

    def after_choice(self, event: Dependency) -> None:
        """Use the model that ``event`` has put into the choice."""


@dataclass
class ModelTabs:
    """The page's tabs, and those for GANs and for classifiers among them."""

    tabs: gr.Tabs
    gan: ModelTab
    classifier: ModelTab

    def of(self, kind: str) -> ModelTab:
        """The tab that uses a kind of model."""
        return self.gan if kind == "gan" else self.classifier

    def connect(self, button: gr.Button, kind: str, named: Callable[..., Any], asked: Component, **event: Any) -> None:
        """A press of ``button`` opens the tab of a kind of model.

        Args:
            named: a handler that makes of ``asked`` what ``opened`` gives.
        """
        tab = self.of(kind)
        chosen = button.click(named, asked, [self.tabs, tab.model], **event)
        chosen.success(None, None, None, js=SHOW_ONE, **WATCH)
        tab.after_choice(chosen)


def opened(kind: str, name: str) -> tuple[gr.Tabs, dict[str, Any]]:
    """The choice of the tab that uses a kind of model, and of the model in it."""
    return gr.Tabs(selected=IDS[kind]), model_cache.choice(kind, name)
