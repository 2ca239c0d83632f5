"""The shipped classifier that knows the images of a data set: whoever asks what generated ones show asks it."""

from typing import Any

from genclass import paths
from genclass.data import catalog
from genclass.errors import GenClassError
from genclass.models import store
from genclass.models.classifier import Classifier


def judge_name(dataset: str) -> str:
    """Name of the shipped classifier that judges images like those of a data set: ``<data set>-airnet``.

    Raises:
        GenClassError: ``no_distance`` where none is shipped.
    """
    name = f"{catalog.whole_name(dataset)}-airnet"
    if not (paths.SHIPPED / name / "config.json").exists():
        raise GenClassError("no_distance", dataset=dataset)
    return name


def load_judge(dataset: str) -> Classifier:
    """The ``Classifier`` of ``judge_name``.

    Raises:
        GenClassError: ``no_distance``.
    """
    return Classifier.load(store.find_named(judge_name(dataset)))


def fits(judge: Classifier, config: dict[str, Any], classes: list[str]) -> bool:
    """Whether a judge takes the images of a generator of these classes, by its ``config.json``, as they are."""
    alike = all(config[key] == judge.config[key] for key in ("channels", "image_size"))
    return alike and classes in ([], judge.classes)


def fitting_judge(config: dict[str, Any], classes: list[str]) -> Classifier | None:
    """The judge of a generator's images, or None where there is none that ``fits``."""
    try:
        found = load_judge(config["dataset"])
    except GenClassError:
        return None
    return found if fits(found, config, classes) else None
