"""The house's order: who may import whom."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "genclass"
# Lowest first; rooms of one layer do not import each other, the modules of a room may.
LAYERS = [
    {"paths", "errors"},
    {"files"},
    {"data", "networks"},
    {"models"},
    {"analysis"},
    {"train"},
    {"jobs", "cli"},
    {"ui"},
]
FACE = {"__init__", "__main__"}  # what others see of the package: they may reach any room, but not the page
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules a file imports, at its top or inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms(names: Iterator[str]) -> set[str]:
    """The rooms of the house among module names: ``genclass.train.loop`` lies in ``train``."""
    return {name.split(".")[1] for name in names if name.startswith("genclass.") and name.split(".")[1] in RANK}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_the_layers(path):
    room, found = room_of(path), rooms(imported(path))
    if room in FACE:
        assert "ui" not in found
    else:
        assert {other for other in found if other != room and RANK[other] >= RANK[room]} == set()


def test_every_room_has_a_layer():
    assert {room_of(path) for path in SOURCES} <= set(RANK) | FACE


def test_networks_are_modules_and_nothing_else():
    for path in (PACKAGE / "networks").glob("*.py"):
        assert rooms(imported(path)) <= {"networks", "errors"}, path


def test_gradio_is_imported_only_in_ui():
    sources = [*SOURCES, *ROOT.glob("*.py")]
    users = [path for path in sources for name in imported(path) if name.split(".")[0] == "gradio"]
    assert [path for path in users if PACKAGE / "ui" not in path.parents] == []


def test_app_imports_only_the_page():
    app = ROOT / "app.py"
    if app.exists():  # the package stands without its page
        assert rooms(imported(app)) <= {"ui", "cli"}


def test_no_test_imports_another_or_a_conftest():
    """What several tests share lies in helpers, stand-ins and fixtures."""
    private = re.compile(r"tests\.(.+\.)?(conftest|test_\w+)")
    found = [(path.name, name) for path in (ROOT / "tests").rglob("*.py") for name in imported(path)]
    assert [pair for pair in found if private.fullmatch(pair[1])] == []
