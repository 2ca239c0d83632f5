"""Which model suits a task, data, labels and patience: four questions, and advice with its reasons."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from genclass.errors import check_choice
from genclass.ui.common import html
from genclass.ui.common.events import LIVE, answers, safely
from genclass.ui.common.text import say
from genclass.ui.learn import experiments
from genclass.ui.train import form

# question: its answers
QUESTIONS = {
    "task": ("tell", "make", "enlarge"),
    "amount": ("few", "some", "many"),
    "labels": ("all", "none"),
    "machine": ("laptop", "night"),
}
FIRST = {"task": "tell", "amount": "some", "labels": "all", "machine": "laptop"}
# What to train, and for how many minutes; of few images a shipped model is gone on with.
RUNS = {
    ("classifier", "laptop"): ("airnet", 2),
    ("classifier", "night"): ("airnet", 30),
    ("gan", "laptop"): ("quick", 20),
    ("gan", "night"): ("gan", 480),
}
FEW_RUNS = {
    ("classifier", "laptop"): ("transfer", 2),
    ("classifier", "night"): ("transfer", 10),
    ("gan", "laptop"): ("transfer", 10),
    ("gan", "night"): ("transfer", 60),
}


@dataclass(frozen=True)
class Advice:
    """What to do.

    Attributes:
        kind, preset, minutes: what to train here.
        reasons: keys of the sentences that say why, in order.
    """

    kind: str
    preset: str
    minutes: int
    reasons: tuple[str, ...]


def advise(task: Any, amount: Any, labels: Any, machine: Any) -> Advice:
    """The advice for four answers, each among ``QUESTIONS``.

    Raises:
        GenClassError: ``bad_choice``.
    """
    for name, answer in zip(QUESTIONS, (task, amount, labels, machine)):
        check_choice(name, answer, QUESTIONS[name])
    telling = task == "tell" and labels == "all"
    reasons = [f"choice_task_{task}"]
    if labels == "none":
        reasons.append("choice_no_labels" if task == "tell" else "choice_labels_make")
    kind, makes = ("classifier", "tell") if telling else ("gan", "make")
    few = amount == "few"
    reasons += [f"choice_{amount}_{makes}", f"choice_{'transfer' if few else machine}_{makes}"]
    preset, minutes = (FEW_RUNS if few else RUNS)[kind, machine]
    return Advice(kind, preset, minutes, tuple(reasons))


@dataclass
class AdvisorPanel:
    """The components; ``train`` is None where nothing is trained."""

    questions: list[gr.Radio]
    answer: gr.HTML
    train: gr.Button | None


def build() -> AdvisorPanel:
    """Lay the panel out."""
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=4, min_width=300):
            questions = [_build_question(name) for name in QUESTIONS]
        with gr.Column(scale=5, min_width=320):
            answer = gr.HTML(advice_html(advise(**FIRST)), elem_id="choice-answer")
            train = experiments.build(experiments.ADVISED)
    return AdvisorPanel(questions, answer, train)


def _build_question(name: str) -> gr.Radio:
    choices = [(say(f"choice_{name}_is_{answer}"), answer) for answer in QUESTIONS[name]]
    return gr.Radio(choices, value=FIRST[name], label=say(f"choice_{name}"), elem_id=f"choice-{name}")


def connect(panel: AdvisorPanel, others: experiments.Others) -> None:
    """Connect the events."""
    asked: list[Callable[..., Any]] = [question.input for question in panel.questions]
    gr.on(asked, answer, panel.questions, panel.answer, **LIVE)
    if panel.train:
        panel.train.click(**answers(open_train, others.asked_run()), inputs=panel.questions, **experiments.QUIET)


@safely
def answer(*given: Any) -> str:
    """The advice in words."""
    return advice_html(advise(*given))


@safely
def open_train(*given: Any) -> dict[str, Any]:
    """Train's form, set to what is advised: of few images it takes the visitor's own."""
    advice = advise(*given)
    source = form.OWN if advice.preset == "transfer" else "fashion-mnist-mini"
    return experiments.run_values(advice.kind, source, advice.preset, advice.minutes)


def advice_html(advice: Advice) -> str:
    """What to train, then why."""
    title = say(f"choice_{advice.kind}", preset=advice.preset, minutes=advice.minutes)
    reasons = "".join(html.note(say(reason), "reason") for reason in advice.reasons)
    return html.note(title, "summary") + reasons
