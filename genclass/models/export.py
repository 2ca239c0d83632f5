"""A model as one ONNX file, which serves without this package: pixels in and out are uint8 [N, C, H, W].

What makes a prediction lies inside the graph: normalisation, test-time flip and temperature of a classifier, rounding
to pixels of a generator. What makes an input lies before it: a classifier's images are square and of its size,
truncation and directions have moved z already. The batch is free.

The libraries onnx, onnxscript and onnxruntime are optional (requirements-onnx.txt).
"""

import importlib.util
import json

import torch
from torch import nn

import genclass
from genclass.errors import GenClassError
from genclass.files.images import to_float, to_uint8
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler

LIBRARIES = ("onnx", "onnxscript", "onnxruntime")
OPSET = 18
TOLERANCE = 1 / 255
CHECKED = (1, 5)  # images in a batch, none of them the traced one's
TRACED = 2


class ClassifierGraph(nn.Module):
    """``pixels``, uint8 [N, C, H, W], to calibrated ``probabilities``, float32 [N, classes]."""

    output, most = "probabilities", 1

    def __init__(self, classifier):
        super().__init__()
        self.classifier, self.network = classifier, classifier.network
        tone = ", light on black" if classifier.inverts else ""
        self.inputs = {"pixels": f"uint8 [N, {classifier.channels}, {classifier.image_size}, {classifier.image_size}]"
                       f"{tone}: square images, as they are stored, neither scaled nor normalised"}  # fmt: skip

    def forward(self, pixels):
        return (self.classifier.raw_logits(to_float(pixels)) / self.classifier.temperature).softmax(1)

    def examples(self, count):
        """Arguments of ``forward``, always the same."""
        side, generator = self.classifier.image_size, torch.Generator().manual_seed(0)
        shape = (count, self.classifier.channels, side, side)
        return (torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8),)

    def expected(self, pixels):
        """What the model gives here."""
        return self.classifier.predict_prepared(pixels)


class GeneratorGraph(nn.Module):
    """``z``, float32 [N, z_dim], and with classes their ``shares``, float32 [N, classes], to ``pixels``, uint8."""

    output, most = "pixels", 255

    def __init__(self, sampler):
        super().__init__()
        self.sampler, self.network = sampler, sampler.network
        self.inputs = {"z": f"float32 [N, {sampler.z_dim}]: standard normal numbers"}
        if sampler.classes:
            self.inputs["shares"] = f"float32 [N, {len(sampler.classes)}]: one-hot, or a mixture of classes (sum 1)"

    def forward(self, z, shares=None):
        return to_uint8((self.network(z, shares) + 1) / 2)

    def examples(self, count):
        """Arguments of ``forward``, always the same; a class each, in turn."""
        recipe = {"model": self.sampler.name, "count": count}
        examples = self.sampler.latents(recipe), self.sampler.class_weights(recipe)
        return tuple(tensor for tensor in examples if tensor is not None)

    def expected(self, z, shares=None):
        """What the model gives here."""
        return torch.from_numpy(self.sampler.draw(z, shares)).permute(0, 3, 1, 2)


KINDS = {"classifier": (Classifier, ClassifierGraph), "gan": (Sampler, GeneratorGraph)}


def export(folder, out):
    """Write the model of a checkpoint folder to the file ``out``, once onnxruntime gives what the model gives here.

    ``metadata_props`` of the file: ``name kind dataset classes image_size channels sha256 genclass``; ``classes`` is
    JSON, ``sha256`` that of the checkpoint's weights.

    Raises:
        GenClassError: ``no_onnx_library``, ``export_differs``, ``cannot_write``, or as a model is loaded.
    """
    if not all(importlib.util.find_spec(name) for name in LIBRARIES):
        raise GenClassError("no_onnx_library", names=", ".join(LIBRARIES))
    config = checkpoint.read_config(folder)
    load, kind = KINDS[config["kind"]]
    graph = kind(load.load(folder)).eval()
    content = _traced(graph, config).SerializeToString(deterministic=True)
    _check(graph, content, config["name"])
    try:
        out.write_bytes(content)
    except OSError as error:
        raise GenClassError("cannot_write", path=str(out)) from error


def _traced(graph, config):
    """The graph as an ``onnx.ModelProto``."""
    examples = graph.examples(TRACED)
    free = [torch.export.Dim("batch"), *[torch.export.Dim.DYNAMIC] * (len(examples) - 1)]  # a name may be given once
    program = torch.onnx.export(
        graph,
        examples,
        dynamo=True,
        opset_version=OPSET,
        input_names=list(graph.inputs),
        output_names=[graph.output],
        dynamic_shapes=tuple({0: axis} for axis in free),
        verbose=False,
    )
    return _described(program.model_proto, graph, config)


def _described(model, graph, config):
    """The model with what a reader needs, and without the exporter's notes: they hold paths of this machine."""
    for part in (model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        part.ClearField("metadata_props")
    for value in model.graph.input:
        value.doc_string = graph.inputs[value.name]
    model.doc_string = type(graph).__doc__
    told = {key: config[key] for key in ("name", "kind", "dataset", "image_size", "channels")}
    told |= {"classes": json.dumps(config["classes"]), "sha256": config["sha256"]["model.safetensors"]}
    for key, value in {**told, "genclass": genclass.__version__}.items():
        model.metadata_props.add(key=key, value=str(value))
    return model


def _check(graph, content, name):
    """Refuse a file that onnxruntime does not read as this package does its checkpoint.

    Raises:
        GenClassError: ``export_differs``.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for count in CHECKED:
        examples = graph.examples(count)
        (found,) = session.run(None, {key: value.numpy() for key, value in zip(graph.inputs, examples)})
        difference = (torch.from_numpy(found).float() - graph.expected(*examples)).abs().max().item() / graph.most
        if not difference <= TOLERANCE:
            raise GenClassError("export_differs", name=name, difference=f"{difference:.2g}")
