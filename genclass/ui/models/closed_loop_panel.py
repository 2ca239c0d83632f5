"""The panel of the closed loop: what a classifier learns from a generator, and what a discriminator knows."""

from dataclasses import dataclass
from html import escape

import gradio as gr

from genclass.errors import GenClassError, check_choice, check_number
from genclass.models import facts
from genclass.train import closed_loop
from genclass.ui.common import charts, html, model_cache, text
from genclass.ui.common.events import LIVE, safely, safely_each, stoppable
from genclass.ui.common.text import say

MOST_SEEDS = 5
ASKED = ("agreement", "transfer", "extension", "features")


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


def build():
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


def connect(panel, tab):
    """Connect the events.

    Args:
        tab: the ``gr.Tab`` around it; when it is opened, the models of that moment are offered.
    """
    tab.select(_models, panel.model, panel.model, **LIVE)
    stoppable(panel.go, panel.stop, panel.bar, "loop_stopped", fn=experiment,
             inputs=[panel.model, panel.experiments, panel.seeds], outputs=[panel.bar, panel.results])  # fmt: skip


@safely
def _models(chosen):
    names = _names()
    return gr.update(choices=names, value=chosen if chosen in names else next(iter(names), None))


def _names():
    """GANs, first those with which every experiment works: they know classes and came with their discriminator."""
    gans = [one for one in facts.every(model_cache.folders()) if one.kind == "gan"]
    whole = lambda one: "discriminator.safetensors" in one.config["sha256"]
    return [one.name for one in sorted(gans, key=lambda one: (not one.config["classes"], not whole(one)))]


@safely_each
def experiment(name, experiments, seeds):
    """Each experiment in turn, with progress; what a model lacks is told in the place of the result."""
    seeds = check_number("seeds", seeds, 1, MOST_SEEDS, whole=True)
    if not isinstance(experiments, list) or not experiments:
        raise GenClassError("bad_choice", field="experiments", choices=", ".join(ASKED))
    for one in experiments:
        check_choice("experiments", one, ASKED)
    asked = [one for one in ASKED if one in experiments]
    sampler, found = model_cache.load(name, "gan"), {}
    imageset = closed_loop.material(sampler)
    for number, one in enumerate(asked):
        try:
            for progress in closed_loop.EXPERIMENTS[one](sampler, imageset, range(seeds)):
                news = progress.outcomes != getattr(found.get(one), "outcomes", None)
                found[one] = progress
                yield _bar(one, number, asked, progress), _page(found, sampler.classes) if news else gr.skip()
        except GenClassError as error:
            found[one] = text.sentence(error)
            yield gr.skip(), _page(found, sampler.classes)
    yield html.progress("finished", say("loop_done", name=sampler.name), 1, []), _page(found, sampler.classes)


def _bar(one, number, asked, progress):
    share = (number + progress.done / progress.total) / len(asked)
    facts = [say("loop_part", number=number + 1, total=len(asked)), f"{progress.done / progress.total:.0%}"]
    return html.progress("running", say(f"loop_{one}"), share, facts)


def _page(found, classes=()):
    """A section for each experiment: what it asks, and what came out so far.

    Args:
        found: by name ``closed_loop.Progress``, or a sentence that says why there is none.
    """
    sections = (
        f'<section id="loop-{name}"><h3>{say(f"loop_{name}")}</h3>{html.note(say(f"loop_about_{name}"))}'
        f"{_result(name, found.get(name), classes)}</section>"
        for name in ASKED
    )
    return f'<div class="gc-two">{"".join(sections)}</div>'


def _result(name, found, classes):
    if found is None:
        return ""
    if isinstance(found, str):
        return html.note(found, "warning")
    return DRAWN[name](found, classes) if found.outcomes else html.note(say("loop_working"))


def _agreement(found, classes):
    (outcome,) = found.outcomes
    words = say("loop_agrees", judge=outcome.trained, share=f"{outcome.mean:.1%}", count=closed_loop.AGREEMENT_IMAGES)
    return html.note(words, "summary") + charts.matrix(
        found.confusion.tolist(), [text.class_name(name) for name in classes], say("matrix_asked")
    )


def _transfer(found, classes):
    by_pair = {(one.trained, one.tested): one for one in found.outcomes}
    heads = "".join(f"<th scope='col'>{say(f'loop_on_{tested}')}</th>" for tested in ("real", "generated"))
    rows = "".join(_transfer_row(trained, by_pair) for trained in ("real", "generated"))
    return (
        f'<div class="gc-table"><table class="gc-loop-table"><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}'
        f"</tbody></table></div>{_verdict(by_pair, ('generated', 'real'), ('real', 'real'), 'loop_transfer_verdict')}"
    )


def _transfer_row(trained, by_pair):
    cells = "".join(f"<td>{_cell(by_pair.get((trained, tested)))}</td>" for tested in ("real", "generated"))
    return f"<tr><th scope='row'>{say(f'loop_from_{trained}')}</th>{cells}</tr>"


def _cell(outcome):
    return "…" if outcome is None else escape(_spread(outcome))


def _spread(outcome):
    if outcome.deviation is None:
        return f"{outcome.mean:.1%}"
    return say("loop_spread", mean=f"{outcome.mean:.1%}", deviation=f"{outcome.deviation * 100:.1f}")


def _points(mean, deviation, seeds):
    """A difference of accuracies in points, with how sure it is."""
    if deviation is None:
        return say("loop_points_once", mean=f"{mean * 100:+.1f}")
    return say("loop_points", mean=f"{mean * 100:+.1f}", deviation=f"{deviation * 100:.1f}", count=seeds)


def _verdict(by_pair, pair, against, key):
    """A sentence that states the difference of two outcomes, in points, once both are there for the same seeds."""
    one, other = by_pair.get(pair), by_pair.get(against)
    if one is None or other is None or len(one.accuracies) != len(other.accuracies):
        return ""
    difference = _points(*one.gain(other), len(one.accuracies))
    return html.note(say(key, difference=difference, added=pair[0].partition("+")[2]), "summary")


def _extension(found, classes):
    by_pair = {(one.trained, one.tested): one for one in found.outcomes}
    rows = [(_mixture(one.trained), one.mean, one.deviation, _spread(one), one.trained != "real")
            for one in found.outcomes]  # fmt: skip
    verdicts = "".join(
        _verdict(by_pair, pair, ("real", "real"), "loop_extension_verdict") for pair in by_pair if pair[0] != "real"
    )
    return charts.intervals(rows) + verdicts


def _mixture(trained):
    added = trained.partition("+")[2]
    real = closed_loop.FEW_REAL
    return say("loop_mixed", real=real, added=added) if added else say("loop_only_real", real=real)


def _features(found, classes):
    by_pair = {(one.trained, one.tested): one for one in found.outcomes}
    rows = [(say(f"loop_see_{one.trained}"), one.mean, one.deviation, _spread(one), one.trained == "discriminator")
            for one in found.outcomes]  # fmt: skip
    learned = ("discriminator", "real")
    verdicts = [_verdict(by_pair, learned, (other, "real"), f"loop_features_{other}") for other in ("pixels", "random")]
    return charts.intervals(rows) + "".join(verdicts)


DRAWN = {"agreement": _agreement, "transfer": _transfer, "extension": _extension, "features": _features}
