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

# question: its answers
QUESTIONS = {
    "task": ("tell", "make", "enlarge"),
    "amount": ("few", "some", "many"),
    "labels": ("all", "none"),
    "machine": ("laptop", "night"),
}
FIRST = {"task": "tell", "amount": "some", "labels": "all", "machine": "laptop"}


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
    reasons.append(f"choice_{amount}_{'tell' if telling else 'make'}")
    reasons.append(f"choice_{machine}_{'tell' if telling else 'make'}")
    if telling:
        return Advice("classifier", "airnet", 2 if machine == "laptop" else 30, tuple(reasons))
    preset, minutes = ("quick", 20) if machine == "laptop" else ("gan", 480)
    return Advice("gan", preset, minutes, tuple(reasons))


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
    """Train's form, set to what is advised."""
    advice = advise(*given)
    return experiments.run_values(advice.kind, "fashion-mnist-mini", advice.preset, advice.minutes)


def advice_html(advice: Advice) -> str:
    """What to train, then why."""
    title = say(f"choice_{advice.kind}", preset=advice.preset, minutes=advice.minutes)
    reasons = "".join(html.note(say(reason), "reason") for reason in advice.reasons)
    return html.note(title, "summary") + reasons
