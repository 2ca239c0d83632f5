"""The house's order: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "genclass"
# Lowest first; modules of one layer do not import each other, packages (train, ui) may inside themselves.
LAYERS = [
    {"errors", "memory"},
    {"decode", "archive"},
    {"images"},
    {"folders"},
    {"recipe", "data", "corrupt", "animate"},
    {"losses", "gan", "cnn"},
    {"checkpoint", "toy", "inside"},
    {"classify", "directions", "measured"},
    {"sample", "explain", "many"},
    {"evaluate", "steer", "judge", "facts", "export"},
    {"fid", "probe"},
    {"train"},
    {"processes", "ray_jobs"},
    {"runs", "drafts", "packing"},
    {"ui"},
    {"app"},
]
TOP = {"__init__", "__main__", "cli", "cli_sample", "cli_measure"}
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.stat().st_size)


def imported(path):
    """Full names of the modules a file imports, at its top or inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms(names):
    """The rooms of the house among module names: ``genclass.train.loop`` lies in ``train``."""
    return {name.split(".")[1] for name in names if name.startswith("genclass.") and name.split(".")[1] in RANK}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_the_layers(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    found = rooms(imported(path))
    if room in TOP:
        assert "ui" not in found
    elif room == "assets":
        assert found <= {"data", "images", "decode", "errors"}
    else:
        assert all(RANK[other] < RANK[room] or other == room for other in found), found


def test_every_room_has_a_layer():
    names = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in SOURCES}
    assert names <= set(RANK) | TOP | {"assets"}


def test_gradio_is_imported_only_in_ui():
    users = [
        path for path in [*SOURCES, *ROOT.glob("*.py")] for name in imported(path) if name.split(".")[0] == "gradio"
    ]
    assert all(PACKAGE / "ui" in path.parents for path in users), users


def test_app_imports_only_the_page():
    app = ROOT / "app.py"
    if app.exists():  # the package stands without its page
        assert rooms(imported(app)) <= {"ui"}
