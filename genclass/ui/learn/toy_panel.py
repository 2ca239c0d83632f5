"""The panel of Learn in which a GAN in the plane learns before one's eyes."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import gradio as gr
from gradio.components import Component

from genclass.errors import GenClassError, check_choice
from genclass.networks.losses import LOSSES
from genclass.networks.toy_gan import SHAPES, ToySettings, points_drawn
from genclass.ui.common import html
from genclass.ui.common.events import (
    HIDDEN,
    RAW,
    Event,
    Parts,
    answers,
    from_script,
    parts_of,
    safely,
    safely_each,
    user_input,
)
from genclass.ui.common.text import name_of, say
from genclass.ui.learn.toy_games import DRAWN, Frame, Game, Games, first_frame
from genclass.ui.static import static

TOYS: Event = {"concurrency_id": "toys", "concurrency_limit": 2, **HIDDEN, **RAW}
MOVES: Event = {"concurrency_id": "toy-moves", "concurrency_limit": 4, **HIDDEN, **RAW}
RATES = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01]
PENALTIES = [0, 0.001, 0.003, 0.01, 0.03, 0.1]
FAST, SLOW = "fast", "slow"
FIRST = 5  # seconds for which it plays by itself when the tab is first opened
# name: (shape or None for the one that is there, rules, whether to begin anew)
LESSONS: dict[str, tuple[str | None, ToySettings, bool]] = {
    "learns": ("ring", ToySettings(), True),
    "collapse": ("grid", ToySettings(penalty=0.0), True),
    "cure": (None, ToySettings(penalty=0.01), False),
    "stuck": ("ring", ToySettings("saturating", 0.001, 0.005, 3, 0.0), True),
}
games = Games()


@dataclass
class Rules:
    """How the two networks learn: a component for each of ``ToySettings``."""

    loss: gr.Dropdown
    rate: gr.Dropdown
    discriminator_rate: gr.Dropdown
    discriminator_steps: gr.Slider
    penalty: gr.Dropdown

    def parts(self) -> dict[str, Any]:
        """All of them, by name, in the order of ``ToySettings``."""
        return parts_of(self, "loss", "rate", "discriminator_rate", "discriminator_steps", "penalty")


@dataclass
class ToyPanel:
    """The components; ``lessons`` has a button for each of ``LESSONS``."""

    shape: gr.Radio
    lessons: dict[str, gr.Button]
    hint: gr.HTML
    rules: Rules
    pace: gr.Radio
    train: gr.Button
    stop: gr.Button
    step: gr.Button
    reset: gr.Button
    picture: gr.HTML

    def asked(self) -> list[Component]:
        """The shape and the rules, as the handlers take them."""
        return [self.shape, *self.rules.parts().values()]


def build() -> ToyPanel:
    """Lay the panel out."""
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=4, min_width=300):
            shape = _build_shape()
            lessons, hint = _build_lessons()
            rules = _build_rules()
            paces = [(say("toy_fast"), FAST), (say("toy_slow"), SLOW)]
            pace = gr.Radio(paces, value=FAST, label=say("toy_pace"), elem_id="toy-pace")
        with gr.Column(scale=5, min_width=320, elem_classes="gc-toy-side"):
            with gr.Row(elem_classes="gc-buttons"):
                train = _build_button("train", "primary")
                stop, step, reset = map(_build_button, ("stop", "step", "reset"))
            picture = gr.HTML(first_frame("ring", ToySettings()), html_template=_stage(), elem_id="toy-picture",
                              js_on_load=static("toy_gan.js"))  # fmt: skip
    return ToyPanel(shape, lessons, hint, rules, pace, train, stop, step, reset, picture)


def _build_button(name: str, variant: Literal["primary", "secondary"] = "secondary") -> gr.Button:
    return gr.Button(say(f"toy_{name}"), variant=variant, min_width=80, elem_id=f"toy-{name}")


def _build_shape() -> gr.Radio:
    shapes = [(name_of("toy", name), name) for name in (*SHAPES, DRAWN)]
    return gr.Radio(shapes, value="ring", label=say("toy_shape"), elem_id="toy-shape")


def _build_lessons() -> tuple[dict[str, gr.Button], gr.HTML]:
    gr.HTML(f'<h4 class="gc-small">{say("toy_lessons")}</h4>', elem_id="toy-lessons-heading")
    with gr.Row(elem_classes="gc-lessons"):
        lessons = {name: gr.Button(say(f"toy_{name}"), size="sm", min_width=120, elem_id=f"toy-{name}")
                   for name in LESSONS}  # fmt: skip
    return lessons, gr.HTML(html.note(say("toy_learns_hint")), elem_id="toy-hint")


def _build_rules() -> Rules:
    first = ToySettings()
    losses = [(name_of("toy_loss", name), name) for name in LOSSES]
    loss = gr.Dropdown(losses, value=first.loss, label=say("toy_loss"), elem_id="toy-loss")
    with gr.Row(elem_classes="gc-pair"):
        rate = gr.Dropdown(RATES, value=first.rate, label=say("toy_rate"), min_width=120, elem_id="toy-rate")
        discriminator_rate = gr.Dropdown(RATES, value=first.discriminator_rate, label=say("toy_discriminator_rate"),
                                         min_width=120, elem_id="toy-discriminator-rate")  # fmt: skip
    with gr.Row(elem_classes="gc-pair"):
        penalty = gr.Dropdown(PENALTIES, value=first.penalty, label=say("toy_penalty"), min_width=120,
                              elem_id="toy-penalty")  # fmt: skip
        steps = gr.Slider(1, 5, 1, step=1, label=say("toy_steps"), elem_id="toy-steps", buttons=[], min_width=120)
    return Rules(loss, rate, discriminator_rate, steps, penalty)


def _stage() -> str:
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


def connect(panel: ToyPanel, opened: Callable[..., Any]) -> None:
    """Connect the events.

    Args:
        opened: an event listener of the tab's opening, such as ``tab.select``.
    """
    asked, picture = panel.asked(), panel.picture
    train: Event = {"fn": play, "inputs": [*asked, panel.pace], "outputs": picture, **TOYS}
    going = [opened(open_tab, asked, picture, **TOYS), panel.train.click(**train)]
    for name, button in panel.lessons.items():
        chosen = button.click(**answers(_lesson(name), _set_by_lesson(panel)), inputs=[panel.shape], **MOVES)
        going.append(chosen.success(**train))
    ending: Event = {"cancels": going, **MOVES}
    panel.stop.click(stop, None, picture, **ending)
    panel.step.click(step, asked, picture, **ending)
    gr.on([panel.reset.click, panel.shape.input], reset, asked, picture, **ending)
    rules = [*panel.rules.parts().values()]
    gr.on([user_input(part) for part in rules], change_rules, asked, None, **MOVES)
    picture.input(**answers(draw, parts_of(panel, "shape", "picture")), **from_script(picture, *rules),
                  trigger_mode="always_last", **ending)  # fmt: skip
    picture.clear(clear, rules, picture, **ending)


def _set_by_lesson(panel: ToyPanel) -> Parts:
    return {**parts_of(panel, "shape", "hint", "picture"), "rules": panel.rules.parts()}


def _game(request: gr.Request, shape: Any, rules: ToySettings) -> Game:
    """The visitor's game with the given rules; a new one for another shape or if there is none."""
    check_choice("shape", shape, (*SHAPES, DRAWN))
    game = games.get(request.session_hash)
    if game is None or game.shape != shape:
        return games.begin(request.session_hash, shape, rules)
    if game.toy is not None:
        game.toy.settings = rules
    return game


