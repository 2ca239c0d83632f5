"""An ONNX model with its weights in half precision: half the size, the arithmetic stays float32."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto

SMALLEST = 256  # numbers of a tensor that is worth it


def halved(model: "ModelProto") -> "ModelProto":
    """A copy whose large float32 tensors are kept as float16 and cast when the model is loaded."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    found = onnx.ModelProto()
    found.CopyFrom(model)
    casts = []
    for tensor in found.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < SMALLEST:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *found.graph.node]
    del found.graph.node[:]
    found.graph.node.extend(nodes)
    return found
