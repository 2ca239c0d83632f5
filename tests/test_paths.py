"""Where things lie in a checkout and in an installed package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from genclass import paths


@pytest.fixture
def places(tmp_path, monkeypatch):
    """(shipped models, runs) as told by a package without those of a checkout, which is called elsewhere."""
    package, elsewhere = tmp_path / "site-packages" / "genclass", tmp_path / "elsewhere"
    package.mkdir(parents=True)
    elsewhere.mkdir()
    for name in ("__init__.py", "paths.py"):
        shutil.copy(Path(paths.__file__).with_name(name), package)
    monkeypatch.delenv("GENCLASS_RUNS")

    def told():
        words = [sys.executable, "-c", "from genclass import paths; print(paths.SHIPPED); print(paths.runs_dir())"]
        environment = {**os.environ, "PYTHONPATH": str(package.parent)}
        said = subprocess.run(words, cwd=elsewhere, env=environment, check=True, capture_output=True, text=True)
        return [Path(line).relative_to(tmp_path) for line in said.stdout.splitlines()]

    return told


def test_an_installed_package_holds_its_models_and_leaves_runs_where_it_is_called(places, tmp_path):
    (tmp_path / "site-packages/genclass/checkpoints").mkdir()
    assert places() == [Path("site-packages/genclass/checkpoints"), Path("elsewhere/runs")]


def test_a_checkout_has_both_beside_the_package(places):
    assert places() == [Path("site-packages/checkpoints"), Path("site-packages/runs")]


def test_variables_name_other_places(monkeypatch, tmp_path):
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path / "data"))
    assert (paths.runs_dir(), paths.data_dir()) == (tmp_path / "runs", tmp_path / "data")
