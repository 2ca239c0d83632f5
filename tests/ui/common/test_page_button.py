"""The button that takes a model away as a page."""

from pathlib import Path

import httpx
import pytest

from genclass.errors import GenClassError
from genclass.jobs import web_pages
from genclass.models import export
from genclass.ui.common import page_button
from genclass.ui.server import limits


@pytest.fixture
def made(monkeypatch):
    """Names of the models whose pages were made, by something quick."""
    names = []

    def make(folder, out):
        names.append(folder.name)
        out.write_text(f"<script>{folder.name}</script>")

    monkeypatch.setattr(web_pages, "make", make)
    return names


def path_of(file):
    return Path(file["url"].removeprefix("gradio_api/file="))


def test_a_page_is_made_once_until_the_model_changes_or_the_page_is_gone(made, save_tiny):
    folder = save_tiny("classifier", name="one")
    first = page_button.page_of(folder)
    assert first["name"] == "one.html"
    assert page_button.page_of(folder) == first and made == ["one"]
    path_of(first).unlink()
    page_button.page_of(folder)
    (folder / "directions.safetensors").write_bytes(b"new")
    page_button.page_of(folder)
    assert made == ["one"] * 3


def test_a_page_is_saved_and_never_shown_as_one_of_this_server(made, lab, save_tiny):
    taken = httpx.get(f"{lab}{page_button.page_of(save_tiny('classifier', name='one'))['url']}")
    assert taken.status_code == 200 and taken.headers["content-disposition"].startswith("attachment")


def test_what_fails_is_not_kept(made, save_tiny, monkeypatch):
    folder = save_tiny("classifier", name="two")

    def fail(folder, out):
        raise GenClassError("not_made")

    with monkeypatch.context() as failing:
        failing.setattr(web_pages, "make", fail)
        with pytest.raises(GenClassError):
            page_button.page_of(folder)
    assert path_of(page_button.page_of(folder)).read_text() == "<script>two</script>"


@pytest.mark.parametrize(("public", "available"), [(True, False), (True, True), (False, False)])
def test_strangers_are_offered_a_page_only_where_it_can_be_made(public, available, monkeypatch):
    monkeypatch.setattr(limits.now, "public", public)
    monkeypatch.setattr(export, "is_available", lambda: available)
    assert page_button.build("a").button.visible is (available or not public)
