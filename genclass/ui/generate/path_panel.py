"""The tool Path: from seed to seed or class to class, as a strip and as an animation."""

import dataclasses
from dataclasses import dataclass

import gradio as gr
import numpy as np

from genclass.files import animate, images
from genclass.models.recipe import ALL, MAX_SEED
from genclass.ui.common import html, render
from genclass.ui.common.events import RAW, SEARCHES, WATCH, safely, safely_each, stoppable
from genclass.ui.common.text import class_choices, say
from genclass.ui.generate import request
from genclass.ui.generate.request import IN_TURN
from genclass.ui.generate.save_panel import packed

SHOWN = 3
CHUNK = 8
MIME = {"gif": "image/gif", "webp": "image/webp", "mp4": "video/mp4"}


@dataclass
class PathPanel:
    """The components that events read and write."""

    to_seed: gr.Number
    to_class: gr.Dropdown
    steps: gr.Slider
    go: gr.Button
    stop: gr.Button
    bar: gr.HTML
    strip: gr.HTML
    walked: gr.Textbox
    saves: dict
    blob: gr.JSON

    def shown(self):
        """What ``updates`` sets."""
        return [self.to_seed, self.to_class, self.steps]

    def connect(self, tab):
        """Connect to the tab, whose recipe is where a path begins."""
        stoppable(self.go, self.stop, self.bar, "walk_stopped", fn=walk, outputs=[self.bar, self.strip, self.walked],
                 **tab.asks(*self.shown()))  # fmt: skip
        for form, button in self.saves.items():
            made = button.click(SAVERS[form], self.walked, self.blob, **RAW, **SEARCHES)
            made.success(None, self.blob, None, js="file => genclass.save(file)", **WATCH)


def build():
    """Lay the tool out."""
    with gr.Tab(say("walk"), id="walk", elem_id="tool-walk"):
        gr.HTML(html.note(say("walk_hint")), elem_id="walk-hint")
        with gr.Row(elem_classes="gc-tool"):
            to_seed = gr.Number(12, label=say("to_seed"), precision=0, minimum=0, maximum=MAX_SEED, min_width=120,
                                elem_id="walk-seed")  # fmt: skip
            to_class = gr.Dropdown([], label=say("to_class"), elem_id="walk-class", min_width=140)
            steps = gr.Slider(2, render.MOST, 24, step=1, label=say("steps"), elem_id="walk-steps", buttons=[])
            go = gr.Button(say("walk_go"), variant="primary", elem_id="walk-go", min_width=110)
            stop = gr.Button(say("stop"), elem_id="walk-stop", min_width=80, interactive=False)
        bar = gr.HTML(elem_id="walk-bar")
        strip = gr.HTML(elem_id="walk-strip")
        with gr.Row(elem_classes="gc-buttons"):
            saves = {form: gr.Button(say(f"save_{form}"), size="md", elem_id=f"walk-{form}", min_width=90)
                     for form in SAVERS}  # fmt: skip
        walked = gr.Textbox(visible=False, elem_id="walk-recipe")
        blob = gr.JSON(visible=False, elem_id="walk-blob")
    return PathPanel(to_seed, to_class, steps, go, stop, bar, strip, walked, saves, blob)


def updates(sampler, recipe):
    """What shows a recipe's path, in the order of ``Panel.shown``."""
    choices = [(say("same_class"), IN_TURN), *class_choices(sampler.classes)]
    return [
        gr.skip() if recipe.to_seed is None else recipe.to_seed,
        gr.update(choices=choices, value=recipe.to_class or IN_TURN, visible=bool(sampler.classes)),
        gr.skip() if recipe.steps is None else recipe.steps,
    ]


def path_of(sampler, recipe, to_seed, to_class, steps):
    """A complete recipe's path, in the class of its first image where it asks for none.

    Raises:
        GenClassError: for values that make no path.
    """
    changes = {"to_seed": to_seed, "to_class": to_class or None, "steps": steps, "count": 1}
    if recipe.class_name == ALL:
        changes["class_name"] = None
    if recipe.latent is not None:
        changes["latent"] = sampler.singles(recipe)[0].latent
    return sampler.complete(dataclasses.replace(recipe, **changes))


@safely_each
def walk(asked, to_seed, to_class, steps):
    """Draw a path with progress: (bar, strip or moving picture, recipe as JSON)."""
    sampler, recipe, _ = request.prepare(asked)
    sampler, path = render.prepare(path_of(sampler, recipe, to_seed, to_class, steps))
    z, class_weights, drawn = sampler.latents(path), sampler.class_weights(path), []
    for start in range(0, path.steps, CHUNK):
        part = slice(start, start + CHUNK)
        drawn.append(sampler.draw(z[part], None if class_weights is None else class_weights[part]))
        done = min(start + CHUNK, path.steps)
        yield _bar(done, path.steps), gr.skip(), gr.skip()
    drawn = np.concatenate(drawn)
    yield _bar(path.steps, path.steps), _shown(drawn, path), path.to_json()


def _bar(done, total):
    facts = [say("walked", done=done, total=total)]
    return html.progress("running" if done < total else "finished", say("walk"), done / total, facts)


def _shown(drawn, path):
    png = images.png_bytes(images.sheet(drawn, len(drawn)), path.to_json())
    moving = html.data_url(animate.animation(drawn, "webp"), MIME["webp"])
    return html.walk(png, moving, say("strip_of_path", steps=path.steps), f"{path.model}-path.png")


def _animated(form):
    @safely
    def make(recipe_json):
        sampler, path = render.prepare(render.parse(recipe_json))
        return packed(f"{path.model}-path.{form}", MIME[form], animate.animation(render.draw(sampler, path), form))

    return make


@safely
def strip_file(recipe_json):
    """The strip as a PNG that carries the path's recipe."""
    sampler, path = render.prepare(render.parse(recipe_json))
    png, _ = render.sheet_png(sampler, path)
    return packed(f"{path.model}-path.png", "image/png", png)


SAVERS = {"strip": strip_file, **{form: _animated(form) for form in animate.FORMATS}}
