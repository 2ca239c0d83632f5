"""What the tools that search have in common: buttons, a bar, before and after, and the recipe that was found."""

from dataclasses import dataclass

import gradio as gr


@dataclass
class Search:
    """The components of a search that can be stopped, and whose result can be put on the sheet."""

    go: gr.Button
    stop: gr.Button
    take: gr.Button
    bar: gr.HTML
    compare: gr.HTML
    found: gr.Textbox

    def reports(self):
        """What a report of its progress sets."""
        return [self.bar, self.compare, self.take, self.found]
