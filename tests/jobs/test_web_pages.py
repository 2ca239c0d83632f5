"""Pages that are made in a process of their own."""

import sys

import pytest

from genclass.errors import GenClassError
from genclass.jobs import local, web_pages
from tests.stand_ins import config_of, save_network


def test_what_keeps_a_page_back_comes_from_its_process_as_the_same_error(tmp_path):
    config = config_of("classifier", {"name": "airnet", "width": 8}) | {"preprocess": {"interpolation": "nearest"}}
    save_network(tmp_path, "odd", config)
    with pytest.raises(GenClassError, match="export it as onnx") as refused:
        web_pages.make(tmp_path / "odd", tmp_path / "a.html")
    assert refused.value.code == "no_web_page" and not (tmp_path / "a.html").exists()


@pytest.mark.parametrize(
    ("program", "seconds"), [("import os; os.kill(os.getpid(), 9)", 60), ("import time; time.sleep(600)", 0.2)]
)
def test_a_process_that_is_killed_or_takes_too_long_is_told(program, seconds, tmp_path, monkeypatch):
    start = local.start
    monkeypatch.setattr(web_pages, "SECONDS", seconds)
    monkeypatch.setattr(local, "start", lambda words, **streams: start([sys.executable, "-c", program], **streams))
    with pytest.raises(GenClassError) as lost:
        web_pages.make(tmp_path, tmp_path / "a.html")
    assert lost.value.code == "not_made"
