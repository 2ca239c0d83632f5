"""The card of one model: samples, what it is, what was measured, where it comes from."""

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from genclass.analysis.evaluate import EvaluationProgress
from genclass.files import sizes
from genclass.models import facts, store
from genclass.models.facts import Facts, Quality
from genclass.train.settings import renamed
from genclass.ui.common import charts, html
from genclass.ui.common.text import class_name, say, together
from genclass.ui.common.units import duration
from genclass.ui.models import models_table
from genclass.ui.words import DEFAULT, LANGUAGES

NAMED = 100  # classes
CORNERS = {"classifier": "matrix_true", "gan": "matrix_asked"}


def card(one: Facts, time: float | None) -> str:
    """Samples beside facts and origin.

    Args:
        time: milliseconds for one image, or None where that is not measured yet.
    """
    described = f"describe_{one.config['architecture']['name']}"
    words = html.note(say(described)) if described in LANGUAGES[DEFAULT].words else ""
    origin = f"<h4>{say('card_origin')}</h4>{_list(_origin(one))}{_settings(one)}"
    return (
        f'<section class="gc-model"><div class="gc-model-picture">{_preview(one)}</div><div><h3>{escape(one.name)}</h3>'
        f"{words}{_list(_facts(one, time))}{origin}</div></section>"
    )


def _preview(one: Facts) -> str:
    path = one.folder / "preview.png"
    if not path.exists():
        return html.note(say("card_no_preview"))
    caption = say(f"card_preview_{one.kind}", name=one.name)
    return html.picture(path.read_bytes(), 10, caption) + html.note(caption)


def _facts(one: Facts, time: float | None) -> list[tuple[str, str]]:
    more = f" … ({len(one.config['classes']):,})" if len(one.config["classes"]) > NAMED else ""
    classes = ", ".join(_classes(one)[:NAMED]) + more or say("card_no_classes")
    pairs = [
        (say("choose_kind"), say(f"choose_kind_{one.kind}")),
        (say("card_classes"), classes),
        *((say("card_quality"), _measured(figure)) for figure in one.qualities.values()),
        (say("choose_parameters"), f"{one.parameters:,}"),
        (say("choose_size"), sizes.in_words(one.size)),
    ]
    pairs += [] if time is None else [(say("choose_speed"), say("card_milliseconds", time=f"{time:.1f}"))]
    if one.kind == "gan":
        kept = "discriminator.safetensors" in one.config["sha256"]
        pairs.append((say("card_discriminator"), say("card_kept" if kept else "card_not_kept")))
    return [*pairs, *_doubts(one.config)]


def _doubts(config: dict[str, Any]) -> list[tuple[str, str]]:
    """The limits below which its likeliest class is not to be believed, and what was found of them."""
    return [
        (say(f"card_{name}"), together(say(f"card_{name}_rule", limit=f"{config[name][key]:.0%}",
                                             large=store.KNOWS_MOST), *_found(name, config[name])))
        for name, key in (("unsure", "probability"), ("kinds", "share")) if name in config
    ]  # fmt: skip


def _found(name: str, limit: dict[str, Any]) -> list[str]:
    if "found" not in limit:
        return []
    shares = {key: f"{value:.1%}" for key, value in limit["found"].items() if key != "photos"}
    return [say(f"card_{name}_found", photos=limit["found"]["photos"], **shares)]


def _classes(one: Facts) -> list[str]:
    return [class_name(name) for name in one.config["classes"]]


def _measured(figure: Quality) -> str:
    where = say("quality_here" if figure.here else "quality_record")
    return " · ".join([models_table.quality(figure), *models_table.samples(figure), where])


def _origin(one: Facts) -> list[tuple[str, str]]:
    training = one.config.get("training", {})
    recipe, source, versions = (training.get(key, {}) for key in ("recipe", "data", "versions"))
    whole = source.keys() >= {"name", "images"}
    found = [
        ("source", training.get("origin", {}).get("source")),
        ("licence", training.get("origin", {}).get("licence")),
        ("preset", recipe.get("preset")),
        ("seed", training.get("seed")),
        ("data", say("card_images", name=source["name"], count=f"{source['images']:,}") if whole else None),
        ("steps", f"{training['steps']:,}" if "steps" in training else None),
        ("time", None if one.seconds is None else duration(one.seconds)),
        ("machine", training.get("machine")),
        ("versions", ", ".join(f"{name} {version}" for name, version in versions.items()) or None),
        ("date", one.date),
    ]
    known = [(say(f"card_{name}"), str(value)) for name, value in found if value is not None]
    return known or [(say("card_origin"), say("card_unknown"))]


def _settings(one: Facts) -> str:
    recipe = one.config.get("training", {}).get("recipe")
    if not recipe:
        return ""
    content = escape(json.dumps(renamed(recipe), indent=1))
    return f"<details><summary>{say('card_settings')}</summary><pre>{content}</pre></details>"


def _list(pairs: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    return f'<dl class="gc-facts-list">{lines}</dl>'


def pictures(one: Facts) -> str:
    """What was measured here, drawn: the confusion matrix, and a classifier's reliability; a hint before that."""
    kept = facts.measured_here(one.sha256)
    if "data" not in kept:
        return html.note(say(f"card_measure_{one.kind}"))
    parts = [_confusion(one, kept), _reliability(kept)]
    return f'{html.note(_summary(one, kept), "summary")}<div class="gc-two">{"".join(parts)}</div>'


def _summary(one: Facts, kept: dict[str, Any]) -> str:
    if one.kind == "classifier":
        return say("card_found_classifier", data=kept["data"], count=f"{kept['samples']:,}",
                   accuracy=f"{kept['accuracy']:.2%}", error=f"{kept['calibration_error']:.3f}")  # fmt: skip
    distance = kept[f"frechet_{kept['judge']}"]
    told = {"data": kept["data"], "judge": kept["judge"], "distance": f"{distance['value']:.1f}",
            "count": f"{distance['samples']:,}"}  # fmt: skip
    if kept["class_agreement"] is None:
        return say("card_found_plain", **told)
    return say("card_found_gan", agreement=f"{kept['class_agreement']:.1%}", **told)


def _confusion(one: Facts, kept: dict[str, Any]) -> str:
    if not kept.get("confusion"):
        return ""
    table = charts.matrix(kept["confusion"], _classes(one), say(CORNERS[one.kind]))
    return f"<section><h4>{say(f'card_confusion_{one.kind}')}</h4>{table}</section>"


def _reliability(kept: dict[str, Any]) -> str:
    if not kept.get("reliability"):
        return ""
    across, up = (charts.Axis([0, 0.2, 0.4, 0.6, 0.8, 1], say(f"card_{name}"), lambda tick: f"{tick:.0%}")
                  for name in ("confidence", "right"))  # fmt: skip
    title = say("card_reliability")
    chart = charts.reliability(kept["reliability"], across, up, title)
    return f"<section><h4>{title}</h4>{chart}{html.note(say('card_reliability_hint'))}</section>"


def keep(one: Facts, progress: EvaluationProgress) -> None:
    """Keep what a measurement has found, for the card of these weights: beside the runs, never in the checkpoint.

    Args:
        progress: the last report.
    """
    counts = None if progress.confusion is None else progress.confusion.tolist()
    facts.keep(one.sha256, {**(progress.figures or {}), "confusion": counts, "reliability": progress.reliability})
