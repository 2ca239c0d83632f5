"""GenClass: sample images from GANs, classify images with CNNs, train small ones of both.

    classifier = genclass.load("cifar10-airnet")
    classifier.predict([image])                            # float32 [1, 10]
    sampler = genclass.load("cifar10-gan")
    sampler.sample({"model": "cifar10-gan", "seed": 7})    # uint8 [16, 32, 32, 3]

What each room holds, and who may import whom: docs/architecture.md.

Torch is imported on first use, not with the package.
"""

__version__ = "0.1.0"


def load(name):
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
    kind = checkpoint.read_config(folder)["kind"]
    return {"classifier": Classifier, "gan": Sampler}[kind].load(folder)


def list_models():
    """Every model, shipped and trained here: dicts with ``name``, ``kind``, ``dataset``, ``classes``, ``metrics``."""
    from genclass.models import store

    return store.list_models()
