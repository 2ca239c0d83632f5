"""The standard FID: Fréchet distance of the features of the Inception network of 2015, by the library torch-fidelity.

The library is optional, and so are its weights (``weights-inception-2015-12-05-6726825d.pth`` from its releases): both
are used where they are, and nothing is downloaded here. The library unpickles the file of weights, so that it only ever
gets the one whose hash stands in its name.
"""

import importlib.util
import os
from pathlib import Path

import torch
from torch.utils.data import Dataset

from genclass.analysis.evaluate import drawn, material
from genclass.data.batches import evenly
from genclass.data.imageset import ImageSet
from genclass.errors import GenClassError
from genclass.models import checkpoint
from genclass.models.sampler import Sampler

LIBRARY = "torch_fidelity"
FILE = "weights-inception-2015-12-05-6726825d.pth"
HASH = "6726825d"  # with which the file's SHA-256 begins
VARIABLE = "GENCLASS_FID_WEIGHTS"
SAMPLES = 10_000
BATCH = 32


class _Images(Dataset):
    """uint8 [N, C, H, W] as the three channels each that the library takes."""

    def __init__(self, images: torch.Tensor) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.images[index].expand(3, -1, -1)


def weights_at_hand(given: str | Path | None = None) -> Path | None:
    """Path of the Inception network's weights: ``given``, else ``$GENCLASS_FID_WEIGHTS``, else where the library keeps
    them; None where there are none.

    Raises:
        GenClassError: ``missing_file`` for a path that was given and leads nowhere.
    """
    asked = given or os.environ.get(VARIABLE)
    path = Path(asked) if asked else Path(torch.hub.get_dir()) / "checkpoints" / FILE
    if asked and not path.is_file():
        raise GenClassError("missing_file", path=str(path))
    return path if path.is_file() else None


def inception_distance(folder: Path, imageset: ImageSet, weights: Path, samples: int = SAMPLES) -> dict:
    """FID of a GAN's samples (without truncation, classes in turn) to as many training images, taken evenly.

    Args:
        folder: its checkpoint folder.
        weights: path of the network's weights.

    Returns:
        ``{"value", "samples"}``. It falls with the number of samples: compare equal ones only.

    Raises:
        GenClassError: ``no_fid_library``, ``other_fid_weights``, or ``wrong_kind`` for a classifier.
    """
    if not checkpoint.sha256(weights).startswith(HASH):
        raise GenClassError("other_fid_weights", path=str(weights), name=FILE)
    if importlib.util.find_spec(LIBRARY) is None:
        raise GenClassError("no_fid_library")
    from torch_fidelity import calculate_metrics

    sampler, images = Sampler.load(folder), imageset.train_images
    real = images[evenly(len(images), samples)]  # sets of one's own are sorted by class
    found = calculate_metrics(
        input1=_Images(drawn(sampler, len(real))),
        input2=_Images(real),
        fid=True,
        feature_extractor_weights_path=str(weights),
        batch_size=BATCH,
        cuda=False,
        save_cpu_ram=True,  # no worker processes: the images are in memory already
        cache=False,
        verbose=False,
    )
    return {"value": found["frechet_inception_distance"], "samples": len(real)}


def measured(folder: Path, config: dict, dataset: str | None = None, given: str | Path | None = None) -> dict:
    """``{"fid_inception": …}`` of a GAN where the weights are at hand, else an empty dict.

    Args:
        dataset: a data set's name, by default that of its training.
        given: a path of the weights, which then are insisted on.

    Raises:
        GenClassError: as ``weights_at_hand`` and ``inception_distance``.
    """
    weights = weights_at_hand(given)
    if weights is None or config["kind"] != "gan" and given is None:
        return {}
    return {"fid_inception": inception_distance(folder, material(folder, config, dataset), weights)}
