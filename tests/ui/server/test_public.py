"""A page for strangers: what each may train, and what they see. Its rules hold for a whole process."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.stand_ins import know_machine
from tests.ui.helpers import wait_for

ROOT = Path(__file__).parents[3]
START_SECONDS = 240
APP = "import sys, genclass.jobs.local as local; local.NICE = 0; import app; app.main()"  # tests wait for it


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """Starts ``app.py`` with some flags; gives a client. Ends it as a terminal does."""
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path / "runs"))
    know_machine()
    started = []

    def start(*flags):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        words = [sys.executable, "-c", APP, "--port", str(port), *flags]
        started.append(subprocess.Popen(words, cwd=ROOT))
        url, end = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                httpx.get(f"{url}/config", timeout=5)
                return Client(url, verbose=False)
            except httpx.HTTPError:
                time.sleep(0.3)
        raise AssertionError("the page did not start")

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_SECONDS) is not None


def refused(client, *arguments, api_name):
    with pytest.raises(AppError) as caught:
        client.predict(*arguments, api_name=api_name)
    return str(caught.value)


def test_a_public_page_bounds_minutes_and_runs_and_hides_those_of_others(serve):
    client = serve("--public")
    asked = ("classifier", "fashion-mnist-mini", "classic-cnn")
    assert "at most 10 minutes" in refused(client, *asked, 11.0, None, api_name="/train")
    run_id = client.predict(*asked, 10.0, "first", api_name="/train")
    assert "one run in training or waiting" in refused(client, *asked, 1.0, None, api_name="/train")
    assert client.predict(api_name="/runs") == []
    assert [status["name"] for status in client.predict([run_id], api_name="/runs")] == ["first"]
    wait_for(client, run_id, "running", step=1)
    client.predict(run_id, api_name="/stop")
    wait_for(client, run_id, "stopped")
    assert "first" in [model["name"] for model in client.predict(api_name="/models")]
    assert "at most 10 minutes" in refused(client, run_id, 10.0, api_name="/resume")


def test_a_page_without_training_has_no_such_tab(serve):
    client = serve("--no-train")
    ids = [component["props"].get("elem_id") for component in client.config["components"]]
    assert "tab-train" not in ids and "tab-classify" in ids
    assert "does not train" in refused(client, "gan", "fashion-mnist-mini", "gan", 1.0, None, api_name="/train")
