"""How soon the page is there, its address, its port and public links."""

import gc
import os
import socket
import subprocess
import sys
import threading
from unittest.mock import Mock

import gradio as gr
import httpx
import pytest
from gradio import http_server, networking

from genclass.errors import GenClassError
from genclass.jobs import prewarm
from genclass.ui.server import serving
from tests.helpers import code_of


def test_without_a_network_one_sentence_says_that_there_is_no_public_link(monkeypatch, capsys):
    def unreachable(**_):
        raise RuntimeError("no route")

    monkeypatch.setattr(networking, "setup_tunnel", unreachable)
    monkeypatch.setattr(gr.Blocks, "block_thread", lambda self: None)
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Markdown("here")
    try:
        serving.serve(demo, "127.0.0.1", None, share=True)
        first, second = capsys.readouterr().out.splitlines()
    finally:
        demo.close()
    assert first.startswith("GenClass is at http://127.0.0.1:")
    assert second == str(GenClassError("no_share"))


@pytest.fixture
def small_page(monkeypatch):
    """A page of one line, which is not waited for."""
    monkeypatch.setattr(gr.Blocks, "block_thread", lambda self: None)
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Markdown("here")
    yield demo
    demo.close()


def test_without_a_port_the_next_free_one_is_taken_and_said(small_page, capsys, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        monkeypatch.setattr(http_server, "INITIAL_PORT_VALUE", taken)
        serving.serve(small_page, "127.0.0.1", None)
    address = capsys.readouterr().out.split()[-1]
    assert int(address.rstrip("/").rsplit(":", 1)[1]) > taken
    assert httpx.get(f"{address}config").status_code == 200


def test_a_port_that_was_taken_meanwhile_is_told(small_page):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert code_of(serving.serve, small_page, "127.0.0.1", port) == "port_taken"


def test_a_process_is_made_ready_once_the_page_is_there(monkeypatch):
    order = []
    monkeypatch.setattr(gr.Blocks, "launch", lambda self, **_: order.append("page") or (None, "http://here", None))
    monkeypatch.setattr(gr.Blocks, "block_thread", lambda self: order.append("until interrupted"))
    monkeypatch.setattr(prewarm, "keep_one_ready", lambda: order.append("process"))
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Markdown("here")
    serving.serve(demo, "127.0.0.1", None, then=serving.place_runs("process", None)[1])
    assert order == ["page", "process", "until interrupted"]


def test_garbage_is_collected_once_the_page_is_there_and_not_what_was_loaded(monkeypatch):
    monkeypatch.setattr(gr.Blocks, "launch", lambda self, **_: (None, "http://here", None))
    monkeypatch.setattr(gr.Blocks, "block_thread", lambda self: None)
    monkeypatch.setattr(gc, "freeze", frozen := Mock())
    gc.disable()
    try:
        serving.serve(gr.Blocks(analytics_enabled=False), "127.0.0.1", None)
        assert gc.isenabled() and frozen.called
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "variables",
    [
        {"http_proxy": "http://127.0.0.1:9"},
        {"HTTP_PROXY": "127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"},
        {"all_proxy": "socks5://127.0.0.1:9"},
        {"ALL_PROXY": "socks5h://127.0.0.1:9", "no_proxy": "lab.org"},
        {"http_proxy": "http://127.0.0.1:9", "no_proxy": "fe80::/10,::1/128"},
    ],
)
def test_behind_a_proxy_the_page_starts(variables, small_page, capsys, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    serving.serve(small_page, "127.0.0.1", None)
    assert capsys.readouterr().out.startswith("GenClass is at http://127.0.0.1:")
    assert {name: os.environ[name] for name in variables} == variables


def test_a_busy_machine_is_waited_for(small_page, capsys, monkeypatch):
    asked = []

    def head(url, timeout, **_):
        asked.append(timeout)
        if timeout is not None:
            raise httpx.ReadTimeout("the first page takes longer")
        return httpx.Response(200)

    monkeypatch.setattr(httpx, "head", head)
    serving.serve(small_page, "127.0.0.1", None)
    assert asked == [None] and capsys.readouterr().out.startswith("GenClass is at ")


def test_behind_a_proxy_gradio_is_imported():
    variables = {"all_proxy": "socks4://127.0.0.1:9", "NO_PROXY": "fe80::/10"}
    words = [sys.executable, "-c", "import os, genclass.ui; print(os.environ['all_proxy'], os.environ['NO_PROXY'])"]
    done = subprocess.run(words, env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.stdout.split() == list(variables.values()), done.stderr


def test_a_public_link_is_asked_for_through_the_proxy(small_page, capsys, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(10)
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        asked = []
        listener = threading.Thread(target=lambda: asked.append(_hung_up(proxy)))
        listener.start()
        serving.serve(small_page, "127.0.0.1", None, share=True)
        listener.join()
    assert asked[0].startswith(b"CONNECT api.gradio.app:443")
    assert capsys.readouterr().out.splitlines()[1] == str(GenClassError("no_share"))


def _hung_up(proxy):
    """What one client asked of a proxy that then hangs up."""
    client, _ = proxy.accept()
    with client:
        return client.recv(1000)
