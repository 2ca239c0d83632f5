"""The panel of Learn in which a GAN in the plane learns before one's eyes."""

from dataclasses import dataclass
from html import escape

import gradio as gr

from genclass.errors import GenClassError, check_choice
from genclass.networks.losses import LOSSES
from genclass.networks.toy_gan import SHAPES, ToySettings, points_drawn
from genclass.ui.common import html
from genclass.ui.common.events import HIDDEN, RAW, from_script, safely, safely_each, user_input
from genclass.ui.common.text import say
from genclass.ui.learn.toy_games import DRAWN, Games, first
from genclass.ui.static import static

TOYS = {"concurrency_id": "toys", "concurrency_limit": 2, **HIDDEN, **RAW}
MOVES = {"concurrency_id": "toy-moves", "concurrency_limit": 4, **HIDDEN, **RAW}
RATES = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01]
PENALTIES = [0, 0.001, 0.003, 0.01, 0.03, 0.1]
FAST, SLOW = "fast", "slow"
FIRST = 5  # seconds for which it plays by itself when the tab is first opened
# name: (shape or None for the one that is there, rules, whether to begin anew)
LESSONS = {
    "learns": ("ring", ToySettings(), True),
    "collapse": ("grid", ToySettings(penalty=0.0), True),
    "cure": (None, ToySettings(penalty=0.01), False),
    "stuck": ("ring", ToySettings("saturating", 0.001, 0.005, 3, 0.0), True),
}
games = Games()


@dataclass
class ToyPanel:
    """The components."""

    shape: gr.Radio
    loss: gr.Dropdown
    rate: gr.Dropdown
    discriminator_rate: gr.Dropdown
    steps: gr.Slider
    penalty: gr.Dropdown
    pace: gr.Radio
    picture: gr.HTML
    hint: gr.HTML
    buttons: dict

    def rules(self):
        return [self.loss, self.rate, self.discriminator_rate, self.steps, self.penalty]

    def asked(self):
        return [self.shape, *self.rules()]


def build():
    """Lay the panel out; ``connect`` makes it work."""
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=4, min_width=300):
            controls = _build_controls()
        with gr.Column(scale=5, min_width=320, elem_classes="gc-toy-side"):
            with gr.Row(elem_classes="gc-buttons"):
                names = {"train": "primary", "stop": "secondary", "step": "secondary", "reset": "secondary"}
                buttons = {name: gr.Button(say(f"toy_{name}"), variant=kind, min_width=80, elem_id=f"toy-{name}")
                           for name, kind in names.items()}  # fmt: skip
            picture = gr.HTML(first("ring", ToySettings()), html_template=_stage(), elem_id="toy-picture",
                              js_on_load=static("toy_gan.js"))  # fmt: skip
    return ToyPanel(picture=picture, buttons={**buttons, **controls.pop("lessons")}, **controls)


def _build_controls():
    parts = {}
    shapes = [(say(f"toy_{name}"), name) for name in (*SHAPES, DRAWN)]
    parts["shape"] = gr.Radio(shapes, value="ring", label=say("toy_shape"), elem_id="toy-shape")
    gr.HTML(f'<h4 class="gc-small">{say("toy_lessons")}</h4>', elem_id="toy-lessons-heading")
    with gr.Row(elem_classes="gc-lessons"):
        parts["lessons"] = {name: gr.Button(say(f"toy_{name}"), size="sm", min_width=120, elem_id=f"toy-{name}")
                            for name in LESSONS}  # fmt: skip
    parts["hint"] = gr.HTML(html.note(say("toy_learns_hint")), elem_id="toy-hint")
    losses = [(say(f"toy_loss_{name}"), name) for name in LOSSES]
    first = ToySettings()
    parts["loss"] = gr.Dropdown(losses, value=first.loss, label=say("toy_loss"), elem_id="toy-loss")
    with gr.Row(elem_classes="gc-pair"):
        for name in ("rate", "discriminator_rate"):
            parts[name] = gr.Dropdown(RATES, value=getattr(first, name), label=say(f"toy_{name}"), min_width=120,
                                      elem_id=f"toy-{name.replace('_', '-')}")  # fmt: skip
    with gr.Row(elem_classes="gc-pair"):
        parts["penalty"] = gr.Dropdown(PENALTIES, value=first.penalty, label=say("toy_penalty"), min_width=120,
                                       elem_id="toy-penalty")  # fmt: skip
        parts["steps"] = gr.Slider(1, 5, 1, step=1, label=say("toy_steps"), elem_id="toy-steps", buttons=[],
                                   min_width=120)  # fmt: skip
    paces = [(say("toy_fast"), FAST), (say("toy_slow"), SLOW)]
    parts["pace"] = gr.Radio(paces, value=FAST, label=say("toy_pace"), elem_id="toy-pace")
    return parts


