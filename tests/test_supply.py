"""What is installed: pinned, locked with hashes, and nothing below the versions that are known to be safe."""

import importlib.util
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SAFE = {"gradio": "6.31", "pillow": "12.3", "pillow-heif": "1.8", "torch": "2.10"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


def pins(name):
    """``{distribution: version}`` of a file of pins."""
    return {found.lower().replace("_", "-"): version for found, version in PIN.findall((ROOT / name).read_text())}


def test_pins_are_at_or_above_safe_versions():
    pinned, locked = pins("requirements.txt"), pins("requirements.lock")
    for name, least in SAFE.items():
        assert Version(pinned[name]) >= Version(least) and Version(locked[name]) >= Version(least)


def test_starlette_and_brotli_are_as_gradio_asks():
    locked = pins("requirements.lock")
    asked = {
        needed.name.lower(): needed for needed in map(Requirement, metadata.requires("gradio")) if not needed.extras
    }
    for name in ("starlette", "brotli"):
        assert Version(locked[name]) in asked[name].specifier


def test_the_lock_holds_every_pin_and_a_hash_of_every_file():
    text, locked = (ROOT / "requirements.lock").read_text(), pins("requirements.lock")
    assert pins("requirements.txt").items() <= locked.items()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked) and all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text, "the lock names no host: packages come from wherever pip is told to look"


def test_the_package_asks_for_what_is_pinned_but_for_what_only_tests_need():
    asked = {needed.name: needed.specifier for needed in map(Requirement, PROJECT["dependencies"])}
    pinned = pins("requirements.txt")
    assert set(pinned) - set(asked) == {"pytest", "pytest-xdist"}
    assert [name for name, range_ in asked.items() if Version(pinned[name]) not in range_] == []


@pytest.mark.parametrize("extra", ["onnx", "ray", "dev"])
def test_an_extra_asks_for_what_its_file_pins(extra):
    asked = {needed.name: needed.specifier for needed in map(Requirement, PROJECT["optional-dependencies"][extra])}
    pinned = pins(f"requirements-{extra}.txt") | pins("requirements.txt")
    assert [name for name, range_ in asked.items() if name in pinned and Version(pinned[name]) not in range_] == []
    assert set(pins(f"requirements-{extra}.txt")) <= set(asked)


HOLE = {"id": "PYSEC-2099-1", "fix_versions": ["3.2"], "aliases": [], "description": ""}


@pytest.fixture
def audit(tmp_path):
    """What ``.ci/audit.py`` finds where pip-audit answers so: (on standard output, on standard error)."""
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "answer.py").write_text("import sys; print(sys.argv[1], end=''); sys.exit(sys.argv[2])")

    def run(said="", wrong=""):
        answer = json.dumps({"dependencies": said, "fixes": []}) if said else ""
        return module.main((sys.executable, str(tmp_path / "answer.py"), answer, wrong))

    return run


@pytest.mark.parametrize("told, failed, said", [
    ({"said": [{"name": "a", "version": "1", "vulns": []}]}, None, "0 in 2 packages; not in the database: none"),
    ({"said": [{"name": "a", "version": "3.1", "vulns": [HOLE]}], "wrong": "Found 1 known vulnerability"},
     "a 3.1: PYSEC-2099-1, mended in 3.2", "2 in 2 packages"),
    ({"said": [{"name": "a", "skip_reason": "Dependency not found"}]}, None, "skipped, for the database"),
    ({"wrong": "requests.exceptions.ConnectionError: HTTPSConnectionPool"}, None, "skipped, for the database"),
    ({"wrong": "No module named pip_audit"}, "No module named pip_audit", ""),
])  # fmt: skip
def test_known_holes_fail_and_a_database_out_of_reach_is_told(audit, capsys, told, failed, said):
    found = audit(**told)
    assert said in capsys.readouterr().out and (found is None if failed is None else failed in found)


def test_nothing_unpickles():
    """No pickle of anyone is opened: no ``torch.load``, none of Python's own ways. Names may end in .pickle."""
    ways = re.compile(
        r"\btorch\.load\b|(?<!\s\.)\b(pickle|shelve|dill|joblib|marshal)\b\s*[.,\n]|allow_pickle=True|\bimport pickle"
    )
    sources = [*(ROOT / "genclass").rglob("*.py"), *ROOT.glob("*.py")]
    assert [path.name for path in sources if ways.search(path.read_text())] == []
