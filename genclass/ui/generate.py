"""The tab Generate: controls, one sheet of images that follows them live, its recipe, its link and a second opinion."""

import dataclasses
from dataclasses import dataclass
from urllib.parse import urlencode

import gradio as gr

from genclass.errors import GenClassError
from genclass.recipe import ALL, KEYS, MAX_SEED, Recipe
from genclass.ui import drawing, html, latents, models, text
from genclass.ui.handlers import LIVE, NETWORKS, safely
from genclass.ui.text import say

IN_TURN = ""
CONTROLS = 6  # model, class, seed, count, truncation, kept; sliders follow


@dataclass
class Tab:
    """The components that events read and write."""

    model: gr.Dropdown
    class_name: gr.Dropdown
    seed: gr.Number
    dice: gr.Button
    count: gr.Slider
    truncation: gr.Slider
    kept: gr.JSON
    board: latents.Board
    reset: gr.Button
    picture: gr.HTML
    verdict: gr.HTML
    recipe: gr.Code
    query: gr.Textbox
    link: gr.Textbox
    download: gr.Button

    def controls(self):
        """What makes a recipe, in the order that ``recipe_of`` takes."""
        plain = [self.model, self.class_name, self.seed, self.count, self.truncation, self.kept]
        return [*plain, *self.board.sliders]

    def results(self):
        return [self.picture, self.recipe, self.query]

    def everything(self):
        """What ``_show_all`` gives."""
        plain = [self.model, self.class_name, self.seed, self.count, self.truncation, self.kept]
        return [*plain, *self.board.parts(), *self.results()]

    def after_choice(self, event):
        """Show the chosen model once ``event`` has put it into the list."""
        self.follow(event.then(change_model, self.controls(), self.everything(), **LIVE, **NETWORKS))

    def follow(self, drawn):
        """After a picture: what the classifier says of it, and its link."""
        drawn.success(second_opinion, self.recipe, self.verdict, **LIVE, **NETWORKS)
        drawn.success(None, self.query, self.link, js="query => genclass.follow(query)", api_visibility="private")


def build(demo):
    """Build the tab and connect its events.

    Args:
        demo: the ``gr.Blocks``, whose opening restores the recipe of a link.

    Returns:
        The ``Tab``.
    """
    with gr.Tab(say("generate"), id="generate", elem_id="tab-generate"):
        with gr.Row(elem_classes="gc-split"):
            with gr.Column(scale=4, min_width=320, elem_classes="gc-controls"):
                controls = _build_controls()
            with gr.Column(scale=5, min_width=320, elem_classes="gc-stage"):
                picture = gr.HTML(elem_id="generate-picture")
                verdict = gr.HTML(html.note(say("judge_wait")), elem_id="generate-verdict")
        tab = Tab(**controls, picture=picture, verdict=verdict, **_build_sharing())
    _connect(tab, demo)
    return tab


def _build_controls():
    with gr.Group():
        model = gr.Dropdown(models.names("gan"), label=say("model"), allow_custom_value=True, elem_id="generate-model")
        class_name = gr.Dropdown([], label=say("class"), allow_custom_value=True, elem_id="generate-class")
    with gr.Row(elem_classes="gc-seed"):
        seed = gr.Number(0, label=say("seed"), precision=0, minimum=0, maximum=MAX_SEED, elem_id="generate-seed",
                         min_width=120, scale=4)  # fmt: skip
        dice = gr.Button(say("dice"), elem_id="generate-dice", min_width=52, scale=1)
    count = gr.Slider(1, drawing.MOST, 16, step=1, label=say("count"), elem_id="generate-count", buttons=[])
    truncation = gr.Slider(0, 1, 1, step=0.01, label=say("truncation"), info=say("truncation_info"),
                           elem_id="generate-truncation", buttons=[])  # fmt: skip
    kept = gr.JSON({}, visible=False, elem_id="generate-kept")
    with gr.Row(elem_classes="gc-heading"):
        gr.HTML(f"<h3>{say('latent_heading')}</h3>{html.note(say('latent_hint'))}", elem_id="latent-heading")
        pages = latents.build_pages()
        reset = gr.Button(say("reset"), size="sm", elem_id="latent-reset", min_width=110, scale=0)
    board = latents.build(pages)
    return {"model": model, "class_name": class_name, "seed": seed, "dice": dice, "count": count,
            "truncation": truncation, "kept": kept, "board": board, "reset": reset}  # fmt: skip


def _build_sharing():
    with gr.Row(elem_classes="gc-share"):
        link = gr.Textbox(label=say("link"), interactive=False, buttons=["copy"], max_lines=1, elem_id="generate-link",
                          scale=4)  # fmt: skip
        download = gr.Button(say("download"), elem_id="generate-download", min_width=200, scale=1)
    recipe = gr.Code(label=say("recipe"), language="json", interactive=False, elem_id="generate-recipe",
                     wrap_lines=True, lines=1)  # fmt: skip
    query = gr.Textbox(visible=False, elem_id="generate-query")
    return {"link": link, "download": download, "recipe": recipe, "query": query}