def _learning(game: Game) -> Game:
    """The game, if there is something to learn.

    Raises:
        GenClassError: ``nothing_drawn``.
    """
    if game.toy is None:
        raise GenClassError("nothing_drawn")
    return game


@safely_each
def open_tab(request: gr.Request, shape: Any, *rules: Any) -> Iterator[Frame]:
    """The first time, a game that plays by itself for a moment; later what is there, or blank paper if that is gone."""
    known = games.get(request.session_hash)
    game = known or _game(request, shape, ToySettings(*rules))
    if known is not None or game.toy is None:
        yield game.frame()
    else:
        yield from game.play(False, FIRST)


@safely_each
def play(request: gr.Request, shape: Any, *rules_and_pace: Any) -> Iterator[Frame]:
    """Learn for at most 20 seconds, a frame at a time."""
    *rules, pace = rules_and_pace
    yield from _learning(_game(request, shape, ToySettings(*rules))).play(pace == SLOW)


@safely
def step(request: gr.Request, shape: Any, *rules: Any) -> Frame:
    """One step, and no more."""
    game = _learning(_game(request, shape, ToySettings(*rules)))
    game.learn(game.take(), 1, 1)
    return game.frame()


@safely
def stop(request: gr.Request) -> Frame:
    """Take the game from the event that plays it."""
    game = games.get(request.session_hash)
    if game is None:
        return gr.skip()
    game.take()
    return game.frame()


@safely
def reset(request: gr.Request, shape: Any, *rules: Any) -> Frame:
    """Two new networks; a drawing stays."""
    check_choice("shape", shape, (*SHAPES, DRAWN))
    game = games.get(request.session_hash)
    kept = game.toy.real if shape == DRAWN and game and game.shape == DRAWN and game.toy else None
    return games.begin(request.session_hash, shape, ToySettings(*rules), kept).frame()


@safely
def clear(request: gr.Request, *rules: Any) -> Frame:
    """Blank paper."""
    return games.begin(request.session_hash, DRAWN, ToySettings(*rules)).frame()


@safely
def change_rules(request: gr.Request, shape: Any, *rules: Any) -> None:
    """Other rules for a game under way."""
    _game(request, shape, ToySettings(*rules))


@safely
def draw(request: gr.Request, points: Any, *rules: Any) -> dict[str, Any]:
    """A drawing to learn."""
    game = games.begin(request.session_hash, DRAWN, ToySettings(*rules), points_drawn(points))
    return {"shape": DRAWN, "picture": game.frame()}


def _lesson(name: str) -> Callable[..., dict[str, Any]]:
    shape, rules, anew = LESSONS[name]

    @safely
    def choose(request: gr.Request, there: Any) -> dict[str, Any]:
        wanted = shape or there
        game = games.begin(request.session_hash, wanted, rules) if anew else _game(request, wanted, rules)
        hint = html.note(say(f"toy_{name}_hint"))
        return {"shape": wanted, "rules": dataclasses.asdict(rules), "hint": hint, "picture": game.frame()}

    return choose
