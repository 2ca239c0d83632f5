"""How soon the page is there, addresses, logins and public links."""

import gc
from unittest.mock import Mock

import gradio as gr
import pytest
from gradio import networking

from genclass.errors import GenClassError
from genclass.jobs import prewarm
from genclass.ui.server import serving


def test_logins_are_read(tmp_path):
    path = tmp_path / "logins"
    path.write_text("ada:love:lace\n\nalan:turing\n")
    assert serving.read_logins(path) == [("ada", "love:lace"), ("alan", "turing")]


@pytest.mark.parametrize(
    "content, code", [("", "no_logins"), ("ada", "bad_login"), (":x", "bad_login"), ("a:", "bad_login")]
)
def test_wrong_logins_are_told(tmp_path, content, code):
    path = tmp_path / "logins"
    path.write_text(content)
    with pytest.raises(GenClassError) as caught:
        serving.read_logins(path)
    assert caught.value.code == code


def test_a_missing_file_of_logins_is_told(tmp_path):
    with pytest.raises(GenClassError, match="no logins"):
        serving.read_logins(tmp_path / "nothing")


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
