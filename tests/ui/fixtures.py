"""A real server on a free port, with tiny models of both kinds that were trained for it."""

import os
import socket

os.environ.setdefault("OMP_NUM_THREADS", "1")


import pytest
import torch
from gradio_client import Client

from genclass import paths
from genclass.ui.layout import build_app, launch_settings
from genclass.ui.server import gradio_patches, gradio_proxies
from tests.ui.helpers import stop_all, write_models


def free_port():
    """A port of our own: Gradio's search for one takes what another process is about to take."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def blocks(tmp_path_factory):
    """A running page with its own models and runs."""
    patch = pytest.MonkeyPatch()
    patch.setattr(paths, "SHIPPED", tmp_path_factory.mktemp("shipped"))
    patch.setenv("GENCLASS_RUNS", str(tmp_path_factory.mktemp("runs")))
    write_models(paths.SHIPPED)
    demo = build_app()
    with gradio_patches.watched_connections(), gradio_proxies.own_address_asked_directly():
        demo.launch(prevent_thread_lock=True, quiet=True, server_port=free_port(), **launch_settings())
    yield demo
    stop_all()
    demo.close()
    patch.undo()


@pytest.fixture(scope="session")
def lab(blocks):
    """Its address."""
    return blocks.local_url


@pytest.fixture(autouse=True)
def own_folders():
    """The server's folders hold for all tests of a session."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def client(lab):
    return Client(lab, verbose=False)
