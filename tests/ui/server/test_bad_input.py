"""Whatever a visitor sends: a plain sentence, nothing of the server in it, and the next request works."""

import json
import zipfile

import httpx
import numpy as np
import pytest
from gradio_client import handle_file
from PIL import Image

from genclass.files.images import png_bytes
from genclass.ui.common import text

FILE = {"_type": "gradio.FileData"}
SAMPLE = {"model": "fashion-mnist-gan", "count": 1}


def refusal(client, **call):
    """The sentence of a refused call; the next good one works."""
    with pytest.raises(Exception) as caught:
        client.predict(**call)
    message = str(caught.value)
    assert message.endswith(".") and "Traceback" not in message and "/tmp" not in message
    assert text.say("server_error") not in message
    gallery, _ = client.predict(**SAMPLE, api_name="/sample")
    assert len(gallery) == 1
    return message


@pytest.mark.parametrize(
    "values, sentence",
    [
        ({"model": "nope"}, "There is no model called nope."),
        ({"model": "../fashion-mnist-gan"}, "There is no model called"),
        ({"model": None}, "model must be text."),
        ({"model": ["fashion-mnist-gan"]}, "model must be text."),
        ({"model": "abc-airnet"}, "abc-airnet is a classifier; this needs a gan."),
        ({"class_name": "zebra"}, "has no class called zebra."),
        ({"class_name": 3}, "class must be text."),
        ({"model": "plain-gan", "class_name": "cat"}, "was trained without classes"),
        ({"seed": -1}, "seed must be between 0 and 4294967295."),
        ({"seed": 2**32}, "seed must be between"),
        ({"seed": "abc"}, "seed must be a number."),
        ({"seed": None}, "seed must be a number."),
        ({"seed": 2.5}, "seed must be a whole number."),
        ({"seed": True}, "seed must be a number."),
        ({"count": 0}, "count must be between 1 and 64."),
        ({"count": 65}, "count must be between 1 and 64."),
        ({"count": 1e99}, "count must be between"),
        ({"count": "many"}, "count must be a number."),
        ({"truncation": 1.5}, "truncation must be between 0 and 1."),
        ({"truncation": {}}, "truncation must be a number."),
        ({"directions": [1]}, "Directions must be given as names with numbers"),
        ({"directions": {"z0": "x"}}, "direction z0 must be a number."),
        ({"directions": {"z20": 1}}, "Its raw dimensions are z0 to z19."),
        ({"directions": {"smile": 1}}, "has no direction called smile."),
        ({"recipe": "seven"}, "This is not a recipe: str is not understood."),
        ({"recipe": {"model": "plain-gan", "colour": 1}}, "This is not a recipe: colour is not understood."),
        ({"recipe": {"model": "plain-gan", "sha256": "0" * 64}}, "other weights of plain-gan"),
        ({"recipe": {"model": "plain-gan", "to_seed": 1, "steps": 65}}, "steps must be between 2 and 64."),
        ({"directions": {"z0": 99}}, "direction z0 must be between -10 and 10."),
    ],
)
def test_sample_refuses(client, values, sentence):
    message = refusal(client, **{**SAMPLE, **values}, api_name="/sample")
    assert sentence in message.replace("\n", " ")


def write(path, content):
    path.write_bytes(content)
    return path