def _stage():
    data = {"draw": say("toy_draw"), "step": say("step")}
    attributes = " ".join(f'data-{key}="{escape(value)}"' for key, value in data.items())
    keys = "".join(f'<span class="gc-key-{name}">{escape(say(f"toy_key_{name}"))}</span>' for name in ("real", "fake"))
    curves = "".join(f'<span class="gc-key-{name}">{escape(say(f"toy_curve_{name}"))}</span>'
                     for name in ("real", "fake"))  # fmt: skip
    return (
        f'<div class="gc-toy" {attributes}><div class="gc-toy-plane"><canvas role="img"></canvas>'
        f'<button type="button" class="gc-plain" hidden>{escape(say("clear"))}</button></div>'
        f'<p class="gc-keys">{keys}</p><p class="gc-toy-status" role="status"></p>'
        f'<canvas class="gc-toy-curves" role="img" aria-label="{escape(say("toy_curves"))}"></canvas>'
        f'<p class="gc-keys gc-key-lines">{curves}</p></div>'
    )


def connect(panel, opened):
    """Connect the events.

    Args:
        opened: an event listener of the tab's opening, such as ``tab.select``.
    """
    going = [opened(open_tab, panel.asked(), panel.picture, **TOYS)]
    train = {"fn": play, "inputs": [*panel.asked(), panel.pace], "outputs": panel.picture, **TOYS}
    going.append(panel.buttons["train"].click(**train))
    for name in LESSONS:
        chosen = panel.buttons[name].click(_lesson(name), [panel.shape], [*panel.asked(), panel.hint, panel.picture],
                                           **MOVES)  # fmt: skip
        going.append(chosen.success(**train))
    panel.buttons["stop"].click(stop, None, panel.picture, cancels=going, **MOVES)
    panel.buttons["step"].click(step, panel.asked(), panel.picture, cancels=going, **MOVES)
    gr.on([panel.buttons["reset"].click, panel.shape.input], reset, panel.asked(), panel.picture, cancels=going,
          **MOVES)  # fmt: skip
    gr.on([user_input(part) for part in panel.rules()], change, panel.asked(), None, **MOVES)
    panel.picture.input(draw, **from_script(panel.picture, *panel.rules()), outputs=[panel.shape, panel.picture],
                        cancels=going, trigger_mode="always_last", **MOVES)  # fmt: skip
    panel.picture.clear(clear, panel.rules(), panel.picture, cancels=going, **MOVES)


def _game(request, shape, rules):
    """The visitor's game with the given rules; a new one for another shape or if there is none."""
    check_choice("shape", shape, (*SHAPES, DRAWN))
    game = games.get(request.session_hash)
    if game is None or game.shape != shape:
        return games.begin(request.session_hash, shape, rules)
    if game.toy is not None:
        game.toy.rules = rules
    return game


def _drawn(game):
    """The game, if there is something to learn.

    Raises:
        GenClassError: ``nothing_drawn``.
    """
    if game.toy is None:
        raise GenClassError("nothing_drawn")
    return game


@safely_each
def open_tab(request: gr.Request, shape, *rules):
    """The first time, a game that plays by itself for a moment; later what is there, or blank paper if that is gone."""
    known = games.get(request.session_hash)
    game = known or _game(request, shape, ToySettings(*rules))
    if known is not None or game.toy is None:
        yield game.frame()
    else:
        yield from game.play(False, FIRST)


@safely_each
def play(request: gr.Request, shape, loss, rate, discriminator_rate, steps, penalty, pace):
    """Learn for at most 20 seconds, a frame at a time."""
    game = _drawn(_game(request, shape, ToySettings(loss, rate, discriminator_rate, steps, penalty)))
    yield from game.play(pace == SLOW)


@safely
def step(request: gr.Request, shape, *rules):
    """One step, and no more."""
    game = _drawn(_game(request, shape, ToySettings(*rules)))
    game.learn(game.take(), 1, 1)
    return game.frame()


@safely
def stop(request: gr.Request):
    """Take the game from whoever plays it."""
    game = games.get(request.session_hash)
    if game is None:
        return gr.skip()
    game.take()
    return game.frame()


@safely
def reset(request: gr.Request, shape, *rules):
    """Two new networks; a drawing stays."""
    check_choice("shape", shape, (*SHAPES, DRAWN))
    game = games.get(request.session_hash)
    kept = game.toy.real if shape == DRAWN and game and game.shape == DRAWN and game.toy else None
    return games.begin(request.session_hash, shape, ToySettings(*rules), kept).frame()


@safely
def clear(request: gr.Request, *rules):
    """Blank paper."""
    return games.begin(request.session_hash, DRAWN, ToySettings(*rules)).frame()


@safely
def change(request: gr.Request, shape, *rules):
    """Other rules for a game under way."""
    _game(request, shape, ToySettings(*rules))


@safely
def draw(request: gr.Request, points, *rules):
    """A drawing to learn."""
    return DRAWN, games.begin(request.session_hash, DRAWN, ToySettings(*rules), points_drawn(points)).frame()


def _lesson(name):
    shape, rules, anew = LESSONS[name]

    @safely
    def choose(request: gr.Request, there):
        wanted = shape or there
        game = games.begin(request.session_hash, wanted, rules) if anew else _game(request, wanted, rules)
        settings = rules.loss, rules.rate, rules.discriminator_rate, rules.discriminator_steps, rules.penalty
        return [wanted, *settings, html.note(say(f"toy_{name}_hint")), game.frame()]

    return choose
