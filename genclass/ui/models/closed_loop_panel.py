"""The panel of the closed loop: what a classifier learns from a generator, and what a discriminator knows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from genclass.errors import GenClassError, check_choice, check_number
from genclass.models import facts
from genclass.train import closed_loop
from genclass.train.closed_loop import ExperimentProgress, Outcome
from genclass.ui.common import charts, html, model_cache, text
from genclass.ui.common.events import LIVE, answers, parts_of, safely, safely_each, stoppable
from genclass.ui.common.text import say

MOST_SEEDS = 5
ASKED = tuple(closed_loop.EXPERIMENTS)
ByPair = Mapping[tuple[str, str], Outcome]  # by what was trained on and what was tested on


@dataclass
class ClosedLoopPanel:
    """The components that events read and write."""

    model: gr.Dropdown
    experiments: gr.CheckboxGroup
    seeds: gr.Number
    go: gr.Button
    stop: gr.Button
    bar: gr.HTML
    results: gr.HTML


def build() -> ClosedLoopPanel:
    """Lay the panel out."""
    gr.HTML(html.note(say("loop_hint")), elem_id="loop-hint")
    with gr.Row(elem_classes="gc-tool"):
        model = gr.Dropdown(_names(), label=say("model"), elem_id="loop-model", min_width=200, scale=2)
        seeds = gr.Number(3, label=say("loop_seeds"), minimum=1, maximum=MOST_SEEDS, step=1, elem_id="loop-seeds",
                          min_width=130)  # fmt: skip
        go = gr.Button(say("loop_go"), variant="primary", elem_id="loop-go", min_width=120)
        stop = gr.Button(say("stop"), elem_id="loop-stop", min_width=80, interactive=False)
    experiments = gr.CheckboxGroup([(say(f"loop_{name}"), name) for name in ASKED], value=list(ASKED),
                                   label=say("loop_which"), elem_id="loop-experiments")  # fmt: skip
    bar = gr.HTML(elem_id="loop-bar")
    results = gr.HTML(_page({}), elem_id="loop-results")
    return ClosedLoopPanel(model, experiments, seeds, go, stop, bar, results)


def connect(panel: ClosedLoopPanel, page: gr.Tab) -> None:
    """Connect the events.

    Args:
        page: the tab around the panel, whose opening offers the models of that moment.
    """
    page.select(_models, panel.model, panel.model, **LIVE)
    asked = [panel.model, panel.experiments, panel.seeds]
    told = answers(experiment, parts_of(panel, "bar", "results"))
    stoppable(panel.go, panel.stop, panel.bar, "loop_stopped", inputs=asked, **told)


@safely
def _models(chosen: Any) -> dict[str, Any]:
    names = _names()
    return gr.update(choices=names, value=chosen if chosen in names else next(iter(names), None))


def _names() -> list[str]:
    """GANs, first those with which every experiment works: they know classes and came with their discriminator."""
    gans = [one for one in facts.every(model_cache.folders()) if one.kind == "gan"]
    whole = lambda one: "discriminator.safetensors" in one.config["sha256"]
    return [one.name for one in sorted(gans, key=lambda one: (not one.config["classes"], not whole(one)))]


@safely_each
def experiment(name: Any, experiments: Any, seeds: Any) -> Iterator[dict[str, str]]:
    """Each experiment in turn, with progress; what a model lacks is told in the place of the result."""
    seeds = check_number("seeds", seeds, 1, MOST_SEEDS, whole=True)
    if not isinstance(experiments, list) or not experiments:
        raise GenClassError("bad_choice", field="experiments", choices=", ".join(ASKED))
    for one in experiments:
        check_choice("experiments", one, ASKED)
    asked = [one for one in ASKED if one in experiments]
    sampler = model_cache.load(name, "gan")
    found: dict[str, ExperimentProgress | str] = {}
    imageset = closed_loop.material(sampler)
    for number, one in enumerate(asked):
        try:
            for progress in closed_loop.EXPERIMENTS[one](sampler, imageset, range(seeds)):
                news = progress.outcomes != getattr(found.get(one), "outcomes", None)
                found[one] = progress
                bar = {"bar": _bar(one, number, asked, progress)}
                yield bar | ({"results": _page(found, sampler.classes)} if news else {})
        except GenClassError as error:
            found[one] = text.sentence(error)
            yield {"results": _page(found, sampler.classes)}
    done = html.progress("finished", say("loop_done", name=sampler.name), 1, [])
    yield {"bar": done, "results": _page(found, sampler.classes)}


def _bar(one: str, number: int, asked: Sequence[str], progress: ExperimentProgress) -> str:
    share = (number + progress.done / progress.total) / len(asked)
    facts = [say("loop_part", number=number + 1, total=len(asked)), f"{progress.done / progress.total:.0%}"]
    return html.progress("running", say(f"loop_{one}"), share, facts)


def _page(found: Mapping[str, ExperimentProgress | str], classes: Sequence[str] = ()) -> str:
    """A section for each experiment: what it asks, and what came out so far.

    Args:
        found: the last report of each by name, or a sentence that says why there is none.
    """
    sections = (
        f'<section id="loop-{name}"><h3>{say(f"loop_{name}")}</h3>{html.note(say(f"loop_about_{name}"))}'
        f"{_result(name, found.get(name), classes)}</section>"
        for name in ASKED
    )
    return f'<div class="gc-two">{"".join(sections)}</div>'


def _result(name: str, found: ExperimentProgress | str | None, classes: Sequence[str]) -> str:
    if found is None:
        return ""
    if isinstance(found, str):
        return html.note(found, "warning")
    return DRAWN[name](found, classes) if found.outcomes else html.note(say("loop_working"))


def _agreement(found: ExperimentProgress, classes: Sequence[str]) -> str:
    (outcome,) = found.outcomes
    counts = [] if found.confusion is None else found.confusion.tolist()
    words = say("loop_agrees", judge=outcome.trained, share=f"{outcome.mean:.1%}", count=closed_loop.AGREEMENT_IMAGES)
    return html.note(words, "summary") + charts.matrix(
        counts, [text.class_name(name) for name in classes], say("matrix_asked")
    )


def _transfer(found: ExperimentProgress, classes: Sequence[str]) -> str:
    by_pair = _by_pair(found)
    heads = "".join(f"<th scope='col'>{say(f'loop_on_{tested}')}</th>" for tested in ("real", "generated"))
    rows = "".join(_transfer_row(trained, by_pair) for trained in ("real", "generated"))
    return (
        f'<div class="gc-table"><table class="gc-loop-table"><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}'
        f"</tbody></table></div>{_verdict(by_pair, ('generated', 'real'), ('real', 'real'), 'loop_transfer_verdict')}"
    )


def _by_pair(found: ExperimentProgress) -> ByPair:
    return {(one.trained, one.tested): one for one in found.outcomes}


def _transfer_row(trained: str, by_pair: ByPair) -> str:
    cells = "".join(f"<td>{_cell(by_pair.get((trained, tested)))}</td>" for tested in ("real", "generated"))
    return f"<tr><th scope='row'>{say(f'loop_from_{trained}')}</th>{cells}</tr>"


def _cell(outcome: Outcome | None) -> str:
    return "…" if outcome is None else escape(_spread(outcome))


def _spread(outcome: Outcome) -> str:
    if outcome.deviation is None:
        return f"{outcome.mean:.1%}"
    return say("loop_spread", mean=f"{outcome.mean:.1%}", deviation=f"{outcome.deviation * 100:.1f}")


def _points(mean: float, deviation: float | None, seeds: int) -> str:
    """A difference of accuracies in points, with how sure it is."""
    if deviation is None:
        return say("loop_points_once", mean=f"{mean * 100:+.1f}")
    return say("loop_points", mean=f"{mean * 100:+.1f}", deviation=f"{deviation * 100:.1f}", count=seeds)


def _verdict(by_pair: ByPair, pair: tuple[str, str], against: tuple[str, str], key: str) -> str:
    """A sentence that states the difference of two outcomes, in points, once both are there for the same seeds."""
    one, other = by_pair.get(pair), by_pair.get(against)
    if one is None or other is None or len(one.accuracies) != len(other.accuracies):
        return ""
    mean, deviation = one.gain(other)
    difference = _points(mean, deviation, len(one.accuracies))
    return html.note(say(key, difference=difference, added=pair[0].partition("+")[2]), "summary")


def _extension(found: ExperimentProgress, classes: Sequence[str]) -> str:
    by_pair = _by_pair(found)
    rows = [(_mixture(one.trained), one.mean, one.deviation, _spread(one), one.trained != "real")
            for one in found.outcomes]  # fmt: skip
    verdicts = "".join(
        _verdict(by_pair, pair, ("real", "real"), "loop_extension_verdict") for pair in by_pair if pair[0] != "real"
    )
    return charts.intervals(rows) + verdicts


def _mixture(trained: str) -> str:
    added = trained.partition("+")[2]
    real = closed_loop.FEW_REAL
    return say("loop_mixed", real=real, added=added) if added else say("loop_only_real", real=real)


def _features(found: ExperimentProgress, classes: Sequence[str]) -> str:
    by_pair = _by_pair(found)
    rows = [(say(f"loop_see_{one.trained}"), one.mean, one.deviation, _spread(one), one.trained == "discriminator")
            for one in found.outcomes]  # fmt: skip
    learned = ("discriminator", "real")
    verdicts = [_verdict(by_pair, learned, (other, "real"), f"loop_features_{other}") for other in ("pixels", "random")]
    return charts.intervals(rows) + "".join(verdicts)


DRAWN: dict[str, Callable[[ExperimentProgress, Sequence[str]], str]] = {
    "agreement": _agreement,
    "transfer": _transfer,
    "extension": _extension,
    "features": _features,
}
