"""What the documents say of the house is true of it."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from genclass.cli.main import build_parser

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh.md")
HIDDEN = re.compile(r"(^|/)(\.|runs/)")  # nothing of ours
MARKDOWN = [path for path in ROOT.rglob("*.md") if not HIDDEN.search(str(path.relative_to(ROOT)))]
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
LANGUAGE = "<language>"
NAMED = re.compile(r"`((?:genclass|tests|benchmarks|deploy|docs)/[\w/.<>-]+\.[a-z]+)`")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def languages() -> list[str]:
    return [path.parent.name for path in (ROOT / "genclass/ui/words").glob("*/page.py")]


def stands(name: str) -> bool:
    """Whether a file is to be there: the package and the other tests stand without the page."""
    return (ROOT / "genclass/ui").exists() or not re.match("genclass/ui|tests/ui|tests/browser", name)


def files_of_the_tree() -> Iterator[str]:
    """Paths that the tree in docs/architecture.md names, those of words once for each language."""
    parents: list[str] = []
    tree = re.search(r"(?m)^    genclass/\n(?:    .*\n)+", ARCHITECTURE)
    assert tree is not None
    for line in tree[0].splitlines():
        name, _, told = line.strip().partition(" ")
        depth = (len(line) - len(line.lstrip())) // 2 - 2
        del parents[depth:]
        if name.endswith("/"):
            parents.append(name)
            continue
        assert told.strip(), f"{name} has no line"
        path = "".join(parents) + name
        yield from (path.replace(LANGUAGE, language) for language in (languages() if LANGUAGE in path else [""]))


def test_architecture_has_a_line_for_every_file_and_no_other():
    sources = [path for kind in ("py", "js", "css", "tsv") for path in (ROOT / "genclass").rglob(f"*.{kind}")]
    present = {relative(path) for path in sources if path.stat().st_size}
    named = list(filter(stands, files_of_the_tree()))
    assert sorted(set(named) - present) == [], "named, but gone"
    assert sorted(present - set(named)) == [], "without a line in docs/architecture.md"
    assert len(named) == len(set(named))


def test_architecture_names_every_benchmark():
    named = re.search(r"(?m)^    benchmarks/.*\n(?:      .*\n)+", ARCHITECTURE)
    assert named is not None
    assert set(re.findall(r"\w+\.py", named[0])) == {path.name for path in (ROOT / "benchmarks").glob("*.py")}


@pytest.mark.parametrize("name", READMES)
def test_the_readme_is_short(name):
    assert len((ROOT / name).read_text().splitlines()) <= 150


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"(?m)^#+ (.*)$", path.read_text())}


def links(path: Path) -> Iterator[str]:
    """Targets of links and pictures that are no web addresses."""
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if "://" not in target:
            yield target


@pytest.mark.parametrize("path", MARKDOWN, ids=relative)
def test_links_lead_somewhere(path):
    for target in links(path):
        file, _, anchor = target.partition("#")
        other = path.parent / file if file else path
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), target


@pytest.mark.parametrize("path", MARKDOWN, ids=relative)
def test_files_named_in_words_exist(path):
    for name in filter(stands, NAMED.findall(path.read_text())):
        found = [name.replace(LANGUAGE, language) for language in languages()]
        assert all((ROOT / one).exists() for one in found), name


def commands(name: str) -> Iterator[list[str]]:
    """The words of every command of ours in a document's code blocks."""
    for line in (ROOT / name).read_text().splitlines():
        found = re.match(r"    (?:\w+=\S+ )*(?:python -m )?genclass (.*)", line)
        for part in found[1].split(" & genclass ") if found else ():
            yield shlex.split(part.removesuffix("&"), comments=True)


@pytest.mark.parametrize("name", [*READMES, *sorted(relative(path) for path in (ROOT / "docs").rglob("*.md"))])
def test_commands_parse(name):
    for words in commands(name):
        assert build_parser().parse_args(words).command, words


def test_documents_hold_commands():
    assert min(len(list(commands(name))) for name in (*READMES, "docs/api.md")) > 5


def options() -> Iterator[str]:
    """Every long option of every command."""
    for action in build_parser()._subparsers._group_actions:
        for command in action.choices.values():
            yield from (option for one in command._actions for option in one.option_strings if option[:2] == "--")


def test_every_option_is_told():
    told = "".join((ROOT / "docs" / name).read_text() for name in ("api.md", "deployment.md"))
    assert {option for option in options() if option not in told} <= {"--help"}


def test_every_pinned_library_has_its_licence():
    pinned = re.findall(
        r"(?m)^([\w-]+)",
        "\n".join(path.read_text() for path in ROOT.glob("requirements*.txt") if "dev" not in path.name),
    )
    told = (ROOT / "THIRD_PARTY_LICENSES.md").read_text()
    assert [name for name in pinned if name != "-r" and f"[{name}](" not in told] == []


def test_contributing_names_a_file_for_each_of_the_usual_changes():
    recipes = re.findall(r"(?m)^### (.*)\n\n(.*(?:\n.+)*)", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(recipes) >= 10
    for title, told in recipes:
        assert NAMED.search(told), title