def bad_pictures(folder):
    """``{what: (path, words of the sentence)}``."""
    Image.new("RGB", (40, 40)).save(folder / "whole.png")
    whole = (folder / "whole.png").read_bytes()
    Image.new("1", (20_000, 1)).save(folder / "long.png")
    Image.new("1", (10_001, 10_000)).save(folder / "large.png")
    return {
        "text": (write(folder / "text.png", b"not an image"), "not an image"),
        "empty": (write(folder / "empty.png", b""), "image"),
        "cut off": (write(folder / "cut.png", whole[: len(whole) // 2]), "cut off"),
        "too long": (folder / "long.png", "20000×1"),
        "too large": (folder / "large.png", "at most 24 megapixels"),
        "a drawing": (write(folder / "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not an image"),
    }


@pytest.mark.parametrize("what", ["text", "empty", "cut off", "too long", "too large", "a drawing"])
def test_classify_refuses_a_bad_picture(client, tmp_path, what):
    path, words = bad_pictures(tmp_path)[what]
    message = refusal(client, image=handle_file(str(path)), model="abc-airnet", api_name="/classify")
    assert words in message


@pytest.mark.parametrize("values", [{"model": "nope"}, {"top_k": 0}, {"top_k": "x"}, {"image": None}, {"image": "x"}])
def test_classify_refuses(client, tmp_path, values):
    Image.new("RGB", (40, 40)).save(tmp_path / "whole.png")
    call = {"image": handle_file(str(tmp_path / "whole.png")), "model": "abc-airnet", **values}
    refusal(client, **call, api_name="/classify")


@pytest.mark.parametrize(
    "values, sentence",
    [
        ({"class_name": "zebra"}, "abc-airnet has no class called zebra."),
        ({"class_name": 3}, "class must be text."),
        ({"method": "guess"}, "method must be one of: grad-cam, occlusion."),
        ({"method": None}, "method must be one of"),
        ({"model": "fashion-mnist-gan"}, "this needs a classifier"),
        ({"image": None}, "There is no image yet."),
        ({"image": {"path": "http://127.0.0.1/x.png", "meta": FILE}}, "Upload the image itself"),
    ],
)
def test_explain_refuses(client, tmp_path, values, sentence):
    Image.new("RGB", (40, 40)).save(tmp_path / "whole.png")
    call = {"image": handle_file(str(tmp_path / "whole.png")), "model": "abc-airnet", **values}
    assert sentence in refusal(client, **call, api_name="/explain").replace("\n", " ")


@pytest.mark.parametrize(
    "values, sentence",
    [
        ({"kind": "poet"}, "kind must be one of: classifier, gan."),
        ({"dataset": "nope"}, "There is no data set called nope."),
        ({"dataset": 5}, "dataset must be text."),
        ({"preset": "gan"}, "preset must be one of: airnet, sprint, minute, ninety, record, classic-cnn, transfer."),
        ({"preset": ["airnet"]}, "preset must be one of"),
        ({"minutes": 0}, "minutes must be between"),
        ({"minutes": -1}, "minutes must be between"),
        ({"minutes": "two"}, "minutes must be a number."),
        ({"minutes": None}, "minutes must be a number."),
        ({"name": "No spaces!"}, "does not work"),
        ({"name": "../up"}, "does not work"),
        ({"name": "abc-airnet"}, "belongs to a shipped model"),
        ({"name": 7}, "does not work"),
    ],
)
def test_train_refuses(client, values, sentence):
    call = {"kind": "classifier", "dataset": "fashion-mnist-mini", "preset": "airnet", "minutes": 1, "name": None}
    with pytest.raises(Exception) as caught:
        client.predict(**{**call, **values}, api_name="/train")
    assert sentence in str(caught.value)
    assert all(run["preset"] != "nope" for run in client.predict(api_name="/runs"))


def make_zip(path, entries):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return handle_file(str(path))


def test_train_refuses_an_empty_zip(client, tmp_path):
    upload = make_zip(tmp_path / "empty.zip", {"readme.txt": "nothing"})
    assert "No images were found." in refusal(client, kind="gan", dataset=upload, api_name="/train")


def test_train_refuses_what_is_no_zip(client, tmp_path):
    upload = handle_file(str(write(tmp_path / "no.zip", b"nothing")))
    assert "not a zip" in refusal(client, kind="gan", dataset=upload, api_name="/train")


def test_a_classifier_needs_two_classes(client, tmp_path):
    greys = {f"cat/{grey}.png": png_bytes(np.full((32, 32, 1), grey, np.uint8)) for grey in range(9)}
    upload = make_zip(tmp_path / "one.zip", greys)
    assert "at least two classes" in refusal(client, kind="classifier", dataset=upload, api_name="/train")


@pytest.mark.parametrize("event", ["/run", "/stop", "/resume"])
@pytest.mark.parametrize("run_id", ["x", "0" * 32, "../../etc", None, 5])
def test_an_unknown_run_is_refused(client, event, run_id):
    assert "There is no run with this id." in refusal(client, id=run_id, api_name=event)


def events(lab):
    """``{name or handler: fn_index}`` of every event of the page."""
    config = httpx.get(f"{lab}config").json()
    return {event["api_name"] or event["id"]: event["id"] for event in config["dependencies"]}


def send(lab, name, body, *more):
    """What the server answers to an event that is sent by hand, as text; ``more`` are pairs of further headers."""
    payload = f'{{"fn_index": {events(lab)[name]}, "session_hash": "by-hand", "data": {body}}}'
    headers = [("content-type", "application/json"), *more]
    httpx.post(f"{lab}gradio_api/queue/join", content=payload, headers=headers).raise_for_status()
    with httpx.stream("GET", f"{lab}gradio_api/queue/data?session_hash=by-hand", timeout=60) as stream:
        return next(line for line in stream.iter_lines() if "process_completed" in line)


@pytest.mark.parametrize("seed", ["NaN", "Infinity", "-Infinity", "true", "[]", '"7"'])
def test_a_number_that_is_none_is_refused_on_the_wire(lab, seed):
    answer = send(lab, "sample", f'["fashion-mnist-gan", null, {seed}, 1, 1.0, {{}}, null, "stored"]')
    assert '"success":false' in answer and "seed must be" in answer


def test_an_address_is_not_fetched(lab, client):
    file = {"path": "http://127.0.0.1:9/secret.png", "meta": {"_type": "gradio.FileData"}}
    answer = send(lab, "classify", json.dumps([file, "abc-airnet", 3]))
    assert "addresses are not fetched" in answer


@pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "../../../etc/passwd", "\0", "x" * 5000])
def test_a_file_of_the_server_is_not_opened(lab, path):
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    answer = send(lab, "classify", json.dumps([file, "abc-airnet", 3]))
    assert "addresses are not fetched" in answer and "passwd" not in answer


def test_a_second_type_hides_no_file(lab):
    """Whichever comes first counts: an event that calls itself an upload there is none to Gradio either."""
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    sent = json.dumps([file, "abc-airnet", 3])
    answer = send(lab, "classify", sent, ("content-type", "multipart/form-data; boundary=x"))
    assert "addresses are not fetched" in answer and "passwd" not in answer
    body = f'{{"fn_index": {events(lab)["classify"]}, "session_hash": "by-hand", "data": {sent}}}'
    types = [("content-type", "multipart/form-data; boundary=x"), ("content-type", "application/json")]
    refused = httpx.post(f"{lab}gradio_api/queue/join", content=body, headers=types)
    assert refused.status_code == 422


def test_what_the_visitor_did_not_cause_is_told_plainly(lab, monkeypatch):
    def broken(*args):
        raise RuntimeError("/root/secret")

    monkeypatch.setattr("genclass.ui.common.render.draw", broken)
    answer = send(lab, "sample", '["fashion-mnist-gan", null, 0, 1, 1.0, {}, null, "stored"]')
    assert text.say("server_error") in answer and "secret" not in answer
