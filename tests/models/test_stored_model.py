"""The files from which a browser draws shipped generators: each is of the weights beside it."""

import gzip

import numpy as np
import pytest

from genclass import paths
from genclass.models import checkpoint
from genclass.models.sampler import Sampler
from genclass.models.web import stored_model

STORED = sorted(path.parent.name for path in paths.SHIPPED.glob(f"*/{stored_model.FILE}"))


def test_the_generators_that_are_small_enough_to_send_have_one():
    assert STORED == ["avatars-gan", "cifar10-gan", "fashion-mnist-gan"]
    assert all((paths.SHIPPED / name / stored_model.FILE).stat().st_size < 10_000_000 for name in STORED)


@pytest.mark.parametrize("name", STORED)
def test_it_draws_what_the_weights_beside_it_draw(name):
    onnx, onnxruntime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    folder = paths.SHIPPED / name
    content = gzip.decompress((folder / stored_model.FILE).read_bytes())
    told = {entry.key: entry.value for entry in onnx.load_from_string(content).metadata_props}
    assert told["sha256"] == checkpoint.read_config(folder)["sha256"]["model.safetensors"]
    sampler = Sampler.load(folder)
    recipe = {"model": name, "seed": 3, "count": 4}
    inputs = {"z": sampler.latents(recipe).numpy(), "shares": sampler.class_weights(recipe).numpy()}
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    drawn = session.run(None, inputs)[0].transpose(0, 2, 3, 1)
    assert np.abs(drawn.astype(int) - sampler.sample(recipe)).max() <= 1
