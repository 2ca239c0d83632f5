"""The game of Learn in which the visitor is the discriminator: which pictures are real, which are generated?"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr
import numpy as np
import torch

from genclass.data import catalog, sources
from genclass.data.imageset import ImageSet
from genclass.errors import GenClassError, check_number
from genclass.models.recipe import MAX_SEED, Recipe
from genclass.models.sampler import Sampler
from genclass.ui.common import figures, html, model_cache, render
from genclass.ui.common.events import AFTER, LIVE, WATCH, answers, parts_of, safely
from genclass.ui.common.text import class_name, say

COUNT = 8  # half of them real
PLACES = [str(place + 1) for place in range(COUNT)]


@dataclass(frozen=True)
class Round:
    """Eight pictures.

    Attributes:
        pictures: uint8 [8, H, W, C].
        generated: bool [8].
        realness: the discriminator's probability that each is real, float32 [8], or None without one.
        seen: what the classifier sees in each, or None without one.
    """

    pictures: np.ndarray
    generated: np.ndarray
    realness: np.ndarray | None
    seen: list[str] | None


@dataclass
class QuizPanel:
    """The components."""

    model: gr.Dropdown
    seed: gr.Number
    again: gr.Button
    board: gr.HTML
    picks: gr.CheckboxGroup
    reveal: gr.Button


def playable() -> list[str]:
    """GANs of which real pictures are bundled, those with a discriminator to compare with first."""
    known = {model["name"] for model in model_cache.listed() if _bundled(model["dataset"])}
    return sorted((name for name in model_cache.names("gan") if name in known), key=lambda name: not _has_critic(name))


def _has_critic(name: str) -> bool:
    return (model_cache.folder_of(name) / "discriminator.safetensors").exists()


def _bundled(dataset: str) -> str | None:
    row = catalog.find(dataset)
    return row.mini if row else None


def build() -> QuizPanel:
    """Lay the panel out."""
    with gr.Row(elem_classes="gc-pair"):
        names = playable()
        model = gr.Dropdown(names, value=names[0] if names else None, label=say("quiz_model"),
                            min_width=140, elem_id="quiz-model")  # fmt: skip
        seed = gr.Number(1, label=say("quiz_round"), precision=0, minimum=0, maximum=MAX_SEED, min_width=100,
                         elem_id="quiz-round")  # fmt: skip
    board = gr.HTML(html.note(say("quiz_wait")), elem_id="quiz-board")
    picks = gr.CheckboxGroup(PLACES, label=say("quiz_picks"), elem_id="quiz-picks")
    with gr.Row(elem_classes="gc-buttons"):
        reveal = gr.Button(say("quiz_reveal"), variant="primary", elem_id="quiz-reveal")
        again = gr.Button(say("quiz_again"), elem_id="quiz-again")
    return QuizPanel(model, seed, again, board, picks, reveal)


def connect(panel: QuizPanel, opened: Callable[..., Any]) -> None:
    """Connect the events.

    Args:
        opened: the event listener of this section's opening.
    """
    asked = [panel.model, panel.seed]
    dealt = answers(deal, parts_of(panel, "board", "picks"))
    for event in (opened, panel.model.select, panel.seed.input):
        event(**dealt, inputs=asked, **LIVE, **AFTER)
    turned = panel.again.click(None, panel.seed, panel.seed, js=f"seed => (seed + 1) % {MAX_SEED}",
                               **WATCH)  # fmt: skip
    turned.then(**dealt, inputs=asked, **LIVE, **AFTER)
    panel.reveal.click(reveal, [*asked, panel.picks], panel.board, **LIVE, **AFTER)


def deal_round(name: Any, seed: Any) -> Round:
    """The ``Round`` of a seed: the same pictures again for the same seed.

    Raises:
        GenClassError: for an unknown GAN, one of whose data nothing is bundled, or a seed out of range.
    """
    sampler = model_cache.load(name, "gan")
    mini = _bundled(sampler.config["dataset"])
    if mini is None:
        raise GenClassError("unknown_model", name=sampler.name, choices=", ".join(playable()))
    seed = check_number("seed", seed, 0, MAX_SEED, whole=True)
    random = np.random.default_rng(seed)
    real_set = sources.load_mini(mini)
    chosen = random.choice(len(real_set.test_images), COUNT // 2, replace=False)
    recipe = sampler.complete(Recipe(sampler.name, seed=seed, count=COUNT // 2))
    real, generated = real_set.test_images[chosen].permute(0, 2, 3, 1).numpy(), render.draw(sampler, recipe)
    order = random.permutation(COUNT)
    pictures = np.concatenate([real, generated])
    return Round(pictures[order], (order >= COUNT // 2), *_opinions(sampler, recipe, real_set, chosen, pictures, order))


def _opinions(
    sampler: Sampler, recipe: Recipe, real_set: ImageSet, chosen: np.ndarray, pictures: np.ndarray, order: np.ndarray
) -> tuple[np.ndarray | None, list[str] | None]:
    """(realness, what is seen) of pictures, in ``order``, as ``Round`` keeps them."""
    critic, judge = model_cache.critic(sampler), model_cache.judge(sampler.config["dataset"])
    class_weights = sampler.class_weights(recipe)
    if class_weights is not None:
        labels = real_set.test_labels[chosen].long()
        class_weights = torch.cat([torch.eye(len(sampler.classes))[labels], class_weights])
    realness = None if critic is None else critic.realness(pictures, class_weights)[order]
    seen = None if judge is None else [judge.top(row, 1)[0]["class"] for row in judge.predict(pictures)]
    return realness, None if seen is None else [seen[place] for place in order]


@safely
def deal(model: Any, seed: Any) -> dict[str, Any]:
    """Another round, nothing picked."""
    if seed is None or model is None:
        return {"picks": []}
    dealt = deal_round(model, seed)
    tiles = [figures.figure(picture, place) for picture, place in zip(dealt.pictures, PLACES)]
    return {"board": f'<div class="gc-quiz">{"".join(tiles)}</div>', "picks": []}


@safely
def reveal(model: Any, seed: Any, picks: Any) -> str:
    """The board with the truth, the discriminator's and the classifier's opinion of each picture, and both scores."""
    dealt = deal_round(model, seed)
    picked = np.array([place in (picks if isinstance(picks, list) else ()) for place in PLACES])
    tiles = [_verdict(dealt, index, picked[index]) for index in range(COUNT)]
    words = say("quiz_score", right=int((picked == dealt.generated).sum()), count=COUNT)
    if dealt.realness is not None:
        words = say("quiz_scores", right=int((picked == dealt.generated).sum()), count=COUNT,
                    critic=int(((dealt.realness < 0.5) == dealt.generated).sum()))  # fmt: skip
    return f'<div class="gc-quiz">{"".join(tiles)}</div>{html.note(words, "summary")}'


def _verdict(dealt: Round, index: int, picked: bool) -> str:
    truth = say("quiz_generated" if dealt.generated[index] else "quiz_real")
    lines = [] if dealt.seen is None else [say("quiz_seen", name=class_name(dealt.seen[index]))]
    lines += [] if dealt.realness is None else [say("real_short", share=f"{dealt.realness[index]:.0%}")]
    below = "".join(f"<small>{escape(line)}</small>" for line in lines)
    kind = "right" if picked == dealt.generated[index] else "wrong"
    return f'<div class="gc-{kind}">{figures.figure(dealt.pictures[index], truth, below)}</div>'
