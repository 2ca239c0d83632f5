"""The small helper of Learn that tells which model suits a task, data, labels and patience."""

from dataclasses import dataclass

import gradio as gr

from genclass.errors import check_choice
from genclass.ui.common import html
from genclass.ui.common.events import LIVE, safely
from genclass.ui.common.text import say

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
    reasons: tuple


def advise(task, amount, labels, machine):
    """The ``Advice`` for four answers, each among ``QUESTIONS``.

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
    """The components."""

    questions: list
    answer: gr.HTML


def build(button):
    """Lay the panel out; ``connect`` makes it work.

    Args:
        button: a function that builds what stands below the advice.

    Returns:
        (the ``AdvisorPanel``, what ``button`` gave).
    """
    with gr.Row(elem_classes="gc-split"):
        with gr.Column(scale=4, min_width=300):
            questions = [_build_question(name) for name in QUESTIONS]
        with gr.Column(scale=5, min_width=320):
            answer = gr.HTML(words(advise(**FIRST)), elem_id="choice-answer")
            below = button()
    return AdvisorPanel(questions, answer), below


def _build_question(name):
    choices = [(say(f"choice_{name}_is_{answer}"), answer) for answer in QUESTIONS[name]]
    return gr.Radio(choices, value=FIRST[name], label=say(f"choice_{name}"), elem_id=f"choice-{name}")


def connect(panel):
    """Connect the events."""
    gr.on([question.input for question in panel.questions], answered, panel.questions, panel.answer, **LIVE)


@safely
def answered(*answers):
    """The advice in words."""
    return words(advise(*answers))


def words(advice):
    """Advice as HTML: what to train, then why."""
    title = say(f"choice_{advice.kind}", preset=advice.preset, minutes=advice.minutes)
    reasons = "".join(html.note(say(reason), "reason") for reason in advice.reasons)
    return html.note(title, "summary") + reasons
