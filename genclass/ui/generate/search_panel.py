"""What the tools have in common: their progress and their result stand on the sheet, with a way back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.blocks import Block

from genclass.analysis.search import SearchProgress
from genclass.models.recipe import Recipe
from genclass.models.sampler import Sampler
from genclass.ui.common import html, render
from genclass.ui.common.events import LIVE, NETWORKS, WATCH, Parts, nothing_to_do, parts_of
from genclass.ui.common.text import say
from genclass.ui.generate import sheet

if TYPE_CHECKING:
    from gradio.events import Dependency

    from genclass.ui.generate.tab import GenerateTab


SEARCH = "genclass.search();"  # at the press that begins a tool: see page.js


@dataclass
class SheetBar:
    """What a tool shows under the sheet while its tab is open.

    Attributes:
        bar: how far it has come.
        row: holds ``back`` and ``take``, the way to the sheet before and to the one that was found.
    """

    bar: gr.HTML
    row: gr.Row
    back: gr.Button
    take: gr.Button


def build_bar(tool: str) -> SheetBar:
    """The bar of a tool, laid out under the sheet; ``tool`` begins the ids of its parts."""
    bar = gr.HTML(elem_id=f"{tool}-bar", elem_classes=f"gc-of-{tool}")
    with gr.Row(visible=False, elem_classes=f"gc-buttons gc-of-{tool}", elem_id=f"{tool}-result") as row:
        back = gr.Button(say("before"), size="md", elem_id=f"{tool}-back", min_width=90)
        take = gr.Button(say("after"), size="md", elem_id=f"{tool}-take", min_width=90)
    return SheetBar(bar, row, back, take)


@dataclass
class SearchPanel:
    """The components of a search that can be stopped.

    Attributes:
        compare: what is seen before and after, in words.
        found, before: recipes as JSON: of what was found so far, and of the sheet where the search began.
    """

    go: gr.Button
    stop: gr.Button
    shown: SheetBar
    compare: gr.HTML
    found: gr.Textbox
    before: gr.Textbox

    def report_parts(self, tab: "GenerateTab") -> Parts:
        """What ``begun`` and ``report`` fill."""
        own = parts_of(self, "compare", "found", "before")
        return {"picture": tab.picture, "bar": self.shown.bar, "row": self.shown.row, **own}


def build_search(tool: str) -> dict[str, Any]:
    """Compare and recipes of a search, laid out where it is called; ``tool`` begins their ids."""
    return {
        "compare": gr.HTML(elem_id=f"{tool}-compare"),
        "found": gr.Textbox(visible=False, elem_id=f"{tool}-found"),
        "before": gr.Textbox(visible=False, elem_id=f"{tool}-before"),
    }


def connect(panel: SearchPanel, tab: "GenerateTab", searched: "Dependency") -> None:
    """Let every slider act on what was found, once the search ends or is stopped; lead back, and there again."""
    searched.failure(None, None, None, js="() => genclass.refused()", **WATCH)
    take = {"inputs": panel.found, **LIVE, **NETWORKS}
    also: dict[Block, Any] = {panel.shown.row: gr.update(visible=True)}
    for ended in (searched.success, panel.stop.click):  # not before: the search would go on over what they show
        tab.show_recipe(ended, recipe_so_far, also, ends=True, js="found => genclass.ended(found)", **take)
    tab.show_recipe(panel.shown.take.click, recipe_so_far, **take)
    tab.show_recipe(panel.shown.back.click, recipe_so_far, **{**take, "inputs": panel.before})


def recipe_so_far(text: object) -> Recipe:
    """The recipe that a search has come to.

    Raises:
        gr.Error: without a word, where it has come to none.
    """
    if not text:
        raise nothing_to_do()
    return render.parse(text)


def begun(tool: str, before: Recipe) -> dict[str, Any]:
    """A search that has nothing to show yet; ``before`` is the recipe to which a way back leads."""
    bar = html.progress("running", say(tool), 0, [say("searching")])
    row = gr.update(visible=False)
    return {"bar": bar, "row": row, "compare": "", "found": "", "before": before.to_json()}


def report(tool: str, sampler: Sampler, progress: SearchProgress, facts: list[str], seen: str) -> dict[str, Any]:
    """How far a search has come, and on the sheet what it has found so far.

    Args:
        tool: the key of its name.
        facts: what there is to say beside the steps.
        seen: HTML of what is said of it in full.
    """
    steps = say("searched_steps", step=progress.step, total=progress.total)
    state = "finished" if progress.step == progress.total else "running"
    return {
        "picture": sheet.figure(sampler, progress.recipe),
        "bar": html.progress(state, say(tool), progress.step / progress.total, [steps, *facts]),
        "compare": seen,
        "found": progress.recipe.to_json(),
    }
