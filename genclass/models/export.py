"""A model as an ONNX file, which serves without this package: pixels in and out are uint8 [N, C, H, W].

What makes a prediction lies inside the graph: normalisation, test-time flip and temperature of a classifier, rounding
to pixels of a generator. What makes an input lies before it: a classifier's images are square and of its size,
truncation and directions have moved z already. The batch is free.

The libraries onnx, onnxscript and onnxruntime are optional (requirements-onnx.txt).
"""

import dataclasses
import importlib.util
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

import genclass
from genclass.errors import GenClassError
from genclass.files import atomic
from genclass.files.images import to_float, to_uint8
from genclass.files.preprocess import Preprocess
from genclass.models import checkpoint
from genclass.models.classifier import Classifier
from genclass.models.sampler import Sampler

if TYPE_CHECKING:
    from onnx import ModelProto

LIBRARIES = ("onnx", "onnxscript", "onnxruntime")
OPSET = 18
TOLERANCE = 1 / 255
CHECKED = (1, 5)  # images in a batch, none of them the traced one's
TRACED = 2


class Graph(nn.Module):
    """What is exported: a network with what lies around it.

    Attributes:
        inputs: what each is, by name, in the order of ``forward``.
        output: its name.
        most: the largest value of the output.
    """

    inputs: dict[str, str]
    output: str
    most: int

    def examples(self, count: int) -> tuple[torch.Tensor, ...]:
        """Arguments of ``forward`` for ``count`` images, always the same."""
        raise NotImplementedError

    def expected(self, *inputs: torch.Tensor) -> torch.Tensor:
        """What the model gives here for arguments of ``forward``."""
        raise NotImplementedError


class ClassifierGraph(Graph):
    """``pixels``, uint8 [N, C, H, W], to calibrated ``probabilities``, float32 [N, classes]."""

    output, most = "probabilities", 1

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier, self.network = classifier, classifier.network
        tone = ", light on black" if classifier.inverts else ""
        self.inputs = {"pixels": f"uint8 [N, {classifier.channels}, {classifier.image_size}, {classifier.image_size}]"
                       f"{tone}: square images, as they are stored, neither scaled nor normalised"}  # fmt: skip

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.classifier.probabilities(self.classifier.raw_logits(to_float(pixels)))

    def examples(self, count: int) -> tuple[torch.Tensor, ...]:
        side, generator = self.classifier.image_size, torch.Generator().manual_seed(0)
        shape = (count, self.classifier.channels, side, side)
        return (torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8),)

    def expected(self, *inputs: torch.Tensor) -> torch.Tensor:
        return self.classifier.predict_prepared(*inputs)


class GeneratorGraph(Graph):
    """``z``, float32 [N, z_dim], and with classes their ``shares``, float32 [N, classes], to ``pixels``, uint8."""

    output, most = "pixels", 255

    def __init__(self, sampler: Sampler) -> None:
        super().__init__()
        self.sampler, self.network = sampler, sampler.network
        self.inputs = {"z": f"float32 [N, {sampler.z_dim}]: standard normal numbers"}
        if sampler.classes:
            self.inputs["shares"] = f"float32 [N, {len(sampler.classes)}]: one-hot, or a mixture of classes (sum 1)"

    def forward(self, z: torch.Tensor, shares: torch.Tensor | None = None) -> torch.Tensor:
        return to_uint8((self.network(z, shares) + 1) / 2)

    def examples(self, count: int) -> tuple[torch.Tensor, ...]:
        recipe = {"model": self.sampler.name, "count": count}
        examples = self.sampler.latents(recipe), self.sampler.class_weights(recipe)
        return tuple(tensor for tensor in examples if tensor is not None)

    def expected(self, *inputs: torch.Tensor) -> torch.Tensor:
        z, class_weights = inputs[0], inputs[1] if len(inputs) > 1 else None
        return torch.from_numpy(self.sampler.draw(z, class_weights)).permute(0, 3, 1, 2)


def write_onnx(folder: Path, out: Path) -> None:
    """Write the model of a checkpoint folder to the file ``out``, once onnxruntime gives what the model gives here.

    ``metadata_props`` of the file: ``name kind dataset classes image_size channels sha256 genclass``, of a classifier
    also ``preprocess``; ``classes`` and ``preprocess`` are JSON, ``sha256`` is that of the checkpoint's weights.

    Raises:
        GenClassError: ``cannot_write``, as ``onnx_model``, or as a model is loaded.
    """
    config = checkpoint.read_config(folder)
    of_classifier = config["kind"] == "classifier"
    graph = ClassifierGraph(Classifier.load(folder)) if of_classifier else GeneratorGraph(Sampler.load(folder))
    write(out, onnx_model(graph, config))


def onnx_model(graph: Graph, config: dict, smaller: "Callable[[ModelProto], ModelProto] | None" = None) -> bytes:
    """The ONNX file of a graph, once onnxruntime gives what the model gives here.

    Args:
        config: the checkpoint's ``config.json``.
        smaller: makes a model smaller; taken where the smaller one still gives that.

    Raises:
        GenClassError: ``no_onnx_library``, ``export_differs``.
    """
    if not is_available():
        raise GenClassError("no_onnx_library", names=", ".join(LIBRARIES))
    whole = _traced(graph.eval(), config)
    for model in [smaller(whole), whole] if smaller else [whole]:
        content = model.SerializeToString(deterministic=True)
        difference = _difference(graph, content)
        if difference <= TOLERANCE:
            return content
    raise GenClassError("export_differs", name=config["name"], difference=f"{difference:.2g}")


def is_available() -> bool:
    """Whether the libraries that an export takes are there."""
    return all(importlib.util.find_spec(name) for name in LIBRARIES)


def write(out: Path, content: bytes) -> None:
    """Write a file, whole or not at all; a pipe or a device as they are.

    Raises:
        GenClassError: ``cannot_write``.
    """
    try:
        if out.exists() and not out.is_file():
            out.write_bytes(content)
        else:
            atomic.write_bytes(out.resolve(), content)  # a link stays one
    except OSError as error:
        raise GenClassError("cannot_write", path=str(out)) from error


def _traced(graph: Graph, config: dict) -> "ModelProto":
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
    return _described(cast(torch.onnx.ONNXProgram, program).model_proto, graph, config)


def _described(model: "ModelProto", graph: Graph, config: dict) -> "ModelProto":
    """The model with what a reader needs, and without the exporter's notes: they hold paths of this machine."""
    for part in (model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        part.ClearField("metadata_props")
    for value in model.graph.input:
        value.doc_string = graph.inputs[value.name]
    model.doc_string = type(graph).__doc__ or ""
    told = {key: config[key] for key in ("name", "kind", "dataset", "image_size", "channels")}
    told |= {"classes": json.dumps(config["classes"]), "sha256": config["sha256"]["model.safetensors"]}
    if config["kind"] == "classifier":
        told["preprocess"] = json.dumps(dataclasses.asdict(Preprocess.of(config)))
    for key, value in {**told, "genclass": genclass.__version__}.items():
        model.metadata_props.add(key=key, value=str(value))
    return model


def _difference(graph: Graph, content: bytes) -> float:
    """How far onnxruntime is from this package, at most, as a share of the output's range; NaN counts as far."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    worst = 0.0
    for count in CHECKED:
        examples = graph.examples(count)
        (found,) = session.run(None, {key: value.numpy() for key, value in zip(graph.inputs, examples)})
        difference = (torch.from_numpy(found).float() - graph.expected(*examples)).abs().max().item() / graph.most
        worst = max(worst, math.inf if math.isnan(difference) else difference)
    return worst
