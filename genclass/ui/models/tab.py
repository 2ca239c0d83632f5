"""The tab Choose: all models side by side, and in a tab of its own the closed loop."""

from dataclasses import dataclass

import gradio as gr

from genclass.ui.common.model_tabs import ModelTabs
from genclass.ui.common.text import say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.models import all_models, closed_loop_panel


@dataclass
class ModelsTab:
    """The tab and its panels."""

    page: gr.Tab
    every: all_models.AllModelsPanel
    loop: closed_loop_panel.ClosedLoopPanel


def build() -> ModelsTab:
    """Lay the tab out."""
    with titled_tab("choose", "models") as page, gr.Tabs(elem_id="models-kinds"):
        with gr.Tab(say("choose_all"), id="all-models", elem_id="models-compare"):
            every = all_models.build()
        with gr.Tab(say("loop"), id="loop", elem_id="models-loop"):
            loop = closed_loop_panel.build()
    return ModelsTab(page, every, loop)


def connect(tab: ModelsTab, mine: gr.BrowserState, model_tabs: ModelTabs) -> None:
    """Connect the events; ``mine`` are the browser's runs, whose models may be deleted."""
    all_models.connect(tab.every, tab.page, mine, model_tabs)
    closed_loop_panel.connect(tab.loop, tab.page)
