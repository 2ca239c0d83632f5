"""The named events of the web API, called as a stranger would."""

import io
import json
import re
import zipfile
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import handle_file
from PIL import Image

import genclass
from genclass import paths
from genclass.errors import GenClassError
from genclass.files import carried, images
from genclass.models import checkpoint
from genclass.models.recipe import Recipe
from genclass.ui import api
from tests.ui.helpers import start_tiny, wait_for

NAMED = {"/models", "/sample", "/classify", "/explain", "/train", "/run", "/runs", "/stop", "/resume", "/evaluate"}


def pixels(entry):
    """uint8 [H, W, C] of a picture in a gallery."""
    image = np.asarray(Image.open(entry["image"]))
    return image[:, :, None] if image.ndim == 2 else image


@pytest.fixture
def png(tmp_path, photo):
    photo.save(tmp_path / "photo.png")
    return handle_file(str(tmp_path / "photo.png"))


def zip_of(folder):
    """The path of a zip of a folder's images."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.rglob("*.png"):
            archive.write(file, file.relative_to(folder))
    return path


def test_named_events_are_those_of_the_contract(client):
    assert set(client.view_api(return_format="dict", print_info=False)["named_endpoints"]) == NAMED


def test_models_lists_what_python_lists(client):
    assert client.predict(api_name="/models") == genclass.list_models()


def test_sample_gives_the_pixels_that_python_gives(client):
    gallery, recipe = client.predict("fashion-mnist-gan", None, 7, 5, 0.8, {"z0": 1.5}, api_name="/sample")
    drawn = genclass.load("fashion-mnist-gan").sample(recipe)
    assert len(gallery) == 5
    assert all(np.array_equal(pixels(entry), image) for entry, image in zip(gallery, drawn))


def test_each_picture_carries_its_own_recipe(client):
    gallery, recipe = client.predict("fashion-mnist-gan", seed=7, count=4, api_name="/sample")
    sampler = genclass.load("fashion-mnist-gan")
    for index, entry in enumerate(gallery):
        own = Recipe.from_json(carried.text(Path(entry["image"])))
        assert (own.seed, own.count, own.class_name) == (7 + index, 1, f"class-{7 + index if index < 3 else 0}")
        assert own.sha256 == recipe["sha256"]
        assert np.abs(sampler.sample(own)[0].astype(int) - pixels(entry)).max() <= 1


def test_large_pictures_have_the_same_pixels_and_recipes(client):
    gallery, recipe = client.predict("fashion-mnist-gan", seed=7, count=2, size="large", api_name="/sample")
    for entry, image in zip(gallery, genclass.load("fashion-mnist-gan").sample(recipe)):
        large = pixels(entry)
        assert large.shape[0] == large.shape[1] == 532 and np.array_equal(large[::19, ::19], image)
        assert Recipe.from_json(carried.text(Path(entry["image"]))).count == 1


def test_all_gives_one_image_of_each_class_on_one_latent(client):
    gallery, _ = client.predict("fashion-mnist-gan", "all", 3, 1, api_name="/sample")
    owns = [Recipe.from_json(carried.text(Path(entry["image"]))) for entry in gallery]
    assert [own.class_name for own in owns] == [f"class-{index}" for index in range(10)]
    assert {own.seed for own in owns} == {3}


def test_sample_takes_and_gives_the_whole_recipe(client):
    walk = {"model": "fashion-mnist-gan", "seed": 3, "to_seed": 9, "to_class": "class-2", "steps": 5,
            "truncation": 0.9, "directions": {"d1": 1.5, "z0": -1}}  # fmt: skip
    gallery, recipe = client.predict(recipe=walk, api_name="/sample")
    drawn = genclass.load("fashion-mnist-gan").sample(walk)
    assert len(gallery) == 5 and all(np.array_equal(pixels(entry), image) for entry, image in zip(gallery, drawn))
    again, same = client.predict(recipe=recipe, api_name="/sample")
    assert same == recipe and all(np.array_equal(pixels(a), pixels(b)) for a, b in zip(gallery, again))


@pytest.mark.parametrize("values", [["fashion-mnist-gan", "class-1", 7, 2, 0.5, {"z0": 1}], ["plain-gan"]])
def test_a_raw_call_may_end_early(lab, values):
    event = httpx.post(f"{lab}gradio_api/call/sample", json={"data": values}).json()["event_id"]
    told = httpx.get(f"{lab}gradio_api/call/sample/{event}", timeout=60).text
    gallery, recipe = json.loads(told.partition("event: complete\ndata: ")[2].partition("\n")[0])
    assert len(gallery) == (values[3:] or [16])[0] and recipe["model"] == values[0]


def test_a_model_without_classes_is_sampled(client):
    gallery, recipe = client.predict("plain-gan", count=2, api_name="/sample")
    assert len(gallery) == 2 and recipe["class"] is None


def test_classify_gives_probabilities_most_likely_first(client, png, photo):
    found = client.predict(png, "abc-airnet", 3, api_name="/classify")
    expected = genclass.load("abc-airnet").predict([photo])[0]
    confidences = {entry["label"]: entry["confidence"] for entry in found["confidences"]}
    assert found["label"] == found["confidences"][0]["label"]
    assert confidences == pytest.approx(dict(zip("abc", expected.tolist())), abs=1e-6)


def test_classify_tells_what_there_is_to_know_of_a_file(client, photo, tmp_path):
    photo.save(tmp_path / "cut.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "cut.jpg").read_bytes()[:-2])
    found = client.predict(handle_file(str(tmp_path / "cut.jpg")), "abc-airnet", api_name="/classify")
    assert found["notes"][0].startswith("This file is cut short")


def test_classify_gives_five_unless_told(client, png):
    assert len(client.predict(png, "fashion-mnist-airnet", api_name="/classify")["confidences"]) == 5


@pytest.mark.parametrize("method", ["grad-cam", "occlusion"])
def test_explain_draws_the_heat_of_a_class(client, png, photo, method):
    drawn = [np.asarray(Image.open(client.predict(png, "abc-airnet", name, method, api_name="/explain")))
             for name in ("a", "b", None)]  # fmt: skip
    best = client.predict(png, "abc-airnet", api_name="/classify")["label"]
    square = images.fit(photo, 60, 3).transpose(1, 2, 0)
    assert all(picture.shape == square.shape for picture in drawn)
    assert not np.array_equal(drawn[0], drawn[1]) and not np.array_equal(drawn[0], square)
    if best in "ab":
        assert np.array_equal(drawn[2], drawn["ab".index(best)])


def test_evaluate_measures_on_the_bundled_set(client, monkeypatch):
    config = checkpoint.read_config(paths.SHIPPED / "fashion-mnist-gan")
    figures = client.predict(config["name"], api_name="/evaluate")
    assert figures["data"] == "fashion-mnist-mini" and figures["judge"] == "fashion-mnist-airnet"
    assert 0 <= figures["class_agreement"] <= 1 and figures["frechet_fashion-mnist-airnet"]["samples"] == 5000


def test_a_models_record_names_no_folder_to_evaluate_on(save_tiny, image_folder, monkeypatch):
    folder = save_tiny("classifier", classes=("cat", "dog"))
    config = checkpoint.read_config(folder) | {"dataset": str(image_folder())}
    (folder / "config.json").write_text(json.dumps(config))
    monkeypatch.setattr(paths, "SHIPPED", folder.parent)
    with pytest.raises(GenClassError, match="not on this machine"):
        api.measure("tiny")


def test_a_run_is_stopped_and_resumed_into_a_model(client):
    run_id = start_tiny(name="my-run", epochs=1000)
    wait_for(client, run_id, "running", step=1)
    assert client.predict(run_id, api_name="/stop")["state"] in ("stopping", "stopped")
    stopped = wait_for(client, run_id, "stopped")
    assert "my-run" in {model["name"] for model in client.predict(api_name="/models")}
    client.predict(run_id, api_name="/resume")
    wait_for(client, run_id, "running", step=stopped["step"] + 1)
    client.predict(run_id, api_name="/stop")
    assert wait_for(client, run_id, "stopped")["metrics"]["step"] > stopped["step"]


def test_the_list_of_runs_keeps_ids_secret(client):
    run_id = start_tiny(name="secret-run", epochs=0.01)
    listed = client.predict(api_name="/runs")
    assert "secret-run" in {run["name"] for run in listed}
    assert run_id not in str(listed)
    wait_for(client, run_id, "finished")


def test_a_run_trains_on_an_uploaded_zip(client, image_folder):
    upload = handle_file(str(zip_of(image_folder(count=10))))
    run_id = client.predict("classifier", upload, "airnet", 0.05, None, api_name="/train")
    assert re.fullmatch("[0-9a-f]{32}", run_id)
    done = wait_for(client, run_id, "finished", "failed")
    assert (done["state"], done["data"], done["name"]) == ("finished", "pets", "pets-airnet")
    model = next(model for model in client.predict(api_name="/models") if model["name"] == "pets-airnet")
    assert model["classes"] == ["cat", "dog"]


def test_pictures_are_lossless(client):
    gallery, _ = client.predict("fashion-mnist-gan", count=1, api_name="/sample")
    assert Image.open(io.BytesIO(Path(gallery[0]["image"]).read_bytes())).format == "PNG"
