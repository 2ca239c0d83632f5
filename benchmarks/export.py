"""Exported models beside ours:  python -m benchmarks.export [MODEL ...] [--images N]

Each model is exported, read by onnxruntime alone, and compared with what it gives here: a classifier on the first N
test images of its data set, a generator on the sheet of N recipes (z and classes as the command line draws them).
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime

from genclass import paths
from genclass.data import sources
from genclass.models import checkpoint, store
from genclass.models.classifier import Classifier
from genclass.models.export import write_onnx
from genclass.models.sampler import Sampler

TOP = 5
CHUNK = 100


def reader(folder):
    """(a function from the graph's inputs to its output, the file's size in bytes, seconds that its export took)."""
    with tempfile.TemporaryDirectory() as temporary:
        path, begun = Path(temporary) / "model.onnx", time.monotonic()
        write_onnx(folder, path)
        seconds, size = time.monotonic() - begun, path.stat().st_size
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def read(**inputs):
        count = len(next(iter(inputs.values())))
        chunks = [
            {key: value[start : start + CHUNK] for key, value in inputs.items()} for start in range(0, count, CHUNK)
        ]
        return np.concatenate([session.run(None, chunk)[0] for chunk in chunks])

    return read, size, seconds


def compare_classifier(folder, count, read):
    """How far probabilities are apart at most, and on how many images the likeliest five are the same, in order."""
    classifier = Classifier.load(folder)
    images = sources.load(classifier.config["dataset"]).test_images[:count]
    ours, theirs = classifier.predict_prepared(images).numpy(), read(pixels=images.numpy())
    ranks = [np.argsort(-probabilities, kind="stable")[:, :TOP] for probabilities in (ours, theirs)]
    same = int((ranks[0] == ranks[1]).all(1).sum())
    return {"images": len(images), "same_top_five": same, "largest_difference": float(np.abs(ours - theirs).max())}


def compare_generator(folder, count, read):
    """How far pixels (0 to 255) are apart at most, and how many of them differ."""
    sampler = Sampler.load(folder)
    recipe = {"model": sampler.name, "count": count}
    inputs = {"z": sampler.latents(recipe), "shares": sampler.class_weights(recipe)}
    theirs = read(**{key: value.numpy() for key, value in inputs.items() if value is not None})
    apart = np.abs(sampler.sample(recipe).astype(int) - theirs.transpose(0, 2, 3, 1))
    return {"images": count, "pixels_that_differ": int((apart > 0).sum()), "of": apart.size,
            "largest_difference": int(apart.max())}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=[path.parent.name for path in paths.SHIPPED.glob("*/config.json")])
    parser.add_argument("--images", type=int, default=1000)
    args = parser.parse_args()
    found = {}
    print("| model | images | file | export | compared |\n|---|---|---|---|---|")
    for name in sorted(args.models):
        folder = store.find(name)
        read, size, seconds = reader(folder)
        compare = {"classifier": compare_classifier, "gan": compare_generator}[checkpoint.read_config(folder)["kind"]]
        found[name] = {"bytes": size, "seconds": round(seconds, 1), **compare(folder, args.images, read)}
        told = ", ".join(
            f"{key} {value if isinstance(value, int) else format(value, '.2g')}"
            for key, value in found[name].items()
            if key not in ("bytes", "seconds")
        )
        print(f"| `{name}` | {args.images} | {size / 1e6:.1f} MB | {seconds:.1f} s | {told} |", flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
