"""What is compressed on its way to a browser, and what is not."""

import re

import httpx
import pytest


def ask(lab, place, encoding):
    return httpx.get(f"{lab}{place}", headers={"accept-encoding": encoding})


@pytest.mark.parametrize("place", ["", "zh", "config"])
def test_the_page_comes_compressed_and_is_the_same(lab, place):
    packed, plain = (ask(lab, place, encoding) for encoding in ("gzip, deflate, br", "identity"))
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < len(plain.content) / 5
    texts = [re.sub(r'nonce="[^"]+"', "", answer.text) for answer in (packed, plain)]  # each answer has its own
    assert hash(texts[0]) == hash(texts[1])  # their difference would take minutes to show


def test_scripts_are_compressed_once_by_gradio(lab):
    script = re.search(r"assets/index-[\w-]+\.js", ask(lab, "", "identity").text)[0]
    packed, plain = (ask(lab, script, encoding) for encoding in ("gzip", "identity"))
    assert packed.headers.get_list("content-encoding") == ["gzip"] and packed.text == plain.text


def test_streams_and_pictures_are_left_alone(lab):
    event = httpx.post(f"{lab}gradio_api/call/sample", json={"data": ["plain-gan"]}).json()["event_id"]
    told = ask(lab, f"gradio_api/call/sample/{event}", "gzip")
    assert told.headers["content-type"].startswith("text/event-stream") and "content-encoding" not in told.headers
    path = re.search(r'"path": "([^"]+)"', told.text)[1]
    assert "content-encoding" not in ask(lab, f"gradio_api/file={path}", "gzip").headers