def _connect(tab, demo):
    live = [control.input for control in (tab.class_name, tab.seed, tab.count, tab.truncation, *tab.board.sliders)]
    draws = [
        demo.load(open_page, None, tab.everything(), show_progress="hidden", api_visibility="private", **NETWORKS),
        tab.model.input(change_model, tab.controls(), tab.everything(), **LIVE, **NETWORKS),
        gr.on(live, follow, tab.controls(), tab.results(), **LIVE, **NETWORKS),
        gr.on([tab.seed.blur, tab.seed.submit], redraw, tab.controls(), tab.results(), **LIVE, **NETWORKS),
        tab.dice.click(None, None, tab.seed, js=f"() => Math.floor(Math.random() * {MAX_SEED + 1})",
                       api_visibility="private")
        .then(redraw, tab.controls(), tab.results(), **LIVE, **NETWORKS),
        tab.reset.click(None, None, [tab.kept, *tab.board.sliders], api_visibility="private",
                        js=f"() => [{{}}, ...Array({latents.SLIDERS}).fill(0)]")
        .then(redraw, tab.controls(), tab.results(), **LIVE, **NETWORKS),
    ]  # fmt: skip
    for drawn in draws:
        tab.follow(drawn)
    tab.download.click(None, None, None, js="() => genclass.download('generate-picture')", api_visibility="private")


def recipe_of(model, class_name, seed, count, truncation, kept, *moved):
    """The recipe that the controls, in the order of ``Tab.controls``, ask for.

    Raises:
        GenClassError: whatever the values are that the browser sent.
    """
    kept = kept if isinstance(kept, dict) else {}
    directions = {**kept.get("directions", {}), **latents.directions_of(moved)}
    values = {"model": model, "class": class_name or None, "seed": seed, "count": count, "truncation": truncation}
    return drawing.ask({**kept, **values, "directions": directions})


@safely
def redraw(*controls):
    """Draw what the controls ask for: the picture, its recipe and its query string."""
    return _draw(*drawing.prepare(recipe_of(*controls)))


@safely
def follow(*controls):
    """As ``redraw``, but an empty seed is waited for: someone is typing."""
    return redraw(*controls) if controls[2] is not None else [gr.skip()] * 3


def _draw(sampler, recipe):
    png, columns = drawing.sheet_png(sampler, recipe)
    alt = say("picture", count=recipe.count, model=recipe.model)
    name = f"{recipe.model}-{recipe.seed}.png"
    return [html.picture(png, columns, alt, name), recipe.to_json(), recipe.to_link()]


@safely
def change_model(*controls):
    """Another model with the same seed: its own classes, its own dimensions, sliders at rest."""
    recipe = recipe_of(*controls[: CONTROLS - 1], {})
    classes = models.load(recipe.model, "gan").classes
    if recipe.class_name not in (classes and [*classes, ALL]):
        recipe = dataclasses.replace(recipe, class_name=None)
    return _show_all(recipe)


@safely
def open_page(request: gr.Request):
    """The picture of the link that was opened, or the first model's."""
    names = models.names("gan")
    if not names:
        plain = CONTROLS + len(latents.updates(0, {}))
        return [gr.skip()] * plain + [html.note(say("no_gan")), "", ""]
    pairs = [(key, value) for key, value in request.query_params.multi_items() if key in (*KEYS, "direction")]
    try:
        return _show_all(Recipe.from_link(urlencode(pairs)) if pairs else Recipe(names[0]))
    except GenClassError as error:
        gr.Warning(text.sentence(error), title=say("refused"))
        return _show_all(Recipe(names[0]))


def _show_all(recipe):
    """Every control set to a recipe, and its picture, in the order of ``Tab.everything``."""
    sampler, complete = drawing.prepare(recipe)
    shown = {name: sigma for name, sigma in complete.directions.items() if latents.on_board(name, sigma)}
    return [
        gr.update(choices=models.names("gan"), value=recipe.model),
        gr.update(choices=_class_choices(sampler), value=recipe.class_name or IN_TURN, visible=bool(sampler.classes)),
        recipe.seed,
        recipe.count,
        recipe.truncation,
        _without_control(complete, shown),
        *latents.updates(sampler.z_dim, shown),
        *_draw(sampler, complete),
    ]


def _class_choices(sampler):
    return [(say("in_turn"), IN_TURN), *((name, name) for name in sampler.classes), (say("all"), ALL)]


def _without_control(recipe, shown):
    """What of a recipe no control shows, so that it is not lost when one is moved."""
    hidden = {name: sigma for name, sigma in recipe.directions.items() if name not in shown}
    others = {key: getattr(recipe, key) for key in ("mix", "latent") if getattr(recipe, key) is not None}
    return {**others, **({"directions": hidden} if hidden else {})}


@safely
def second_opinion(recipe_json):
    """What the classifier of the same data set says of each image."""
    sampler, recipe = drawing.prepare(Recipe.from_json(recipe_json))
    dataset = sampler.config["dataset"]
    judge = models.judge(dataset)
    if judge is None:
        return html.note(say("judge_none", dataset=dataset))
    drawn, labels = drawing.draw(sampler, recipe), sampler.labels(recipe)
    asked = [sampler.classes[label] if label >= 0 else None for label in labels]
    cells = [_cell(judge.top(row, 1)[0], name) for row, name in zip(judge.predict(drawn), asked)]
    return _summary(judge, cells) + html.verdicts(cells, drawing.columns(recipe, len(drawn)))


def _cell(best, asked):
    title = f"{best['class']} {best['probability']:.1%}"
    title += f" · {say('judge_asked', asked=asked)}" if asked else ""
    return {**best, "right": best["class"] == asked if asked else None, "title": title}


def _summary(judge, cells):
    if cells[0]["right"] is None:
        return html.note(say("judge_sees", judge=judge.name), "summary")
    agree = sum(cell["right"] for cell in cells)
    return html.note(say("judge_agrees", judge=judge.name, agree=agree, count=len(cells)), "summary")
