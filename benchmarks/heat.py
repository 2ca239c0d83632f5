"""Where Grad-CAM's heat lies when two objects stand side by side:  python -m benchmarks.heat [MODEL]

Pairs of test images of different classes make one image: squeezed into its two halves, or shrunk to half and padded.
Asked for one of the two classes, more than half of the heat should lie on that side. Measured at each stage of the
network, with and without the mirror image that the page takes along; then the accuracy under adversarial steps.
"""

import argparse
import json

import torch
import torch.nn.functional as F
from captum.attr import LayerGradCam

import genclass
from genclass.analysis import explain
from genclass.analysis.metrics import accuracy
from genclass.data import sources

PAIRS = 500
FOOLED = 1000  # test images under an adversarial step
STEP = 8


def pairs(images, labels):
    """(both images of ``PAIRS`` pairs, float32 [N, 2, C, S, S], their classes, int64 [N, 2])."""
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    both = torch.stack([order[0::2], order[1::2]], 1)
    both = both[labels[both[:, 0]] != labels[both[:, 1]]][:PAIRS]
    return images[both].float(), labels[both]


def side_by_side(both, padded):
    """uint8 [N, C, S, S]: the two images of each pair beside one another."""
    size = both.shape[-1]
    shape = (size // 2, size // 2) if padded else (size, size // 2)
    small = F.interpolate(both.flatten(0, 1), shape, mode="area").unflatten(0, (-1, 2))
    wide = torch.cat([small[:, 0], small[:, 1]], 3)
    rest = (size - wide.shape[2]) // 2
    return F.pad(wide, (0, 0, rest, rest), value=128).round().to(torch.uint8)


def heat(classifier, images, classes, stage, mirrored):
    """float32 [N, S, S], at least 0: Grad-CAM at one stage of the network."""
    x, network = classifier.normalise(images), explain.hookable(classifier.network)
    cam = LayerGradCam(network, network.stages[stage])

    def view(seen):
        return F.interpolate(cam.attribute(seen, classes).detach(), x.shape[2:], mode="bilinear")[:, 0]

    found = view(x)
    return ((found + view(x.flip(3)).flip(2)) / 2 if mirrored else found).clamp(min=0)


def heat_shares(classifier, both, classes, padded, stage, mirrored):
    """[share of pairs with most of the heat on the left when that is asked, the same on the right]."""
    found = []
    for side in (0, 1):
        parts = zip(side_by_side(both, padded).split(100), classes[:, side].split(100))
        maps = torch.cat([heat(classifier, images, asked, stage, mirrored) for images, asked in parts])
        half = maps.shape[-1] // 2
        on_it = maps[:, :, half * side : half * (side + 1)].sum((1, 2))
        found.append((on_it > maps.sum((1, 2)) / 2).float().mean().item())
    return found


def fooled(classifier, images, labels):
    """``{"none": accuracy, "fgsm": ..., "pgd": ...}`` away from the truth, by at most ``STEP`` of 255."""
    found = {"none": accuracy(classifier.predict_prepared(images).argmax(1), labels)}
    for method in explain.ATTACKS:
        changed = explain.adversarial(classifier, images, labels, STEP, method, towards=False)
        found[method] = accuracy(classifier.predict_prepared(changed).argmax(1), labels)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="cifar10-airnet", metavar="MODEL")
    classifier = genclass.load(parser.parse_args().model)
    tests = sources.load(classifier.config["dataset"])
    images, labels = tests.test_images, tests.test_labels.long()
    both, classes = pairs(images, labels)
    rows = []
    for stage in range(len(classifier.network.stages)):
        for mirrored in (False, True):
            squeezed, padded = (heat_shares(classifier, both, classes, way, stage, mirrored) for way in (False, True))
            rows.append({"stage": stage, "mirrored": mirrored, "squeezed": squeezed, "padded": padded})
            print(f"stage {stage}  mirrored {mirrored!s:5}  squeezed {squeezed[0]:.3f} / {squeezed[1]:.3f}  "
                  f"padded {padded[0]:.3f} / {padded[1]:.3f}", flush=True)  # fmt: skip
    accuracies = fooled(classifier, images[:FOOLED], labels[:FOOLED])
    print(f"accuracy under a step of at most {STEP}/255 (n = {FOOLED}): {accuracies}")
    print(json.dumps({"model": classifier.name, "pairs": PAIRS, "rows": rows, "accuracy": accuracies}))


if __name__ == "__main__":
    main()
