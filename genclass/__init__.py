"""GenClass: sample images from GANs, classify images with CNNs, train small ones of both.

    classifier = genclass.load("cifar10-airnet")
    classifier.predict([image])                            # float32 [1, 10]
    sampler = genclass.load("cifar10-gan")
    sampler.sample({"model": "cifar10-gan", "seed": 7})    # uint8 [16, 32, 32, 3]
    genclass.export("cifar10-gan", "gan.html")             # a page that draws by itself, offline

What each room holds, and who may import whom: docs/architecture.md.

Torch is imported on first use, not with the package.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from genclass.models.classifier import Classifier
    from genclass.models.sampler import Sampler

__version__ = "0.1.0"


def load(name: "str | Path") -> "Classifier | Sampler":
    """Load a model by name, checkpoint folder or run folder.

    Returns:
        A ``models.classifier.Classifier`` or a ``models.sampler.Sampler``.

    Raises:
        GenClassError: ``unknown_model``, ``no_checkpoint_yet`` or ``broken_checkpoint``.
    """
    from genclass.models import checkpoint, store
    from genclass.models.classifier import Classifier
    from genclass.models.sampler import Sampler

    folder = store.find(name)
    is_classifier = checkpoint.read_config(folder)["kind"] == "classifier"
    return Classifier.load(folder) if is_classifier else Sampler.load(folder)


def fetch(name: str, weights: "str | Path | None" = None) -> str:
    """Download a pretrained classifier of the library timm, without asking first, and keep it beside the runs.

    Args:
        name: timm's, such as ``timm/resnet18`` or, with a tag of weights, ``timm/resnet18.a1_in1k``.
        weights: a safetensors file that holds them already; then nothing is downloaded.

    Returns:
        What it is called here, for ``load``, and for training that begins with it.

    Raises:
        GenClassError: ``unknown_timm``, ``timm_not_imagenet``, ``timm_unfit``, ``name_taken``, ``fetch_failed`` or
            ``bad_weights``.
    """
    from pathlib import Path

    from genclass.models import fetch

    offer = fetch.offered(name)
    fetch.fetch(offer, None if weights is None else Path(weights))
    return offer.model


def export(models: "str | Path | Sequence[str | Path]", out: "str | Path", format: str = "html") -> None:
    """Write a model so that it serves without this package, once the other runtime gives what the model gives here.

    Args:
        models: a name, checkpoint folder or run folder, for the format ``web`` also several.
        out: the file that is written, for ``web`` the folder, new or empty.
        format: ``onnx``, a page that answers by itself (``html``), or the same as a folder to host (``web``), which
            becomes a gallery of several models.

    Raises:
        GenClassError: ``bad_choice``, ``one_model``, ``no_onnx_library``, ``export_differs``, ``no_web_page``,
            ``cannot_write``, ``not_empty``, ``same_name``, or as ``load``. Nothing is written then.
    """
    from pathlib import Path

    from genclass.errors import check_choice
    from genclass.models import store
    from genclass.models.formats import FORMATS

    write = FORMATS[check_choice("format", format, FORMATS)]
    names = [models] if isinstance(models, (str, Path)) else models
    write([store.find(name) for name in names], Path(out))


def list_models() -> list[dict]:
    """Every model, shipped and trained here: dicts with ``name``, ``kind``, ``dataset``, ``classes``, ``metrics``."""
    from genclass.models import store

    return store.list_models()
