"""The page trains on a real Ray cluster of one machine."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from benchmarks.latency import free_port
from genclass.jobs import ray, runs
from genclass.train.run import waiting
from genclass.ui.server import limits
from tests.ui.helpers import start_tiny, wait_for

RAY = Path(sys.executable).parent / "ray"


@pytest.fixture(scope="module")
def cluster():
    """The address of a cluster's job server: two places, nothing reported to anyone."""
    pytest.importorskip("ray", reason="needs requirements-ray.txt")
    home, port = tempfile.mkdtemp(prefix="ray-"), str(free_port())  # sockets lie in there, whose paths must be short
    address = f"http://127.0.0.1:{port}"
    quiet = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "GENCLASS_OUTSIDE")}
    words = ["--head", "--num-cpus", "2", "--node-ip-address", "127.0.0.1", "--port", "0", "--temp-dir", home,
             "--dashboard-port", port, "--include-dashboard", "true", "--disable-usage-stats"]  # fmt: skip
    head = subprocess.Popen([RAY, "start", "--block", *words], env=quiet, stdout=subprocess.DEVNULL)
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        try:
            httpx.get(f"{address}/api/version", timeout=5).raise_for_status()
            break
        except httpx.HTTPError:
            time.sleep(0.3)
    yield address
    head.terminate()
    head.wait(60)
    shutil.rmtree(home, ignore_errors=True)


def test_the_page_trains_through_a_cluster(cluster, client, monkeypatch):
    """One run is stopped, one ends by itself, and its model can be asked for."""
    monkeypatch.setattr(ray, "LOOK_SECONDS", 1)
    monkeypatch.setattr(limits.now, "launch", ray.connect(cluster))
    long = client.predict("classifier", "fashion-mnist-mini", "airnet", 30, "on-ray", api_name="/train")
    short = start_tiny(0.1, "short-on-ray", limits.now.launch)
    assert wait_for(client, long, "running", step=1)["name"] == "on-ray"
    client.predict(long, api_name="/stop")
    assert wait_for(client, long, "stopped")["step"] >= 1
    ended = wait_for(client, short, "finished", "failed")
    assert ended["state"] == "finished" and ended["step"] == ended["total"]
    assert "short-on-ray" in [model["name"] for model in client.predict(api_name="/models")]


def test_a_folder_that_no_machine_sees_fails_with_a_sentence(cluster, client, monkeypatch):
    monkeypatch.setattr(ray, "LOOK_SECONDS", 1)
    launch = ray.connect(cluster)
    hidden = ray._seen(Path("/nowhere"), "true")
    monkeypatch.setattr(ray, "_seen", lambda path, command: hidden)
    run_id = start_tiny(launch=launch)
    assert wait_for(client, run_id, "failed")["error"]["code"] == "not_on_cluster"
    assert waiting.job_of(runs.find(run_id)) is None
