"""One's own images and models through the server: what is dropped is told, and refused in sentences."""

import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
from gradio_client import handle_file
from PIL import Image

import genclass
from genclass import paths
from genclass.errors import GenClassError
from genclass.files import images as pngs
from genclass.jobs import bundle, drafts, runs
from genclass.train.presets import PRESETS
from genclass.ui.common import text
from genclass.ui.server import uploads
from genclass.ui.train import own_images, start, take_model
from genclass.ui.train import tab as train_tab
from tests.stand_ins import arrows, random_images
from tests.ui.helpers import start_tiny, wait_for


@pytest.fixture
def dropped(lab):
    """Puts a file where uploads of the running page lie and gives Gradio's dict of it."""

    def drop(name, content):
        folder = uploads.folder() / "dropped"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        return {"path": str(folder / name), "orig_name": name, "meta": {"_type": "gradio.FileData"}}

    return drop


def png(seed, size=24):
    buffer = io.BytesIO()
    Image.fromarray(random_images(1, size=size, seed=seed)[0].permute(1, 2, 0).numpy()).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def add(dropped, draft, name, *seeds):
    return own_images.add_files(draft, name, [dropped(f"{seed}.png", png(seed)) for seed in seeds])


def sentence(handler, *arguments):
    """What the page says of a refused event."""
    with pytest.raises(Exception) as caught:
        handler(*arguments)
    message = str(caught.value.message)
    assert message.endswith(".") and message != text.say("server_error") and "/tmp" not in message
    return message


def test_classes_are_previewed_as_they_grow(dropped):
    first = add(dropped, None, "cups", 1, 2, 3)
    draft, shown = first["draft"], first["preview"]
    assert "Images: 3, classes: 1" in shown and "One class only" in shown
    told = add(dropped, draft, "forks", 4, 5)
    assert told["draft"] == draft and "Images: 5, classes: 2" in told["preview"]
    assert told["preview"].count("<img") == 2 and told["doomed"]["choices"] == ["cups", "forks"]
    assert [told[name] for name in ("zipped", "files")] == [None, None]
    assert "forks" not in own_images.remove(draft, "forks")["preview"]
    told = own_images.discard(draft)
    assert told["draft"] != draft and text.say("own_nothing") in told["preview"]


def test_a_zip_and_the_camera_add_to_the_same_set(dropped):
    content = zipped({"cups/1.png": png(1), "forks/2.png": png(2), "forks/3.png": b"broken"})
    told = own_images.add_zip(None, dropped("table.zip", content))
    assert "can&#x27;t be read: 1 (forks/3.png). This is not an image" in told["preview"]
    burst = {"name": "forks", "files": [dropped(f"camera-{seed}.png", png(seed)) for seed in (8, 9)]}
    assert "Images: 4, classes: 2" in own_images.add_burst(burst, told["draft"])["preview"]


@pytest.mark.parametrize(
    "burst", [None, 5, [], {}, {"name": "cups"}, {"name": "cups", "files": [{"path": "/etc/passwd"}]}]
)
def test_what_is_no_burst_is_told(lab, burst):
    assert "no image yet" in (told := sentence(own_images.add_burst, burst, None)) or "not fetched" in told


def test_names_are_shown_as_text(dropped):
    draft = add(dropped, None, "<img src=x onerror=alert(1)>", 1)["draft"]
    shown = add(dropped, draft, "=1+1\x00\x1b", 2)["preview"]
    assert "<img src=x" not in shown and "&lt;img src=x" in shown
    assert "=1+1<" in shown and "\x00" not in shown and "\x1b" not in shown


def test_whether_classes_are_mirror_images_is_told_before_the_start(dropped):
    images, labels = arrows(12)
    files = {f"{'left' if label == 0 else 'right'}/{index}.png": pngs.png_bytes(image.permute(1, 2, 0).numpy())
             for index, (image, label) in enumerate(zip(images, labels))}  # fmt: skip
    told = own_images.add_zip(None, dropped("arrows.zip", zipped(files)))["preview"]
    assert "Images of left look mirrored like those of right" in told and "No two classes" not in told
    shades = zipped({f"{name}/{seed}.png": png(seed) for name, seed in (("cups", 1), ("cups", 2), ("forks", 3))})
    assert "No two classes look like each other" in own_images.add_zip(None, dropped("x.zip", shades))["preview"]


def test_few_images_are_learnt_by_transfer(dropped, monkeypatch):
    draft = add(dropped, None, "cups", 1, 2, 3)["draft"]
    for kind in PRESETS:
        assert own_images.advised(draft, kind)["value"] == "transfer"
    monkeypatch.setattr(start, "FEW_IMAGES", 2)
    assert [own_images.advised(draft, kind)["value"] for kind in PRESETS] == ["airnet", "quick"]
    assert "kind must be one of" in sentence(own_images.advised, draft, ["nonsense"])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"../a/1.png": b"x"}, "leads out of it"),
        ({"a/b.zip": b"x"}, "another archive"),
        ({"readme.txt": b"x"}, "No images were found"),
        ({"a/1.png": b"x"}, "None of the 1 images could be read"),
    ],
)
def test_bad_zips_are_told(dropped, files, words):
    assert words in sentence(own_images.add_zip, None, dropped("bad.zip", zipped(files)))


