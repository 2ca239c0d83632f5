"""What the tools that search have in common: buttons, a bar, before and after, and the recipe that was found."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from genclass.analysis.search import SearchProgress
from genclass.ui.common import html
from genclass.ui.common.events import Parts, parts_of
from genclass.ui.common.text import say


@dataclass
class SearchPanel:
    """The components of a search that can be stopped, and whose result ``take`` puts on the sheet."""

    go: gr.Button
    stop: gr.Button
    take: gr.Button
    bar: gr.HTML
    compare: gr.HTML
    found: gr.Textbox

    def report_parts(self) -> Parts:
        """What ``report`` fills."""
        return parts_of(self, "bar", "compare", "take", "found")


def report(tool: str, progress: SearchProgress, facts: list[str], sides: list[html.Side]) -> dict[str, Any]:
    """How far a search has come, and what it has found so far.

    Args:
        tool: the key of its name.
        facts: what there is to say beside the steps.
        sides: what is compared.
    """
    steps = say("searched_steps", step=progress.step, total=progress.total)
    state = "finished" if progress.step == progress.total else "running"
    return {
        "bar": html.progress(state, say(tool), progress.step / progress.total, [steps, *facts]),
        "compare": html.compare(sides),
        "take": gr.update(visible=True),
        "found": progress.recipe.to_json(),
    }
