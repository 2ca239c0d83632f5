"""What the page's HTML brings with it: the picture of the plain address, and no other."""

import json
import threading
import time

import pytest
from starlette.requests import Request

import genclass
from genclass import paths
from genclass.errors import GenClassError
from genclass.files import carried, images
from genclass.ui.common.text import say, speaking
from genclass.ui.generate import opening
from tests.ui.generate.helpers import decoded

PAGE = {"current_page": ""}


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Whatever else the machine does."""
    monkeypatch.setattr(opening, "PATIENCE", 60)


def picture(query="", config=PAGE):
    return opening.picture(Request({"type": "http", "query_string": query.encode()}), config)


def test_it_is_the_first_models_picture(lab):
    pixels, png = decoded(picture())
    recipe = json.loads(carried.text(png))
    assert recipe["seed"] == 0 and recipe["count"] == 16
    assert (pixels == images.sheet(genclass.load(recipe["model"]).sample(recipe), 4)[:, :, 0]).all()


def test_it_is_made_once(lab):
    assert picture() is picture("__theme=dark")


@pytest.mark.parametrize(
    "query", ["model=fashion-mnist-gan", "seed=3", "tab=learn", "direction=d1:2", "__theme=dark&x=1"]
)
def test_an_address_that_asks_for_more_gets_none(lab, query):
    assert picture(query) == ""


def test_nobody_sees_it_before_the_login(lab):
    assert picture(config={**PAGE, "auth_required": True}) == ""


def test_it_speaks_the_language_of_its_page(lab):
    with speaking("zh"):
        tagline = say("tagline")
    assert tagline in picture(config={"current_page": "zh"}) and tagline not in picture()


def test_where_nothing_is_shipped_there_is_none(lab, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "SHIPPED", tmp_path)
    assert picture() == ""


def test_a_broken_model_is_left_to_the_live_page(lab, monkeypatch):
    def broken(name, kind):
        raise GenClassError("broken_checkpoint", name=name)

    monkeypatch.setattr(opening.model_cache, "load", broken)
    assert picture() == ""


def test_the_page_does_not_wait_for_a_slow_model(lab, monkeypatch):
    loaded, load = threading.Event(), opening.model_cache.load
    monkeypatch.setattr(opening.model_cache, "load", lambda *asked: (loaded.wait(60), load(*asked))[1])
    monkeypatch.setattr(opening, "PATIENCE", 0.1)
    begun = time.monotonic()
    assert picture() == "" and time.monotonic() - begun < 5
    loaded.set()
    monkeypatch.setattr(opening, "PATIENCE", 60)
    assert "<img" in picture()