def test_bad_events_are_told(dropped):
    assert "Name the class first" in sentence(add, dropped, None, " ", 1)
    assert "must be text" in sentence(add, dropped, None, 7, 1)
    assert "no image yet" in sentence(own_images.add_files, None, "cups", None)
    assert "not fetched" in sentence(own_images.add_files, None, "cups", [{"path": "/etc/passwd"}])
    assert "not fetched" in sentence(own_images.add_zip, None, {"path": "http://127.0.0.1/x.zip"})


@pytest.mark.parametrize(
    ("images", "words"),
    [
        ({"a/1.png": png(1), "a/2.png": png(2)}, "at least two classes"),
        ({"a/1.png": png(1), "b/2.png": png(2), "b/3.png": png(3)}, "has one image only"),
        ({f"{label}/{index}.png": png(1) for label in "ab" for index in range(3)}, "All 6 images are the same"),
    ],
)
def test_what_a_classifier_can_not_learn_from(client, tmp_path, images, words):
    (tmp_path / "set.zip").write_bytes(zipped(images))
    with pytest.raises(Exception, match=words):
        client.predict("classifier", handle_file(str(tmp_path / "set.zip")), "transfer", 0.05, None, api_name="/train")
    assert not [path for path in paths.runs_dir().iterdir() if path.is_dir() and not any(path.iterdir())]


def test_a_set_made_in_the_page_is_trained_on_after_it_was_forgotten(client, dropped):
    draft = add(dropped, None, "cups", *range(10))["draft"]
    add(dropped, draft, "forks", *range(20, 30))
    visitor = SimpleNamespace(session_hash="own")
    told = train_tab.start(visitor, "classifier", "", draft, "transfer", 2, "tableware", None, 0, "auto", {"ids": []})
    drafts.discard(draft)
    done = wait_for(client, told["mine"]["watched"], "finished", "failed", seconds=180)
    assert done["state"] == "finished" and genclass.load("tableware").classes == ["cups", "forks"]
    config = genclass.load("tableware").config
    assert config["metrics"]["accuracy"]["measured"].startswith("share of the 4 test images")


def test_a_model_is_taken_away_and_brought_back(client, lab, dropped):
    run_id = start_tiny(name="traveller", epochs=0.01)
    wait_for(client, run_id, "finished", seconds=180)
    file = take_model.packed_model(run_id)
    assert file["name"] == "traveller.zip"
    path = Path(file["url"].removeprefix("gradio_api/file="))
    brought = bundle.bring(path)
    assert runs.status(brought)["name"] == "traveller-2" and client.predict(brought, api_name="/run")["kind"]
    one, other = genclass.load("traveller"), genclass.load("traveller-2")
    images = np.zeros((1, 28, 28, 1), np.uint8)
    assert np.array_equal(one.predict(images), other.predict(images))
    assert other.config["training"]["data"] == one.config["training"]["data"]
    assert {"traveller", "traveller-2"} <= {model["name"] for model in client.predict(api_name="/models")}

    taken = httpx.get(f"{lab}{file['url']}")
    assert taken.status_code == 200 and taken.content == path.read_bytes()


def test_a_model_that_is_not_there_yet_is_told():
    for take in (take_model.packed_model, take_model.made_page):
        assert "no run with this id" in sentence(take, "0" * 32)


def test_runs_of_strangers_are_not_shown_by_a_bad_zip(client, dropped):
    before = client.predict(api_name="/models"), len(runs.list_runs())
    with pytest.raises(Exception, match="not a zip"):
        bundle.bring(uploads.uploaded(dropped("model.zip", b"nonsense")))
    with pytest.raises(Exception, match="could run code"):
        bundle.bring(uploads.uploaded(dropped("model.zip", zipped({"m/data.pkl": b"x", "m/config.json": b"{}"}))))
    assert json.dumps((client.predict(api_name="/models"), len(runs.list_runs()))) == json.dumps(before)


def test_a_list_that_is_too_long_is_refused_before_a_file_is_looked_for(monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 2)
    assert "At most 2 images" in sentence(own_images.add_files, None, "cups", [{"path": "/etc/passwd"}] * 3)


@pytest.mark.parametrize(
    ("choice", "field", "asked"),
    [("auto", True, None), ("auto", False, False), ("auto", None, None), ("yes", False, True), ("no", True, False)],
)
def test_the_switch_goes_before_the_forms_own_field(choice, field, asked):
    assert own_images.mirrored(choice, field) is asked


@pytest.mark.parametrize("choice", ["maybe", None, True])
def test_another_choice_is_refused(choice):
    with pytest.raises(GenClassError, match="must be one of: auto, yes, no"):
        own_images.mirrored(choice, True)
