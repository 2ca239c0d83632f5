"""The tool Guide: a classifier and a class, to which a generator's images are led; before and after side by side."""

from dataclasses import dataclass

import gradio as gr

from genclass.analysis import guidance
from genclass.errors import GenClassError, check_choice
from genclass.files import images
from genclass.models.sampler import sheet_columns
from genclass.ui.common import html, model_cache, render
from genclass.ui.common.events import HIDDEN, LIVE, NETWORKS, RAW, safely, safely_each, stoppable
from genclass.ui.common.text import class_choices, class_name, say
from genclass.ui.generate import request
from genclass.ui.generate.save_panel import taken
from genclass.ui.generate.search_parts import Search

SHOWN = 2
SEARCH = {"climb": guidance.climb, "best": guidance.best_of}


@dataclass
class GuidePanel(Search):
    """The components that events read and write."""

    judge: gr.Dropdown
    class_name: gr.Dropdown
    method: gr.Radio

    def shown(self):
        """What ``updates`` sets."""
        return [self.judge, self.class_name]

    def connect(self, tab, show):
        """Connect to the tab, whose sheet is where guidance begins; ``show`` sets every control to a recipe."""
        self.judge.select(_classes, self.judge, self.class_name, **RAW, **HIDDEN)
        stoppable(self.go, self.stop, self.bar, fn=guide, outputs=self.reports(),
                 **tab.asks(self.judge, self.class_name, self.method))  # fmt: skip
        tab.restored(self.take.click(taken(show), self.found, tab.everything(), **LIVE, **NETWORKS))


def build():
    """Lay the tool out."""
    with gr.Tab(say("guide"), id="guide", elem_id="tool-guide"):
        gr.HTML(html.note(say("guide_hint")), elem_id="guide-hint")
        with gr.Row(elem_classes="gc-tool"):
            judge = gr.Dropdown(model_cache.names("classifier"), label=say("guide_judge"),
                                elem_id="guide-judge", min_width=160)  # fmt: skip
            class_name = gr.Dropdown([], label=say("class"), elem_id="guide-class", min_width=140)
            method = gr.Radio([(say("climb"), "climb"), (say("best"), "best")], value="climb", label=say("how"),
                              elem_id="guide-method", min_width=220)  # fmt: skip
            go = gr.Button(say("guide_go"), variant="primary", elem_id="guide-go", min_width=110)
            stop = gr.Button(say("stop"), elem_id="guide-stop", min_width=80, interactive=False)
        bar, compare = gr.HTML(elem_id="guide-bar"), gr.HTML(elem_id="guide-compare")
        take = gr.Button(say("take"), size="md", elem_id="guide-take", visible=False, min_width=160,
                         elem_classes="gc-alone")  # fmt: skip
        found = gr.Textbox(visible=False, elem_id="guide-found")
    return GuidePanel(go, stop, take, bar, compare, found, judge, class_name, method)


def updates(sampler):
    """The judges there are, the one of the model's own data chosen, in the order of ``Panel.shown``."""
    names = model_cache.names("classifier")
    own = model_cache.judge(sampler.config["dataset"])
    name = own.name if own else next(iter(names), None)
    return [gr.update(choices=names, value=name), _classes(name) if name else gr.update(choices=[], value=None)]


@safely
def _classes(name):
    classes = model_cache.load(name, "classifier").classes
    return gr.update(choices=class_choices(classes), value=classes[-1])


@safely_each
def guide(asked, judge, name, method):
    """Search with progress: (bar, before and after, the button, the recipe found so far)."""
    sampler, recipe, _ = request.prepare(asked)
    climbed = model_cache.load(judge, "classifier")
    search = SEARCH[check_choice("method", method, tuple(SEARCH))]
    other = _other(climbed, name)
    before = None
    for progress in search(sampler, climbed, name, recipe):
        before = before or _side(sampler, guidance.start_of(sampler, name, recipe), climbed, other, name, "before")
        after = _side(sampler, progress.recipe, climbed, other, name, "after")
        yield _bar(progress, name), html.compare([before, after]), gr.update(visible=True), progress.recipe.to_json()


def _other(climbed, name):
    """The classifier that is only asked, or None."""
    climbed.class_index(name)
    other = guidance.other_judge(climbed.config, name, model_cache.folders())
    try:
        return other and model_cache.load(other, "classifier")
    except GenClassError:  # a run's model that has just been replaced
        return None


def _side(sampler, recipe, climbed, other, name, when):
    """(heading, PNG, images in a row, lines of what each classifier sees)."""
    drawn = render.draw(sampler, recipe)
    wide = sheet_columns(recipe, len(drawn))
    lines = [_line(climbed, drawn, name, "guided_by")]
    lines.append(say("no_other") if other is None else _line(other, drawn, name, "only_asked"))
    return say(when), images.png_bytes(images.sheet(drawn, wide), recipe.to_json()), wide, lines


def _line(judge, drawn, name, role):
    share = judge.predict(drawn)[:, judge.classes.index(name)].mean()
    return say(role, judge=judge.name, name=class_name(name), share=f"{share:.0%}")


def _bar(progress, name):
    done = progress.step == progress.total
    facts = [say("searched_steps", step=progress.step, total=progress.total), say("sure", name=class_name(name),
             share=f"{progress.score:.0%}")]  # fmt: skip
    return html.progress("finished" if done else "running", say("guide"), progress.step / progress.total, facts)
